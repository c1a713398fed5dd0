"""Errors, where the first major version had them."""

from mcp.server.mcpserver.exceptions import FastMCPError, InvalidSignature, ResourceError, ToolError, ValidationError

__all__ = ["FastMCPError", "InvalidSignature", "ResourceError", "ToolError", "ValidationError"]
