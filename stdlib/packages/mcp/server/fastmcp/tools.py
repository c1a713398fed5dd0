"""Tools, where the first major version had them."""

from mcp.server.mcpserver.tools import Tool, ToolManager

__all__ = ["Tool", "ToolManager"]
