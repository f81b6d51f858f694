"""What runs inside a session and tries to get out of it; the standard library only, since nothing else is there."""
