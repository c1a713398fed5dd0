"""ServerSession: what a server can send to its client."""

import asyncio

from mcp import types
from mcp.shared._peer import seconds
from mcp.shared.exceptions import OLD_CAPABILITY, MCPError, deprecated
from mcp.shared.message import ServerMessageMetadata
from mcp.types.jsonrpc import INVALID_PARAMS
from mcp.types.version import LATEST_HANDSHAKE_VERSION


class Connection:
    """What the messages of one client have in common."""

    def __init__(self):
        self.peer = None
        self.client_params = None
        self.protocol_version = LATEST_HANDSHAKE_VERSION
        self.is_accepted = False  # "initialize" has been answered.
        self.initialized = asyncio.Event()

    def has(self, wanted):
        """Whether the client has all capabilities that are set in `wanted`."""
        if self.client_params is None:
            return False
        ours = self.client_params.capabilities
        for name in ("roots", "sampling", "elicitation"):
            if getattr(wanted, name) is not None and getattr(ours, name) is None:
                return False
        if wanted.roots is not None and wanted.roots.list_changed and not ours.roots.list_changed:
            return False
        if wanted.sampling is not None:
            for name in ("context", "tools"):
                if getattr(wanted.sampling, name) is not None and getattr(ours.sampling, name) is None:
                    return False
        for key, value in (wanted.experimental or {}).items():
            if (ours.experimental or {}).get(key, ours) != value:
                return False
        return all(key in (ours.extensions or {}) for key in wanted.extensions or ())


class ServerSession:
    """The connection as the handler of one message sees it."""

    def __init__(self, connection, incoming=None):
        self._connection = connection
        self._incoming = incoming

    @property
    def client_params(self):
        """What the client said in the handshake."""
        return self._connection.client_params

    @property
    def client_capabilities(self):
        """What the client can do."""
        return self.client_params and self.client_params.capabilities

    @property
    def protocol_version(self):
        """The version that is spoken."""
        return self._connection.protocol_version

    @property
    def can_send_request(self):
        """Whether the client can be asked something."""
        return True

    def check_client_capability(self, capability):
        """Whether the client can do all this."""
        return self._connection.has(capability)

    async def send_request(self, request, result_type, request_read_timeout_seconds=None, metadata=None,
                           progress_callback=None):
        """Asks the client anything."""
        data = request.model_dump(by_alias=True, mode="json", exclude_none=True)
        raw = await self._connection.peer.request(data["method"], data.get("params"),
                                                  timeout=seconds(request_read_timeout_seconds),
                                                  on_progress=progress_callback,
                                                  related=getattr(metadata, "related_request_id", None))
        return result_type.model_validate(raw, by_name=False)

    async def send_notification(self, notification, related_request_id=None):
        """Sends any notification."""
        data = notification.model_dump(by_alias=True, mode="json", exclude_none=True)
        await self._connection.peer.notify(data["method"], data.get("params"), related_request_id)

    @deprecated(OLD_CAPABILITY.format("logging"))
    async def send_log_message(self, level, data, logger=None, related_request_id=None):
        """Sends a log message."""
        params = types.LoggingMessageNotificationParams(level=level, data=data, logger=logger)
        await self.send_notification(types.LoggingMessageNotification(params=params), related_request_id)

    async def send_resource_updated(self, uri):
        """Tells that a resource has changed."""
        await self.send_notification(types.ResourceUpdatedNotification(
            params=types.ResourceUpdatedNotificationParams(uri=str(uri))))

    @deprecated(OLD_CAPABILITY.format("sampling"))
    async def create_message(self, messages, *, max_tokens, system_prompt=None, include_context=None,
                             temperature=None, stop_sequences=None, metadata=None, model_preferences=None,
                             tools=None, tool_choice=None, related_request_id=None):
        """Lets the client ask a model."""
        with_tools = tools is not None or tool_choice is not None
        if with_tools and not self.check_client_capability(types.ClientCapabilities(
                sampling=types.SamplingCapability(tools=types.SamplingToolsCapability()))):
            raise MCPError(INVALID_PARAMS, "Client does not support sampling tools capability")
        request = types.CreateMessageRequest(params=types.CreateMessageRequestParams(
            messages=messages, system_prompt=system_prompt, include_context=include_context, temperature=temperature,
            max_tokens=max_tokens, stop_sequences=stop_sequences, metadata=metadata,
            model_preferences=model_preferences, tools=tools, tool_choice=tool_choice))
        result = types.CreateMessageResultWithTools if with_tools else types.CreateMessageResult
        return await self.send_request(request, result, metadata=ServerMessageMetadata(related_request_id))

    @deprecated(OLD_CAPABILITY.format("roots"))
    async def list_roots(self):
        """Asks for the roots of the client."""
        return await self.send_request(types.ListRootsRequest(), types.ListRootsResult)

    async def elicit(self, message, requested_schema, related_request_id=None):
        """Like `elicit_form`."""
        return await self.elicit_form(message, requested_schema, related_request_id)

    async def elicit_form(self, message, requested_schema, related_request_id=None):
        """Lets the user fill in a form."""
        params = types.ElicitRequestFormParams(message=message, requested_schema=requested_schema)
        return await self._elicit(params, related_request_id)

    async def elicit_url(self, message, url, elicitation_id, related_request_id=None):
        """Lets the user open a page."""
        params = types.ElicitRequestURLParams(message=message, url=url, elicitation_id=elicitation_id)
        return await self._elicit(params, related_request_id)

    async def _elicit(self, params, related_request_id):
        return await self.send_request(types.ElicitRequest(params=params), types.ElicitResult,
                                       metadata=ServerMessageMetadata(related_request_id))

    async def send_ping(self):
        """Asks whether the client is there."""
        return await self.send_request(types.PingRequest(), types.EmptyResult)

    async def report_progress(self, progress, total=None, message=None):
        """Tells how far the request is that is being handled, if the client wants to know."""
        if self._incoming is not None:
            await self._incoming.progress(progress, total, message)

    async def send_progress_notification(self, progress_token, progress, total=None, message=None,
                                         related_request_id=None):
        """Tells how far something with this token is."""
        await self.send_notification(types.ProgressNotification(params=types.ProgressNotificationParams(
            progress_token=progress_token, progress=progress, total=total, message=message)), related_request_id)

    async def send_resource_list_changed(self):
        """Tells that there are other resources now."""
        await self.send_notification(types.ResourceListChangedNotification())

    async def send_tool_list_changed(self):
        """Tells that there are other tools now."""
        await self.send_notification(types.ToolListChangedNotification())

    async def send_prompt_list_changed(self):
        """Tells that there are other prompts now."""
        await self.send_notification(types.PromptListChangedNotification())

    async def send_elicit_complete(self, elicitation_id, related_request_id=None):
        """Tells that the user is done with a page."""
        params = types.ElicitCompleteNotificationParams(elicitation_id=elicitation_id)
        await self.send_notification(types.ElicitCompleteNotification(params=params), related_request_id)
