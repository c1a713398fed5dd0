"""Connections over server-sent events, which are not supported."""


def sse_client(url, **options):
    """Raises NotImplementedError."""
    raise NotImplementedError("connecting to an MCP server over server-sent events is not supported")
