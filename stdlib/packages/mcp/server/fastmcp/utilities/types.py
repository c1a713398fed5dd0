"""Where the first major version had them."""

from mcp.server.mcpserver.utilities.types import Audio, Image

__all__ = ["Audio", "Image"]
