"""What a server tells about itself in the handshake."""

from mcp._model import BaseModel
from mcp.types import Icon, ServerCapabilities


class InitializationOptions(BaseModel):
    """Made by `create_initialization_options`."""

    server_name: str
    server_version: str
    title: str | None = None
    description: str | None = None
    capabilities: ServerCapabilities
    instructions: str | None = None
    website_url: str | None = None
    icons: list[Icon] | None = None
