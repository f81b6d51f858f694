"""Agent CLIs: one declaration file each, whether they are there, and how they are installed."""
