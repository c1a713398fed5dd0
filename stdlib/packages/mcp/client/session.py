"""ClientSession: the methods of the protocol, called on a server over a pair of streams."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mcp import types
from mcp._model import TypeAdapter, ValidationError
from mcp.shared._peer import Peer, seconds
from mcp.shared.exceptions import OLD_CAPABILITY, MCPError, deprecated
from mcp.types.jsonrpc import INTERNAL_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATER_KEYS, LATEST_HANDSHAKE_VERSION

SERVER_REQUESTS = {
    "ping": types.PingRequest, "sampling/createMessage": types.CreateMessageRequest,
    "elicitation/create": types.ElicitRequest, "roots/list": types.ListRootsRequest,
}
SERVER_NOTIFICATIONS = {cls.method: cls for cls in (
    types.ProgressNotification, types.LoggingMessageNotification, types.ResourceUpdatedNotification,
    types.ResourceListChangedNotification, types.ToolListChangedNotification, types.PromptListChangedNotification,
    types.ElicitCompleteNotification, types.TaskStatusNotification)}

# For annotations of callbacks.
SamplingFnT = ElicitationFnT = ListRootsFnT = LoggingFnT = MessageHandlerFnT = Callable[..., Awaitable]
IncomingMessage = types.ServerNotification | Exception

logger = logging.getLogger("client")


@dataclass(kw_only=True)
class ClientRequestContext:
    """What a callback gets to know about the request of the server that it answers."""

    session: object
    request_id: int | str
    meta: dict | None = None


def _declines(message):
    async def callback(*arguments):
        return types.ErrorData(code=INVALID_REQUEST, message=message)
    return callback


async def _ignore(message):
    pass


def _page(params, cursor):
    """Which page is asked for; the first major version took the cursor itself."""
    if isinstance(params, str):
        params, cursor = None, params
    return types.PaginatedRequestParams(cursor=cursor) if params is None and cursor is not None else params


class ClientSession:
    """A connection to a server: `async with ClientSession(read, write) as session: await session.initialize()`.

    The callbacks answer requests of the server: `sampling_callback(context, params)`,
    `elicitation_callback(context, params)`, `list_roots_callback(context)`. `logging_callback(params)` gets log
    messages, `message_handler(message)` all notifications and what the transport could not read.
    """

    def __init__(self, read_stream, write_stream, read_timeout_seconds=None, sampling_callback=None,
                 elicitation_callback=None, list_roots_callback=None, logging_callback=None, message_handler=None,
                 client_info=None, *, log_level=None, sampling_capabilities=None, extensions=None):
        if read_stream is None or write_stream is None:
            raise ValueError("read_stream and write_stream are required when no dispatcher is given")
        self._read_timeout_seconds = seconds(read_timeout_seconds)
        self._client_info = client_info or types.Implementation(name="mcp", version="0.1.0")
        self._sampling_callback = sampling_callback
        self._elicitation_callback = elicitation_callback
        self._list_roots_callback = list_roots_callback
        self._logging_callback = logging_callback or _ignore
        self._message_handler = message_handler or _ignore
        self._sampling_capabilities = sampling_capabilities
        self._extensions = extensions
        self._log_level = log_level
        self._initialize_result = None
        self._output_schemas = {}
        self._peer = Peer(read_stream, write_stream, self._on_request, self._on_notification, self._on_exception)

    async def __aenter__(self):
        self._peer.start()
        return self

    async def __aexit__(self, *exception):
        await self._peer.stop()

    # What is known of the server

    @property
    def initialize_result(self):
        """The answer to `initialize`, or None before."""
        return self._initialize_result

    @property
    def protocol_version(self):
        """The version that is spoken."""
        return self._initialize_result and self._initialize_result.protocol_version

    @property
    def server_info(self):
        """Name and version of the server."""
        return self._initialize_result and self._initialize_result.server_info

    @property
    def server_capabilities(self):
        """What the server offers."""
        return self._initialize_result and self._initialize_result.capabilities

    def get_server_capabilities(self):
        """`server_capabilities`, under the name of the first major version."""
        return self.server_capabilities

    @property
    def instructions(self):
        """How the server wants to be used."""
        return self._initialize_result and self._initialize_result.instructions

    # Requests

    async def send_request(self, request, result_type, request_read_timeout_seconds=None, metadata=None,
                           progress_callback=None):
        """Sends any request; the result is an object of `result_type`. MCPError if the server says so, when it
        takes too long, and when the connection ends."""
        data = request.model_dump(by_alias=True, mode="json", exclude_none=True)
        timeout = seconds(request_read_timeout_seconds)
        if timeout is None:
            timeout = self._read_timeout_seconds
        raw = await self._peer.request(data["method"], data.get("params"), timeout=timeout,
                                       on_progress=progress_callback, may_cancel=data["method"] != "initialize",
                                       related=getattr(metadata, "related_request_id", None))
        if not LATER_KEYS.isdisjoint(raw):
            raw = {key: value for key, value in raw.items() if key not in LATER_KEYS}
        if isinstance(result_type, TypeAdapter):
            return result_type.validate_python(raw, by_name=False)
        return result_type.model_validate(raw, by_name=False)

    async def send_notification(self, notification, related_request_id=None):
        """Sends any notification."""
        data = notification.model_dump(by_alias=True, mode="json", exclude_none=True)
        await self._peer.notify(data["method"], data.get("params"), related_request_id)

    def _capabilities(self):
        asks = self._elicitation_callback is not None
        return types.ClientCapabilities(
            sampling=None if self._sampling_callback is None
            else self._sampling_capabilities or types.SamplingCapability(),
            elicitation=types.ElicitationCapability(form=types.FormElicitationCapability(),
                                                    url=types.UrlElicitationCapability()) if asks else None,
            experimental=None,
            extensions=self._extensions,
            roots=None if self._list_roots_callback is None else types.RootsCapability(list_changed=True))

    async def initialize(self):
        """The handshake, which comes before everything else; done once."""
        if self._initialize_result is not None:
            return self._initialize_result
        params = types.InitializeRequestParams(protocol_version=LATEST_HANDSHAKE_VERSION,
                                               capabilities=self._capabilities(), client_info=self._client_info)
        result = await self.send_request(types.InitializeRequest(params=params), types.InitializeResult)
        if result.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS:
            raise RuntimeError(f"Unsupported protocol version from the server: {result.protocol_version}")
        self._initialize_result = result
        await self.send_notification(types.InitializedNotification())
        return result

    async def send_ping(self, *, meta=None):
        """Asks whether the server is there."""
        return await self.send_request(types.PingRequest(params=types.RequestParams(_meta=meta)), types.EmptyResult)

    @deprecated("Client-to-server progress is deprecated as of 2026-07-28; progress is server-to-client only.")
    async def send_progress_notification(self, progress_token, progress, total=None, message=None, *, meta=None):
        """Tells how far a request of the server is."""
        await self.send_notification(types.ProgressNotification(params=types.ProgressNotificationParams(
            progress_token=progress_token, progress=progress, total=total, message=message, _meta=meta)))

    @deprecated(OLD_CAPABILITY.format("logging"))
    async def set_logging_level(self, level, *, meta=None):
        """The server shall send messages of this level and above."""
        params = types.SetLevelRequestParams(level=level, _meta=meta)
        return await self.send_request(types.SetLevelRequest(params=params), types.EmptyResult)

    async def list_resources(self, cursor=None, *, params=None):
        """One page of the resources."""
        return await self.send_request(types.ListResourcesRequest(params=_page(params, cursor)),
                                       types.ListResourcesResult)

    async def list_resource_templates(self, cursor=None, *, params=None):
        """One page of the resource templates."""
        return await self.send_request(types.ListResourceTemplatesRequest(params=_page(params, cursor)),
                                       types.ListResourceTemplatesResult)

    async def read_resource(self, uri, *, meta=None):
        """The contents of a resource."""
        params = types.ReadResourceRequestParams(uri=str(uri), _meta=meta)
        return await self.send_request(types.ReadResourceRequest(params=params), types.ReadResourceResult)

    @deprecated("resources/subscribe is removed as of 2026-07-28; use Client.listen() instead.")
    async def subscribe_resource(self, uri, *, meta=None):
        """Asks to be told when a resource changes."""
        params = types.SubscribeRequestParams(uri=str(uri), _meta=meta)
        return await self.send_request(types.SubscribeRequest(params=params), types.EmptyResult)

    @deprecated("resources/unsubscribe is removed as of 2026-07-28; use Client.listen() instead.")
    async def unsubscribe_resource(self, uri, *, meta=None):
        """No longer."""
        params = types.UnsubscribeRequestParams(uri=str(uri), _meta=meta)
        return await self.send_request(types.UnsubscribeRequest(params=params), types.EmptyResult)

    async def call_tool(self, name, arguments=None, read_timeout_seconds=None, progress_callback=None, *, meta=None):
        """Calls a tool. `is_error` of the result tells whether it failed; its structured content is checked against
        the schema that the tool has announced."""
        params = types.CallToolRequestParams(name=name, arguments=arguments, _meta=meta)
        result = await self.send_request(types.CallToolRequest(params=params), types.CallToolResult,
                                         request_read_timeout_seconds=read_timeout_seconds,
                                         progress_callback=progress_callback)
        if not result.is_error:
            await self.validate_tool_result(name, result)
        return result

    async def validate_tool_result(self, name, result):
        """RuntimeError if a result does not fit the output schema of its tool."""
        if name not in self._output_schemas:
            await self.list_tools()
        if name not in self._output_schemas:
            logger.warning(f"Tool {name} not listed by server, cannot validate any structured content")
            return
        schema = self._output_schemas[name]
        if schema is None:
            return
        if result.structured_content is None and "structured_content" not in result.model_fields_set:
            raise RuntimeError(f"Tool {name} has an output schema but did not return structured content")
        from mcp.client._json_schema import first_error
        error = first_error(schema, result.structured_content)
        if error is not None:
            raise RuntimeError(f"Invalid structured content returned by tool {name}: {error}")

    async def list_prompts(self, cursor=None, *, params=None):
        """One page of the prompts."""
        return await self.send_request(types.ListPromptsRequest(params=_page(params, cursor)),
                                       types.ListPromptsResult)

    async def get_prompt(self, name, arguments=None, *, meta=None):
        """The messages of a prompt."""
        params = types.GetPromptRequestParams(name=name, arguments=arguments, _meta=meta)
        return await self.send_request(types.GetPromptRequest(params=params), types.GetPromptResult)

    async def complete(self, ref, argument, context_arguments=None):
        """Values that an argument of a prompt or resource template may have."""
        context = None if context_arguments is None else types.CompletionContext(arguments=context_arguments)
        params = types.CompleteRequestParams(ref=ref, argument=types.CompletionArgument(**argument), context=context)
        return await self.send_request(types.CompleteRequest(params=params), types.CompleteResult)

    async def list_tools(self, cursor=None, *, params=None):
        """One page of the tools."""
        params = _page(params, cursor)
        result = await self.send_request(types.ListToolsRequest(params=params), types.ListToolsResult)
        if (params is None or params.cursor is None) and result.next_cursor is None:
            self._output_schemas.clear()  # These are all; others are gone.
        for tool in result.tools:
            self._output_schemas[tool.name] = tool.output_schema
        return result

    @deprecated(OLD_CAPABILITY.format("roots"))
    async def send_roots_list_changed(self):
        """Tells that the roots have changed."""
        await self.send_notification(types.RootsListChangedNotification())

    # Messages of the server

    async def _on_request(self, incoming, method, params):
        cls = SERVER_REQUESTS.get(method)
        if cls is None:
            raise MCPError(METHOD_NOT_FOUND, "Method not found", method)
        request = cls.model_validate({"method": method} if params is None else {"method": method, "params": params},
                                     by_name=False)
        if method == "ping":
            return {}
        meta = request.params.meta if request.params else None
        context = ClientRequestContext(session=self, request_id=incoming.request_id, meta=meta)
        if method == "sampling/createMessage":
            answer = (self._sampling_callback or _declines("Sampling not supported"))(context, request.params)
            allowed = (types.CreateMessageResult, types.CreateMessageResultWithTools)
        elif method == "elicitation/create":
            answer = (self._elicitation_callback or _declines("Elicitation not supported"))(context, request.params)
            allowed = (types.ElicitResult,)
        else:
            answer = (self._list_roots_callback or _declines("List roots not supported"))(context)
            allowed = (types.ListRootsResult,)
        answer = await answer
        if isinstance(answer, types.ErrorData):
            raise MCPError.from_error_data(answer)
        if not isinstance(answer, allowed):
            logger.error("client callback for %r returned an invalid result", method)
            raise MCPError(INTERNAL_ERROR, "Client callback returned an invalid result")
        return answer.model_dump(by_alias=True, mode="json", exclude_none=True)

    async def _on_notification(self, method, params):
        if method == "notifications/cancelled":
            return
        cls = SERVER_NOTIFICATIONS.get(method)
        if cls is None:
            logger.debug("dropped %r: not defined at %s", method, self.protocol_version)
            return
        try:
            notification = cls.model_validate({"method": method} if params is None
                                              else {"method": method, "params": params}, by_name=False)
        except ValidationError:
            logger.warning("Failed to validate notification: %s", method, exc_info=True)
            return
        if isinstance(notification, types.LoggingMessageNotification):
            await self._logging_callback(notification.params)
        await self._message_handler(notification)

    async def _on_exception(self, error):
        try:
            await self._message_handler(error)
        except Exception:
            logger.exception("message_handler raised on transport exception")
