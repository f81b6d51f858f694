"""The porter: a process beside the runner that carries bytes between callers and files, past its event loop."""
