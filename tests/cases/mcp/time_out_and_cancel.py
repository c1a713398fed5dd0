# Calls that take too long or are cancelled: the server hears of it, the session goes on.
import asyncio

import mcp.types as types
from mcp import Client, MCPError
from mcp.server.mcpserver import MCPServer

server = MCPServer("slow", log_level="CRITICAL")
stopped = []


@server.tool()
async def wait(name: str) -> str:
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        stopped.append(name)
        raise
    return "too late"


@server.tool()
async def stopped_so_far() -> list[str]:
    return sorted(stopped)


async def main():
    async with Client(server, mode="legacy") as client:
        try:
            await client.call_tool("wait", {"name": "timeout"}, read_timeout_seconds=0.01)
        except MCPError as error:
            print(error.code == types.REQUEST_TIMEOUT, error)
        try:
            async with asyncio.timeout(0.01):
                await client.call_tool("wait", {"name": "outer timeout"})
        except TimeoutError as error:
            print(repr(error))
        task = asyncio.create_task(client.call_tool("wait", {"name": "cancelled"}))
        await asyncio.sleep(0.01)
        task.cancel()
        print(await asyncio.gather(task, return_exceptions=True))
        print((await client.call_tool("stopped_so_far")).structured_content)
        left = asyncio.create_task(client.call_tool("wait", {"name": "left"}))
        await asyncio.sleep(0.01)
    print(await asyncio.gather(left, return_exceptions=True))


asyncio.run(main())
