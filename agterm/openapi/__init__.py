"""The OpenAPI document of this server, made from what stands beside each endpoint (`core.described`)."""
