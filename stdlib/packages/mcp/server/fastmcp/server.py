"""Where the first major version had them."""

from mcp.server.fastmcp import Context, FastMCP

__all__ = ["Context", "FastMCP"]
