"""Real attempts to get out of a session, made in a real one: run by tests and by `agterm doctor --attack`."""
