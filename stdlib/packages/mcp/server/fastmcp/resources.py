"""Resources, where the first major version had them."""

from mcp.server.mcpserver.resources import (
    BinaryResource, DirectoryResource, FileResource, FunctionResource, HttpResource, Resource, ResourceManager, ResourceTemplate,
    TextResource,
)

__all__ = ["BinaryResource", "DirectoryResource", "FileResource", "FunctionResource", "HttpResource", "Resource",
           "ResourceManager", "ResourceTemplate", "TextResource"]
