"""MCPServer; see the package."""

import asyncio
import inspect
import logging
from contextlib import asynccontextmanager

from mcp import types
from mcp._model import ValidationError
from mcp.server.lowlevel._decorators import contents_of
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.lowlevel.server import Server
from mcp.server.mcpserver import _signature
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.exceptions import (
    ResourceError, ResourceNotFoundError, ToolError, UnexpectedResourceError, UnexpectedToolError,
)
from mcp.server.mcpserver.prompts import Prompt, PromptManager
from mcp.server.mcpserver.resources import DEFAULT_RESOURCE_SECURITY, FunctionResource, ResourceManager
from mcp.server.mcpserver.tools import ToolManager
from mcp.server.mcpserver.utilities.logging import configure_logging
from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate
from mcp.types.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS

logger = logging.getLogger(__name__)
_TRANSPORTS = ("stdio", "sse", "streamable-http")


class Settings:
    """The options of a server that are not told to clients."""

    def __init__(self, **values):
        self.__dict__.update(values)


class MCPServer:
    """A server made of functions, which decorators register."""

    tool_manager_class = ToolManager
    # Whether clients are told what an unexpected exception says.
    tells_errors = False

    def __init__(self, name=None, title=None, description=None, instructions=None, website_url=None, icons=None,
                 version="", *, tools=None, resources=None, debug=False, log_level="INFO",
                 warn_on_duplicate_resources=True, warn_on_duplicate_tools=True, warn_on_duplicate_prompts=True,
                 dependencies=None, lifespan=None, resource_security=DEFAULT_RESOURCE_SECURITY, middleware=None):
        self.settings = Settings(
            debug=debug, log_level=log_level, warn_on_duplicate_resources=warn_on_duplicate_resources,
            warn_on_duplicate_tools=warn_on_duplicate_tools, warn_on_duplicate_prompts=warn_on_duplicate_prompts,
            dependencies=dependencies or [], lifespan=lifespan, auth=None)
        self.dependencies = self.settings.dependencies
        self._resource_security = resource_security
        self._tool_manager = self.tool_manager_class(warn_on_duplicate_tools, tools=tools)
        self._resource_manager = ResourceManager(warn_on_duplicate_resources, resources=resources)
        self._prompt_manager = PromptManager(warn_on_duplicate_prompts)
        options = {} if lifespan is None else {"lifespan": self._lifespan_of(lifespan)}
        self._lowlevel_server = Server(
            name or "mcp-server", title=title, description=description, instructions=instructions,
            website_url=website_url, icons=icons, version=version, on_list_tools=self._handle_list_tools,
            on_call_tool=self._handle_call_tool, on_list_resources=self._handle_list_resources,
            on_list_resource_templates=self._handle_list_resource_templates,
            on_read_resource=self._handle_read_resource, on_list_prompts=self._handle_list_prompts,
            on_get_prompt=self._handle_get_prompt, **options)
        self._lowlevel_server.middleware.extend(middleware or ())
        configure_logging(log_level)

    def __class_getitem__(cls, parameters):
        return cls

    def _lifespan_of(self, lifespan):
        @asynccontextmanager
        async def wrap(server):
            async with lifespan(self) as context:
                yield context
        return wrap

    name = property(lambda self: self._lowlevel_server.name, doc="What the server is called.")
    title = property(lambda self: self._lowlevel_server.title, doc="What people call it.")
    description = property(lambda self: self._lowlevel_server.description, doc="What it is.")
    instructions = property(lambda self: self._lowlevel_server.instructions, doc="How it wants to be used.")
    website_url = property(lambda self: self._lowlevel_server.website_url, doc="Where to read about it.")
    icons = property(lambda self: self._lowlevel_server.icons, doc="How it looks.")
    version = property(lambda self: self._lowlevel_server.version, doc="Its own version.")
    middleware = property(lambda self: self._lowlevel_server.middleware,
                          doc="`async def (context, call_next)` around all handlers.")

    # Running

    def run(self, transport="stdio", **options):
        """Serves until the client closes the connection."""
        if transport not in _TRANSPORTS:
            raise ValueError(f"Unknown transport: {transport}")
        if transport != "stdio":
            raise NotImplementedError(f"serving over {transport} is not supported")
        asyncio.run(self.run_stdio_async())

    async def run_stdio_async(self):
        """Serves one client over standard input and output."""
        from mcp.server.stdio import stdio_server
        async with stdio_server() as (read_stream, write_stream):
            server = self._lowlevel_server
            await server.run(read_stream, write_stream, server.create_initialization_options())

    # Tools

    def add_tool(self, fn, name=None, title=None, description=None, annotations=None, icons=None, meta=None,
                 structured_output=None):
        """Makes a function a tool."""
        self._tool_manager.add_tool(fn, name=name, title=title, description=description, annotations=annotations,
                                    icons=icons, meta=meta, structured_output=structured_output)

    def remove_tool(self, name):
        """Removes a tool."""
        self._tool_manager.remove_tool(name)

    def tool(self, name=None, title=None, description=None, annotations=None, icons=None, meta=None,
             structured_output=None):
        """Decorator: makes a function a tool."""
        if callable(name):
            raise TypeError("The @tool decorator was used incorrectly. Did you forget to call it? Use @tool() instead "
                            "of @tool")

        def decorator(fn):
            self.add_tool(fn, name, title, description, annotations, icons, meta, structured_output)
            return fn
        return decorator

    async def list_tools(self):
        """All tools as the protocol has them."""
        return [types.Tool(name=tool.name, title=tool.title, description=tool.description,
                           input_schema=tool.parameters, output_schema=tool.output_schema,
                           annotations=tool.annotations, icons=tool.icons, _meta=tool.meta)
                for tool in self._tool_manager.list_tools()]

    async def call_tool(self, name, arguments, context=None):
        """Calls a tool; a CallToolResult, or ToolError."""
        context = context or Context(mcp_server=self)
        return await self._tool_manager.call_tool(name, arguments, context, convert_result=True)

    # Resources

    def add_resource(self, resource):
        """Adds a resource."""
        self._resource_manager.add_resource(resource)

    def resource(self, uri, *, name=None, title=None, description=None, mime_type=None, icons=None, annotations=None,
                 meta=None, security=None):
        """Decorator: makes a function a resource, or a template if there are `{names}` in the URI."""
        if callable(uri):
            raise TypeError("The @resource decorator was used incorrectly. Did you forget to call it? Use "
                            "@resource('uri') instead of @resource")
        template = UriTemplate.parse(uri)
        description_of = {"name": name, "title": title, "description": description, "mime_type": mime_type,
                          "icons": icons, "annotations": annotations, "meta": meta}

        def decorator(fn):
            parameters = inspect.signature(fn).parameters
            context_kwarg = _signature.find_context_parameter(fn)
            ours, theirs = set(template.variable_names), {one for one in parameters if one != context_kwarg}
            if not ours:
                if theirs:
                    raise ValueError(f"Resource {uri!r} has no URI template variables, but the handler declares "
                                     f"parameters {theirs}. Add matching {{...}} variables to the URI or remove the "
                                     "parameters.")
                if context_kwarg is not None:
                    raise ValueError(f"Resource {uri!r} has no URI template variables, but the handler declares a "
                                     "Context parameter. Context injection for static resources is not supported. "
                                     "Add a template variable to the URI or remove the Context parameter.")
                self.add_resource(FunctionResource.from_function(fn, uri, **description_of))
                return fn
            if ours != theirs:
                raise ValueError(f"Mismatch between URI parameters {ours} and function parameters {theirs}")
            missing = sorted(one for one in template.query_variable_names
                             if parameters[one].default is inspect.Parameter.empty)
            if missing:
                raise ValueError(f"Resource {uri!r}: query parameter(s) {missing} have no default value. A client may "
                                 "omit a {?...}/{&...} query parameter, so the matching handler parameter must "
                                 "declare a default.")
            self._resource_manager.add_template(fn, uri, security=security or self._resource_security,
                                                **description_of)
            return fn
        return decorator

    async def list_resources(self):
        """All resources as the protocol has them."""
        return [types.Resource(uri=one.uri, name=one.name or "", title=one.title, description=one.description,
                               mime_type=one.mime_type, icons=one.icons, annotations=one.annotations, _meta=one.meta)
                for one in self._resource_manager.list_resources()]

    async def list_resource_templates(self):
        """All templates as the protocol has them."""
        return [types.ResourceTemplate(uri_template=one.uri_template, name=one.name, title=one.title,
                                       description=one.description, mime_type=one.mime_type, icons=one.icons,
                                       annotations=one.annotations, _meta=one.meta)
                for one in self._resource_manager.list_templates()]

    async def read_resource(self, uri, context=None):
        """The contents of a resource, a list of ReadResourceContents."""
        context = context or Context(mcp_server=self)
        try:
            resource = await self._resource_manager.get_resource(uri, context)
            content = await resource.read()
            if not isinstance(content, (str, bytes)):
                raise TypeError(f"Resource.read() must return str or bytes, not {type(content).__name__}")
        except (MCPError, ResourceError):
            raise
        except Exception as error:
            raise UnexpectedResourceError(f"Error reading resource {uri}") from error
        return [ReadResourceContents(content=content, mime_type=resource.mime_type, meta=resource.meta)]

    # Prompts

    def add_prompt(self, prompt):
        """Adds a prompt."""
        self._prompt_manager.add_prompt(prompt)

    def remove_prompt(self, name):
        """Removes a prompt."""
        self._prompt_manager.remove_prompt(name)

    def prompt(self, name=None, title=None, description=None, icons=None):
        """Decorator: makes a function a prompt."""
        if callable(name):
            raise TypeError("The @prompt decorator was used incorrectly. Did you forget to call it? Use @prompt() "
                            "instead of @prompt")

        def decorator(fn):
            prompt = Prompt.from_function(fn, name=name, title=title, description=description, icons=icons)
            prompt.tells_errors = self.tells_errors
            self.add_prompt(prompt)
            return fn
        return decorator

    async def list_prompts(self):
        """All prompts as the protocol has them."""
        return [types.Prompt(name=one.name, title=one.title, description=one.description, icons=one.icons,
                             arguments=[types.PromptArgument(name=argument.name, description=argument.description,
                                                             required=argument.required)
                                        for argument in one.arguments or ()])
                for one in self._prompt_manager.list_prompts()]

    async def get_prompt(self, name, arguments=None, context=None):
        """The messages of a prompt."""
        prompt = self._prompt_manager.get_prompt(name)
        if prompt is None:
            raise ValueError(f"Unknown prompt: {name}")
        messages = await prompt.render(arguments, context or Context(mcp_server=self))
        if isinstance(messages, types.InputRequiredResult):
            return messages
        return types.GetPromptResult(
            description=prompt.description,
            messages=[types.PromptMessage(role=message.role, content=message.content) for message in messages])

    # Completion

    def completion(self):
        """Decorator: `async def (ref, argument, context) -> Completion | None` completes arguments."""
        def decorator(fn):
            async def handler(context, params):
                try:
                    result = await fn(params.ref, params.argument, params.context)
                except MCPError:
                    raise
                except Exception as error:
                    logger.exception("Completion for argument %r raised an unexpected exception",
                                     params.argument.name)
                    raise MCPError(INTERNAL_ERROR, f"Error completing argument {params.argument.name}") from error
                return types.CompleteResult(completion=types.Completion(values=[]) if result is None else result)
            self._lowlevel_server.add_request_handler("completion/complete", types.CompleteRequestParams, handler)
            return fn
        return decorator

    # Handlers of the server underneath

    def _context(self, request_context):
        return Context(request_context=request_context, mcp_server=self)

    async def _handle_list_tools(self, context, params):
        return types.ListToolsResult(tools=await self.list_tools())

    async def _handle_call_tool(self, context, params):
        try:
            return await self.call_tool(params.name, params.arguments or {}, self._context(context))
        except MCPError:
            raise
        except Exception as error:
            if isinstance(error, ToolError) and not isinstance(error, UnexpectedToolError):
                if isinstance(error.__cause__, ValidationError):
                    fields = sorted({".".join(map(str, problem["loc"])) for problem in error.__cause__.errors()})
                    logger.info("Tool %r rejected arguments: %r", params.name, fields)
                else:
                    logger.info("Tool %r failed: %r", params.name, str(error))
            else:
                logger.exception("Tool %r raised an unexpected exception", params.name)
            return types.CallToolResult(content=[types.TextContent(type="text", text=str(error))], is_error=True)

    async def _handle_list_resources(self, context, params):
        return types.ListResourcesResult(resources=await self.list_resources())

    async def _handle_list_resource_templates(self, context, params):
        return types.ListResourceTemplatesResult(resource_templates=await self.list_resource_templates())

    async def _handle_read_resource(self, context, params):
        try:
            parts = await self.read_resource(params.uri, self._context(context))
        except ResourceError as error:
            if isinstance(error, UnexpectedResourceError):
                logger.exception("Resource %r raised an unexpected exception", params.uri)
            else:
                logger.info("Resource %r failed: %r", params.uri, str(error))
            code = INVALID_PARAMS if isinstance(error, ResourceNotFoundError) else INTERNAL_ERROR
            raise MCPError(code, str(error), {"uri": params.uri}) from error
        return types.ReadResourceResult(contents=[contents_of(part, params.uri) for part in parts])

    async def _handle_list_prompts(self, context, params):
        return types.ListPromptsResult(prompts=await self.list_prompts())

    async def _handle_get_prompt(self, context, params):
        return await self.get_prompt(params.name, params.arguments, self._context(context))
