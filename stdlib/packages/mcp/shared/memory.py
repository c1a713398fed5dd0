"""Connections between a client and a server in one program."""

import asyncio
from contextlib import asynccontextmanager

from mcp.shared._streams import create_memory_object_stream


@asynccontextmanager
async def create_client_server_memory_streams():
    """Two pairs (read, write): what one end writes, the other one reads."""
    to_client, client_read = create_memory_object_stream(1)
    to_server, server_read = create_memory_object_stream(1)
    streams = (to_client, client_read, to_server, server_read)
    try:
        yield (client_read, to_server), (server_read, to_client)
    finally:
        for stream in streams:
            stream.close()


@asynccontextmanager
async def serve_in_memory(server, raise_exceptions=False):
    """Runs a server in a task; gives the streams for its client."""
    server = getattr(server, "_lowlevel_server", server)
    async with create_client_server_memory_streams() as (client, (read, write)):
        options = server.create_initialization_options()
        task = asyncio.create_task(server.run(read, write, options, raise_exceptions=raise_exceptions))
        try:
            yield client
        finally:
            for stream in client:
                stream.close()
            await asyncio.wait([task], timeout=1)
            task.cancel()
            await asyncio.wait([task])
            if raise_exceptions and not task.cancelled():
                task.result()


@asynccontextmanager
async def create_connected_server_and_client_session(server, raise_exceptions=False, **options):
    """A client session, initialized, with a server of this program; `options` are those of ClientSession."""
    from mcp.client.session import ClientSession
    async with serve_in_memory(server, raise_exceptions) as (read, write):
        async with ClientSession(read, write, **options) as session:
            await session.initialize()
            yield session
