"""Who is calling: users, tokens, one-time log-in links, and how a request or socket is authenticated."""
