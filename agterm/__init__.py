"""Composition root: configuration, settings, URLs, ASGI application and the `agterm` command."""
