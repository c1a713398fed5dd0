"""ClientSessionGroup: several servers, whose tools, resources and prompts are found by name."""

from contextlib import AsyncExitStack

from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from mcp.types.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND


class ClientSessionGroup:
    """Sessions that begin one by one and end together.

    `component_name_hook(name, server_info)` makes the names of different servers different.
    """

    def __init__(self, exit_stack=None, component_name_hook=None):
        self._stack = exit_stack or AsyncExitStack()
        self._owns_stack = exit_stack is None
        self._name = component_name_hook or (lambda name, server_info: name)
        self._sessions = {}  # Session to (stack, {kind: names}).
        self._tool_to_session = {}
        self._all = {"tools": {}, "resources": {}, "prompts": {}}

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        for stack, _ in reversed(self._sessions.values()):
            await stack.aclose()
        self._sessions.clear()
        if self._owns_stack:
            await self._stack.aclose()

    sessions = property(lambda self: list(self._sessions), doc="All sessions.")
    tools = property(lambda self: self._all["tools"], doc="Tools by name.")
    resources = property(lambda self: self._all["resources"], doc="Resources by name.")
    prompts = property(lambda self: self._all["prompts"], doc="Prompts by name.")

    async def connect_to_server(self, server_params, session_params=None):
        """Starts a server; gives its session."""
        if not isinstance(server_params, StdioServerParameters):
            raise NotImplementedError("connecting to an MCP server over HTTP is not supported")
        async with AsyncExitStack() as stack:
            read, write = await stack.enter_async_context(stdio_client(server_params))
            options = vars(session_params) if session_params is not None else {}
            session = await stack.enter_async_context(ClientSession(read, write, **options))
            result = await session.initialize()
            await self._add(session, result.server_info, stack)
        return session

    async def _add(self, session, server_info, stack):
        found = {}
        for kind, call in (("tools", session.list_tools), ("resources", session.list_resources),
                           ("prompts", session.list_prompts)):
            try:
                listed = getattr(await call(), kind)
            except MCPError as error:
                if error.code != METHOD_NOT_FOUND:
                    raise
                listed = []
            found[kind] = {self._name(one.name, server_info): one for one in listed}
            if twice := found[kind].keys() & self._all[kind].keys():
                raise MCPError(INVALID_PARAMS, f"{twice} already exist in group {kind}.")
        for kind, named in found.items():
            self._all[kind].update(named)
        self._tool_to_session.update(dict.fromkeys(found["tools"], session))
        self._sessions[session] = (stack.pop_all(), {kind: list(named) for kind, named in found.items()})

    async def disconnect_from_server(self, session):
        """Ends a session and forgets what it offered."""
        if session not in self._sessions:
            raise MCPError(INVALID_PARAMS, "Provided session is not managed or already disconnected.")
        stack, names = self._sessions.pop(session)
        for kind, listed in names.items():
            for name in listed:
                del self._all[kind][name]
                self._tool_to_session.pop(name, None)
        await stack.aclose()

    async def call_tool(self, name, arguments=None, read_timeout_seconds=None, progress_callback=None, *, meta=None):
        """Calls a tool of any of the servers."""
        return await self._tool_to_session[name].call_tool(
            self._all["tools"][name].name, arguments, read_timeout_seconds, progress_callback, meta=meta)
