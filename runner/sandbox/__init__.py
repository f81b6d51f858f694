"""What stands between a session and the machine: identity, mounts, limits."""
