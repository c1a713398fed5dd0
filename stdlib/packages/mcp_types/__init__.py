"""The types of the protocol under the name of their own package; they are those of `mcp.types`."""

from mcp.types import *
from mcp.types import IconTheme, MCPModel, Meta, ProgressToken, RequestId, ResultType, TaskStatus
