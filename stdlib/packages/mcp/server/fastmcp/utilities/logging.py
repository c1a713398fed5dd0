"""Where the first major version had them."""

from mcp.server.mcpserver.utilities.logging import configure_logging, get_logger

__all__ = ["configure_logging", "get_logger"]
