"""The way out of a session's box: the door to the web side, and a proxy to the public internet."""
