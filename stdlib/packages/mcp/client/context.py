"""What callbacks get to know about the request that they answer."""

from mcp.client.session import ClientRequestContext

__all__ = ["ClientRequestContext"]
