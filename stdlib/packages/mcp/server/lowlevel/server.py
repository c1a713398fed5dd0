"""Server: one handler per method, `async def handler(context, params)`.

    server = Server("name", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())

The decorators of the first major version (`@server.list_tools()`) are in `mcp.server.lowlevel._decorators`.
"""

import inspect
import logging
import warnings
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from mcp import types
from mcp._model import ValidationError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel._decorators import Decorators
from mcp.server.models import InitializationOptions
from mcp.server.session import Connection, ServerSession
from mcp.shared._peer import Peer
from mcp.shared.exceptions import OLD_CAPABILITY, MCPDeprecationWarning, MCPError
from mcp.types.jsonrpc import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATER_KEYS, LATEST_HANDSHAKE_VERSION

logger = logging.getLogger(__name__)

# Argument of Server, method, type of params, type of the result.
METHODS = (
    ("on_ping", "ping", types.RequestParams, types.EmptyResult),
    ("on_list_tools", "tools/list", types.PaginatedRequestParams, types.ListToolsResult),
    ("on_call_tool", "tools/call", types.CallToolRequestParams, types.CallToolResult),
    ("on_list_resources", "resources/list", types.PaginatedRequestParams, types.ListResourcesResult),
    ("on_list_resource_templates", "resources/templates/list", types.PaginatedRequestParams,
     types.ListResourceTemplatesResult),
    ("on_read_resource", "resources/read", types.ReadResourceRequestParams, types.ReadResourceResult),
    ("on_subscribe_resource", "resources/subscribe", types.SubscribeRequestParams, types.EmptyResult),
    ("on_unsubscribe_resource", "resources/unsubscribe", types.UnsubscribeRequestParams, types.EmptyResult),
    ("on_list_prompts", "prompts/list", types.PaginatedRequestParams, types.ListPromptsResult),
    ("on_get_prompt", "prompts/get", types.GetPromptRequestParams, types.GetPromptResult),
    ("on_completion", "completion/complete", types.CompleteRequestParams, types.CompleteResult),
    ("on_set_logging_level", "logging/setLevel", types.SetLevelRequestParams, types.EmptyResult),
)
RESULTS = {method: result for _, method, _, result in METHODS}
PARAMS = {method: params for _, method, params, _ in METHODS}
_DEPRECATED = {
    "on_set_logging_level": OLD_CAPABILITY.format("logging"),
    "on_roots_list_changed": OLD_CAPABILITY.format("roots"),
    "on_progress": "Client-to-server progress is deprecated as of 2026-07-28.",
}


class HandlerEntry(NamedTuple):
    """A handler and what its parameters are checked against."""

    params_type: type
    handler: Any


class NotificationOptions:
    """Which changes a server will tell."""

    def __init__(self, prompts_changed=False, resources_changed=False, tools_changed=False):
        self.prompts_changed = prompts_changed
        self.resources_changed = resources_changed
        self.tools_changed = tools_changed


@asynccontextmanager
async def lifespan(server):
    """A server that needs nothing while it runs."""
    yield {}


async def _ping(context, params):
    return types.EmptyResult()


