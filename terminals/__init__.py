"""Live terminals: the REST calls and the WebSocket that type into them, watch them and say what runs in them."""
