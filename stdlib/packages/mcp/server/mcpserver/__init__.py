"""MCPServer: a server made of functions.

    server = MCPServer("Demo")

    @server.tool()
    def add(a: int, b: int) -> int:
        "Add two numbers"
        return a + b

    server.run()
"""

from mcp.server.mcpserver.context import (
    AcceptedElicitation, CancelledElicitation, Context, DeclinedElicitation, ElicitationResult,
)
from mcp.server.mcpserver.media import Audio, Image
from mcp.server.mcpserver.prompts import AssistantMessage, Message, UserMessage
from mcp.server.mcpserver.resources import DEFAULT_RESOURCE_SECURITY, ResourceSecurity
from mcp.server.mcpserver.server import MCPServer
from mcp.types import Icon

__all__ = ["DEFAULT_RESOURCE_SECURITY", "AcceptedElicitation", "AssistantMessage", "Audio", "CancelledElicitation",
           "Context", "DeclinedElicitation", "ElicitationResult", "Icon", "Image", "MCPServer", "Message",
           "ResourceSecurity", "UserMessage"]
