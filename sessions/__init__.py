"""Sessions: the row, the services on it, its REST calls and the terminal WebSocket."""
