"""LLM providers: which exist, and the credentials this server holds for them."""
