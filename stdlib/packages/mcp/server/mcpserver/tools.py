"""Tools: functions that models call."""

import logging

from mcp._model import ValidationError
from mcp.server.lowlevel.server import is_async
from mcp.server.mcpserver import _signature
from mcp.server.mcpserver.exceptions import ResourceError, ToolError, UnexpectedResourceError, UnexpectedToolError
from mcp.shared.exceptions import MCPError

logger = logging.getLogger(__name__)
_STANDARD = "https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-names"


class Tool:
    """A function with the schema of its arguments."""

    # Whether a model is told what an unexpected exception says.
    tells_errors = False

    def __init__(self, fn, name, title, description, annotations, icons, meta, structured_output):
        self.fn = fn
        self.name = name
        self.title = title
        self.description = description
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
        self.is_async = is_async(fn)
        self.context_kwarg = _signature.find_context_parameter(fn)
        self.arg_model = _signature.argument_model(fn, (self.context_kwarg,))
        self.parameters = self.arg_model.model_json_schema()
        self.result_shape = _signature.ResultShape(fn, structured_output)

    @property
    def output_schema(self):
        """The schema of structured results, or None."""
        return self.result_shape.schema

    @classmethod
    def from_function(cls, fn, name=None, title=None, description=None, annotations=None, icons=None, meta=None,
                      structured_output=None):
        """A tool named and described like its function."""
        name = name or _signature.name_of(fn)
        _warn_of_name(name)
        if name == "<lambda>":
            raise ValueError("You must provide a name for lambda functions")
        return cls(fn, name, title, description or fn.__doc__ or "", annotations, icons, meta, structured_output)

    async def run(self, arguments, context, convert_result=False):
        """Checks the arguments and calls the function."""
        failed = f"Error executing tool {self.name}"
        try:
            arguments = _signature.checked_arguments(self.arg_model, _signature.parsed_json(self.arg_model, arguments))
        except ValidationError as error:
            raise ToolError(f"{failed}: {error}") from error
        if self.context_kwarg is not None:
            arguments[self.context_kwarg] = context
        try:
            result = await _signature.call(self.fn, arguments)
            return self.result_shape.convert(result) if convert_result else result
        except MCPError:
            raise
        except (UnexpectedToolError, UnexpectedResourceError) as error:
            raise UnexpectedToolError(f"{failed}: {error}") from error
        except (ToolError, ResourceError) as error:
            raise ToolError(f"{failed}: {error}") from error
        except Exception as error:
            raise UnexpectedToolError(f"{failed}: {error}" if self.tells_errors else failed) from error


class ToolManager:
    """The tools of a server by their names."""

    tool_class = Tool

    def __init__(self, warn_on_duplicate_tools=True, *, tools=None):
        self._tools = {}
        self.warn_on_duplicate_tools = warn_on_duplicate_tools
        for tool in tools or ():
            if warn_on_duplicate_tools and tool.name in self._tools:
                logger.warning(f"Tool already exists: {tool.name}")
            self._tools[tool.name] = tool

    def get_tool(self, name):
        """The tool, or None."""
        return self._tools.get(name)

    def list_tools(self):
        """All tools, oldest first."""
        return list(self._tools.values())

    def add_tool(self, fn, **description):
        """Adds a function; the tool that has its name already stays."""
        tool = self.tool_class.from_function(fn, **description)
        existing = self._tools.get(tool.name)
        if existing:
            if self.warn_on_duplicate_tools:
                logger.warning(f"Tool already exists: {tool.name}")
            return existing
        self._tools[tool.name] = tool
        return tool

    def remove_tool(self, name):
        """Removes a tool."""
        if name not in self._tools:
            raise ToolError(f"Unknown tool: {name}")
        del self._tools[name]

    async def call_tool(self, name, arguments, context, convert_result=False):
        """Calls a tool."""
        tool = self.get_tool(name)
        if tool is None:
            raise ToolError(f"Unknown tool: {name}")
        return await tool.run(arguments, context, convert_result)


def _warn_of_name(name):
    problems = []
    if not name:
        problems = ["Tool name cannot be empty"]
    elif len(name) > 128:
        problems = [f"Tool name exceeds maximum length of 128 characters (current: {len(name)})"]
    else:
        for character, what in ((" ", "spaces"), (",", "commas")):
            if character in name:
                problems.append(f"Tool name contains {what}, which may cause parsing issues")
        for character, what in (("-", "dash"), (".", "dot")):
            if name.startswith(character) or name.endswith(character):
                problems.append(f"Tool name starts or ends with a {what}, which may cause parsing issues in some "
                                "contexts")
        wrong = list(dict.fromkeys(c for c in name if not (c.isascii() and c.isalnum()) and c not in "._-"))
        if wrong:
            problems.append(f"Tool name contains invalid characters: {', '.join(map(repr, wrong))}")
            problems.append("Allowed characters are: A-Z, a-z, 0-9, underscore (_), dash (-), and dot (.)")
    if problems:
        logger.warning(f'Tool name validation warning for "{name}":')
        for problem in problems:
            logger.warning(f"  - {problem}")
        logger.warning("Tool registration will proceed, but this may cause compatibility issues.")
        logger.warning("Consider updating the tool name to conform to the MCP tool naming standard.")
        logger.warning(f"See SEP-986 ({_STANDARD}) for more details.")
