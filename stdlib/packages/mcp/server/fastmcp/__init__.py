"""FastMCP: MCPServer under its first name, with the constructor and the messages of the first major version."""

from mcp.server.mcpserver import Audio, Context, Image, MCPServer
from mcp.server.mcpserver.tools import Tool, ToolManager
from mcp.types import Icon

__all__ = ["Audio", "Context", "FastMCP", "Icon", "Image"]


class _Tool(Tool):
    tells_errors = True


class _ToolManager(ToolManager):
    tool_class = _Tool


class FastMCP(MCPServer):
    """A server made of functions; what they raise, clients are told."""

    tool_manager_class = _ToolManager
    tells_errors = True

    def __init__(self, name=None, instructions=None, website_url=None, icons=None, *, tools=None, debug=False,
                 log_level="INFO", host="127.0.0.1", port=8000, mount_path="/", sse_path="/sse",
                 message_path="/messages/", streamable_http_path="/mcp", json_response=False, stateless_http=False,
                 **options):
        super().__init__(name or "FastMCP", instructions=instructions, website_url=website_url, icons=icons,
                         tools=tools, debug=debug, log_level=log_level, **options)
        self.settings.__dict__.update(
            host=host, port=port, mount_path=mount_path, sse_path=sse_path, message_path=message_path,
            streamable_http_path=streamable_http_path, json_response=json_response, stateless_http=stateless_http)

    @property
    def _mcp_server(self):
        """The `Server` underneath."""
        return self._lowlevel_server
