"""Profiles: named ways to start a session, the shells of this machine among them."""
