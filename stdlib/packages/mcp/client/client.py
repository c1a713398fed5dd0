"""Client: a session with whatever can be connected to, in one `async with`.

    async with Client(StdioServerParameters(command="python", args=["server.py"])) as client:
        print(await client.call_tool("add", {"a": 1, "b": 2}))
"""

from contextlib import AsyncExitStack

from mcp import types
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS


def _page(cursor, meta):
    return types.PaginatedRequestParams(cursor=cursor, _meta=meta)


class Client:
    """Connects to a server of this program, to one that is started, or over a transport (an asynchronous context
    manager that gives the streams). Both modes begin with a handshake."""

    def __init__(self, server, *, raise_exceptions=False, mode="auto", **options):
        if mode in MODERN_PROTOCOL_VERSIONS:
            raise NotImplementedError(f"protocol version {mode} without a handshake is not supported")
        if mode not in ("legacy", "auto"):
            hint = (f" ({mode!r} is a handshake-era version; use mode='legacy')"
                    if mode in HANDSHAKE_PROTOCOL_VERSIONS else "")
            raise ValueError(f"mode must be 'legacy', 'auto', or one of {list(MODERN_PROTOCOL_VERSIONS)}; "
                             f"got {mode!r}{hint}")
        if isinstance(server, str):
            raise NotImplementedError("connecting over HTTP is not supported")
        self.server = server
        self.mode = mode
        self.raise_exceptions = raise_exceptions
        self._options = options  # Those of ClientSession.
        self._session = None
        self._stack = None

    def _transport(self):
        if isinstance(self.server, StdioServerParameters):
            return stdio_client(self.server)
        if hasattr(self.server, "__aenter__"):
            return self.server
        from mcp.shared.memory import serve_in_memory
        return serve_in_memory(self.server, self.raise_exceptions)

    async def __aenter__(self):
        if self._stack is not None:
            raise RuntimeError("Client is already entered; cannot reenter")
        async with AsyncExitStack() as stack:
            read, write = await stack.enter_async_context(self._transport())
            session = await stack.enter_async_context(ClientSession(read, write, **self._options))
            await session.initialize()
            self._session = session
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exception):
        try:
            return await self._stack.__aexit__(*exception)
        finally:
            self._session = None

    @property
    def session(self):
        """The ClientSession."""
        if self._session is None:
            raise RuntimeError("Client must be used within an async context manager")
        return self._session

    protocol_version = property(lambda self: self.session.protocol_version, doc="The version that is spoken.")
    server_info = property(lambda self: self.session.server_info, doc="Name and version of the server.")
    server_capabilities = property(lambda self: self.session.server_capabilities, doc="What the server offers.")
    instructions = property(lambda self: self.session.instructions, doc="How the server wants to be used.")

    async def send_ping(self, *, meta=None):
        """Asks whether the server is there."""
        return await self.session.send_ping(meta=meta)

    async def set_logging_level(self, level, *, meta=None):
        """The server shall send messages of this level and above."""
        return await self.session.set_logging_level(level, meta=meta)

    async def list_tools(self, *, cursor=None, meta=None):
        """One page of the tools."""
        return await self.session.list_tools(params=_page(cursor, meta))

    async def call_tool(self, name, arguments=None, read_timeout_seconds=None, progress_callback=None, *, meta=None):
        """Calls a tool."""
        return await self.session.call_tool(name, arguments, read_timeout_seconds, progress_callback, meta=meta)

    async def list_resources(self, *, cursor=None, meta=None):
        """One page of the resources."""
        return await self.session.list_resources(params=_page(cursor, meta))

    async def list_resource_templates(self, *, cursor=None, meta=None):
        """One page of the resource templates."""
        return await self.session.list_resource_templates(params=_page(cursor, meta))

    async def read_resource(self, uri, *, meta=None):
        """The contents of a resource."""
        return await self.session.read_resource(uri, meta=meta)

    async def subscribe_resource(self, uri, *, meta=None):
        """Asks to be told when a resource changes."""
        return await self.session.subscribe_resource(uri, meta=meta)

    async def unsubscribe_resource(self, uri, *, meta=None):
        """No longer."""
        return await self.session.unsubscribe_resource(uri, meta=meta)

    async def list_prompts(self, *, cursor=None, meta=None):
        """One page of the prompts."""
        return await self.session.list_prompts(params=_page(cursor, meta))

    async def get_prompt(self, name, arguments=None, *, meta=None):
        """The messages of a prompt."""
        return await self.session.get_prompt(name, arguments, meta=meta)

    async def complete(self, ref, argument, context_arguments=None):
        """Values that an argument may have."""
        return await self.session.complete(ref, argument, context_arguments)

    async def send_roots_list_changed(self):
        """Tells that the roots have changed."""
        await self.session.send_roots_list_changed()
