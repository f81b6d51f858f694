"""Headless runs: one message to an agent in a session's box, its events, result, cost and diff."""
