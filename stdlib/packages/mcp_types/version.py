"""`mcp.types.version`."""

from mcp.types.version import *