class Server(Decorators):
    """See the module."""

    def __init__(self, name, *, version="", title=None, description=None, instructions=None, website_url=None,
                 icons=None, lifespan=lifespan, on_roots_list_changed=None, on_progress=None, **handlers):
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.instructions = instructions
        self.website_url = website_url
        self.icons = icons
        self.lifespan = lifespan
        self.middleware = []
        self.extensions = {}
        self._request_handlers = {"ping": HandlerEntry(types.RequestParams, _ping)}
        self._notification_handlers = {}
        given = {**handlers, "on_roots_list_changed": on_roots_list_changed, "on_progress": on_progress}
        for argument, message in _DEPRECATED.items():
            if given.get(argument) is not None:
                warnings.warn(message, MCPDeprecationWarning, stacklevel=2)
        for argument, method, params_type, _ in METHODS:
            handler = handlers.pop(argument, None)
            if handler is not None:
                self._request_handlers[method] = HandlerEntry(params_type, handler)
        if handlers:
            raise TypeError(f"Server.__init__() got an unexpected keyword argument {next(iter(handlers))!r}")
        if on_roots_list_changed is not None:
            self.add_notification_handler("notifications/roots/list_changed", types.NotificationParams,
                                          on_roots_list_changed)
        if on_progress is not None:
            self.add_notification_handler("notifications/progress", types.ProgressNotificationParams, on_progress)

    def __class_getitem__(cls, parameters):
        return cls

    def add_request_handler(self, method, params_type, handler):
        """Handles a method, in place of what handled it before."""
        if method == "initialize":
            raise ValueError("'initialize' is handled by the server runner and cannot be overridden; "
                             "use Server.middleware to observe or wrap initialization")
        self._request_handlers[method] = HandlerEntry(params_type, handler)

    def add_notification_handler(self, method, params_type, handler):
        """Handles a notification, in place of what handled it before."""
        self._notification_handlers[method] = HandlerEntry(params_type, handler)

    def get_request_handler(self, method):
        """The entry of a method, or None."""
        return self._request_handlers.get(method)

    def get_notification_handler(self, method):
        """The entry of a notification, or None."""
        return self._notification_handlers.get(method)

    def create_initialization_options(self, notification_options=None, experimental_capabilities=None,
                                      extensions=None):
        """What the handshake will tell."""
        return InitializationOptions(
            server_name=self.name, server_version=self.version or "", title=self.title, description=self.description,
            capabilities=self.get_capabilities(notification_options, experimental_capabilities, extensions),
            instructions=self.instructions, website_url=self.website_url, icons=self.icons)

    def get_capabilities(self, notification_options=None, experimental_capabilities=None, extensions=None):
        """What is offered, as the handlers show."""
        options = notification_options or NotificationOptions()
        known = self._request_handlers
        return types.ServerCapabilities(
            prompts=types.PromptsCapability(list_changed=options.prompts_changed)
            if "prompts/list" in known else None,
            resources=types.ResourcesCapability(subscribe="resources/subscribe" in known,
                                                list_changed=options.resources_changed)
            if "resources/list" in known else None,
            tools=types.ToolsCapability(list_changed=options.tools_changed) if "tools/list" in known else None,
            logging=types.LoggingCapability() if "logging/setLevel" in known else None,
            experimental=experimental_capabilities,
            extensions=(self.extensions if extensions is None else extensions) or None,
            completions=types.CompletionsCapability() if "completion/complete" in known else None)

    @property
    def server_info(self):
        """Name and version."""
        return types.Implementation(name=self.name, version=self.version or "", title=self.title,
                                    description=self.description, website_url=self.website_url, icons=self.icons)

    async def run(self, read_stream, write_stream, initialization_options, raise_exceptions=False, stateless=False):
        """Serves one client until it closes the connection. `stateless` clients need no handshake."""
        async with self.lifespan(self) as lifespan_context:
            runner = _Runner(self, initialization_options, lifespan_context, raise_exceptions)
            runner.connection.is_accepted = stateless
            peer = Peer(read_stream, write_stream, runner.on_request, runner.on_notification, runner.on_exception)
            peer.inline_methods = frozenset({"initialize"})
            runner.connection.peer = peer
            await peer.run()
            if runner.failure is not None:
                raise runner.failure


