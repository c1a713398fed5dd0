"""Images and sounds."""

from mcp.server.mcpserver.media import Audio, Image

__all__ = ["Audio", "Image"]
