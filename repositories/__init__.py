"""Git in a session's workspace: what changed, history, commits, and how the work of several sessions compares."""
