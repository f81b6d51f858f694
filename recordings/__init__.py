"""Recordings of sessions: rows, start and stop, markers, retention, exports."""
