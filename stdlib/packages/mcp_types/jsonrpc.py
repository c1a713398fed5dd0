"""`mcp.types.jsonrpc`."""

from mcp.types.jsonrpc import *
