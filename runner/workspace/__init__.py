"""A session's place on disk: its folders, and later its files and git."""
