"""Connections over HTTP, which are not supported."""


def streamable_http_client(url, **options):
    """Raises NotImplementedError."""
    raise NotImplementedError("connecting to an MCP server over HTTP is not supported")


# Its name in the first major version.
streamablehttp_client = streamable_http_client
