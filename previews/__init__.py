"""Previews: what listens on a port of a session, shown in the browser, where it can't act as its user."""
