"""The decorators by which servers of the first major version register handlers.

    @server.list_tools()
    async def list_tools() -> list[types.Tool]: ...

    @server.call_tool()
    async def call_tool(name, arguments) -> list[types.ContentBlock]: ...

What handlers return is wrapped in the result that the protocol wants.
"""

import binascii
import contextvars
import inspect

from mcp import types
from mcp.shared.exceptions import UrlElicitationRequiredError

# The context of the request that the current task handles.
request_ctx = contextvars.ContextVar("request_ctx")


def _takes_argument(function):
    return bool(inspect.signature(function).parameters)


class Decorators:
    """Base of `Server`."""

    @property
    def request_context(self):
        """The context of the request that is being handled; LookupError outside of one."""
        return request_ctx.get()

    def _register(self, method, params_type, call, wrap=lambda result, params: result):
        async def handler(context, params):
            token = request_ctx.set(context)
            try:
                return wrap(await call(params), params)
            finally:
                request_ctx.reset(token)
        self.add_request_handler(method, params_type, handler)

    def _listing(self, method, request_type, result_type, field):
        def decorator(function):
            async def call(params):
                if _takes_argument(function):
                    return await function(request_type(params=params))
                return await function()

            def wrap(result, params):
                return result if isinstance(result, result_type) else result_type(**{field: list(result)})
            self._register(method, types.PaginatedRequestParams, call, wrap)
            return function
        return decorator

    def list_tools(self):
        """Registers `async def () -> list[Tool]`."""
        return self._listing("tools/list", types.ListToolsRequest, types.ListToolsResult, "tools")

    def list_resources(self):
        """Registers `async def () -> list[Resource]`."""
        return self._listing("resources/list", types.ListResourcesRequest, types.ListResourcesResult, "resources")

    def list_resource_templates(self):
        """Registers `async def () -> list[ResourceTemplate]`."""
        return self._listing("resources/templates/list", types.ListResourceTemplatesRequest,
                             types.ListResourceTemplatesResult, "resource_templates")

    def list_prompts(self):
        """Registers `async def () -> list[Prompt]`."""
        return self._listing("prompts/list", types.ListPromptsRequest, types.ListPromptsResult, "prompts")

    def call_tool(self, *, validate_input=True):
        """Registers `async def (name, arguments)`, which returns content, a dict, both, or a CallToolResult.

        Arguments are checked against the schema of the tool unless `validate_input` is false; what it raises
        becomes an error that the model can read."""
        def decorator(function):
            async def call(params):
                arguments = params.arguments or {}
                try:
                    if validate_input:
                        problem = await self._input_problem(params.name, arguments)
                        if problem is not None:
                            return _failed(f"Input validation error: {problem}")
                    return _tool_result(await function(params.name, arguments))
                except UrlElicitationRequiredError:
                    raise  # An answer of the protocol, not of the tool.
                except Exception as error:
                    return _failed(str(error))
            self._register("tools/call", types.CallToolRequestParams, call)
            return function
        return decorator

    async def _input_problem(self, name, arguments):
        entry = self.get_request_handler("tools/list")
        if entry is None:
            return None
        listed = await entry.handler(request_ctx.get(None), types.PaginatedRequestParams())
        for tool in listed.tools:
            if tool.name == name:
                from mcp.client._json_schema import first_error
                error = first_error(tool.input_schema, arguments)
                return None if error is None else error.message
        return None

    def read_resource(self):
        """Registers `async def (uri)`, which returns str, bytes or an iterable of ReadResourceContents."""
        def decorator(function):
            async def call(params):
                return await function(params.uri)
            self._register("resources/read", types.ReadResourceRequestParams, call, _resource_result)
            return function
        return decorator

    def get_prompt(self):
        """Registers `async def (name, arguments) -> GetPromptResult`."""
        def decorator(function):
            async def call(params):
                return await function(params.name, params.arguments)
            self._register("prompts/get", types.GetPromptRequestParams, call)
            return function
        return decorator

    def completion(self):
        """Registers `async def (ref, argument, context) -> Completion | None`."""
        def decorator(function):
            async def call(params):
                return await function(params.ref, params.argument, params.context)

            def wrap(result, params):
                return types.CompleteResult(completion=types.Completion(values=[]) if result is None else result)
            self._register("completion/complete", types.CompleteRequestParams, call, wrap)
            return function
        return decorator

    def set_logging_level(self):
        """Registers `async def (level)`."""
        return self._simple("logging/setLevel", types.SetLevelRequestParams, lambda params: params.level)

    def subscribe_resource(self):
        """Registers `async def (uri)`."""
        return self._simple("resources/subscribe", types.SubscribeRequestParams, lambda params: params.uri)

    def unsubscribe_resource(self):
        """Registers `async def (uri)`."""
        return self._simple("resources/unsubscribe", types.UnsubscribeRequestParams, lambda params: params.uri)

    def _simple(self, method, params_type, argument):
        def decorator(function):
            async def call(params):
                await function(argument(params))
                return types.EmptyResult()
            self._register(method, params_type, call)
            return function
        return decorator

    def progress_notification(self):
        """Registers `async def (progress_token, progress, total, message)`."""
        def decorator(function):
            async def handler(context, params):
                await function(params.progress_token, params.progress, params.total, params.message)
            self.add_notification_handler("notifications/progress", types.ProgressNotificationParams, handler)
            return function
        return decorator


def _failed(text):
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)


def _tool_result(result):
    if isinstance(result, types.CallToolResult):
        return result
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict):
        return types.CallToolResult(content=list(result[0]), structured_content=result[1])
    if isinstance(result, dict):
        import json
        text = types.TextContent(text=json.dumps(result, indent=2))
        return types.CallToolResult(content=[text], structured_content=result)
    return types.CallToolResult(content=list(result))


def _resource_result(result, params):
    if isinstance(result, types.ReadResourceResult):
        return result
    if isinstance(result, (str, bytes)):
        from mcp.server.lowlevel.helper_types import ReadResourceContents
        result = [ReadResourceContents(result)]
    return types.ReadResourceResult(contents=[contents_of(part, params.uri) for part in result])


def contents_of(part, uri):
    """A part of a resource as the protocol has it."""
    if isinstance(part.content, bytes):
        blob = binascii.b2a_base64(part.content, newline=False).decode()
        return types.BlobResourceContents(uri=uri, blob=blob, mime_type=part.mime_type or "application/octet-stream",
                                          _meta=part.meta)
    return types.TextResourceContents(uri=uri, text=part.content, mime_type=part.mime_type or "text/plain",
                                      _meta=part.meta)
