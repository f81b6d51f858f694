"""The search index of what sessions print and are told: SQLite files beside the recordings, written and read."""
