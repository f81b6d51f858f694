"""agterm-agent: an AI coding agent for the terminal, a program of its own that knows nothing of the server."""

VERSION = "0.1.0"