class _Runner:
    """Handles the messages of one client."""

    def __init__(self, server, options, lifespan_context, raise_exceptions):
        self.server = server
        self.options = options
        self.lifespan_context = lifespan_context
        self.raise_exceptions = raise_exceptions
        self.connection = Connection()
        self.failure = None

    def _context(self, incoming, method, params):
        meta = (params or {}).get("_meta")
        return ServerRequestContext(
            session=ServerSession(self.connection, incoming), lifespan_context=self.lifespan_context, method=method,
            protocol_version=self.connection.protocol_version, params=params,
            request_id=incoming.request_id if incoming is not None else None,
            meta=types.RequestParamsMeta._validate(meta, None) if isinstance(meta, dict) else None)

    def _wrapped(self, inner):
        for middleware in reversed(self.server.middleware):
            inner = partial(middleware, call_next=inner)
        return inner

    async def on_request(self, incoming, method, params):
        """The result of a request, as JSON has it."""
        context = self._context(incoming, method, params)
        try:
            return _as_json(method, await self._wrapped(self._answer)(context))
        except (MCPError, ValidationError):
            raise
        except Exception as error:
            if self.raise_exceptions:
                self.failure = error
            raise

    async def _answer(self, context):
        method, params = context.method, context.params
        if method == "initialize":
            return self._initialize(params)
        if method in PARAMS:
            PARAMS[method].model_validate(params or {}, by_name=False)
        entry = self.server.get_request_handler(method)
        if entry is None:
            raise MCPError(METHOD_NOT_FOUND, "Method not found", method)
        if not self.connection.is_accepted and method != "ping":
            raise MCPError(INVALID_PARAMS, "Invalid request parameters", "")
        result = await entry.handler(context, entry.params_type.model_validate(params or {}, by_name=False))
        if isinstance(result, types.ErrorData):
            raise MCPError.from_error_data(result)
        return result

    def _initialize(self, params):
        wanted = types.InitializeRequestParams.model_validate(params or {}, by_name=False)
        version = wanted.protocol_version
        connection, options = self.connection, self.options
        connection.client_params = wanted
        connection.protocol_version = version if version in HANDSHAKE_PROTOCOL_VERSIONS else LATEST_HANDSHAKE_VERSION
        connection.is_accepted = True
        return types.InitializeResult(
            protocol_version=connection.protocol_version, capabilities=options.capabilities,
            server_info=types.Implementation(
                name=options.server_name, title=options.title, description=options.description,
                version=options.server_version, website_url=options.website_url, icons=options.icons),
            instructions=options.instructions)

    async def on_notification(self, method, params):
        """Runs the handler of a notification, if there is one."""
        if method == "notifications/initialized":
            self.connection.initialized.set()
        elif not self.connection.is_accepted:
            logger.debug("dropped %s: received before initialization", method)
            return
        entry = self.server.get_notification_handler(method)
        if entry is None:
            logger.debug("no handler for notification %s", method)
            return
        try:
            checked = entry.params_type.model_validate(params or {}, by_name=False)
        except ValidationError:
            logger.warning("dropped %r: malformed params", method)
            return
        await self._wrapped(lambda context: entry.handler(context, checked))(self._context(None, method, params))

    async def on_exception(self, error):
        """What the transport could not read; the client gets no answer, as there is no id."""
        logger.debug("transport yielded exception: %r", error)


def _as_json(method, result):
    """A result as the versions with a handshake have it."""
    if result is None:
        data = {}
    elif hasattr(result, "model_dump"):
        data = result.model_dump(by_alias=True, mode="json", exclude_none=True)
    elif isinstance(result, dict):
        data = dict(result)
    else:
        raise TypeError(f"handler returned {type(result).__name__}; expected BaseModel, dict, or None")
    expected = RESULTS.get(method)
    if expected is not None and type(result) is not expected:
        try:
            expected.model_validate(data, by_name=False)
        except ValidationError:
            logger.exception("handler for %r returned an invalid result", method)
            raise MCPError(INTERNAL_ERROR, "Handler returned an invalid result") from None
    if method == "tools/list":
        for tool in data["tools"]:
            for key in ("inputSchema", "outputSchema"):
                if key in tool:
                    tool[key] = _main_keys_first(tool[key])
    if method in RESULTS or method == "initialize":
        for key in LATER_KEYS:
            data.pop(key, None)
    return data


def _main_keys_first(schema):
    """A schema as clients are used to see it."""
    return {key: schema[key] for key in ("$schema", "properties", "required", "type") if key in schema} | schema


def is_async(function):
    """Whether calling gives something to await, also for objects and partials."""
    while isinstance(function, partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))
