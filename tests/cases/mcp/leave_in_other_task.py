# Sessions entered in one task and left in another, cancelled, or left by an exception; groups of sessions. No child,
# no task is left.
import asyncio
import os
import sys

from mcp import ClientSession, ClientSessionGroup, StdioServerParameters, stdio_client

CODE = """
import asyncio
from mcp.server.mcpserver import MCPServer
server = MCPServer("waits", log_level="CRITICAL")
@server.tool()
async def wait(ms: int) -> str:
    await asyncio.sleep(ms / 1000)
    return "waited"
server.run()
"""
PARAMS = StdioServerParameters(command=sys.executable, args=["-c", CODE], env=dict(os.environ))


async def run_cancelled(started):
    async with stdio_client(PARAMS) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        started.set()
        await session.call_tool("wait", {"ms": 60_000})


async def main():
    transport = stdio_client(PARAMS)
    sessions = []

    async def enter():
        sessions.append(ClientSession(*await transport.__aenter__()))
        await sessions[0].__aenter__()
        await sessions[0].initialize()

    async def leave():
        await sessions[0].__aexit__(None, None, None)
        await transport.__aexit__(None, None, None)

    await asyncio.create_task(enter())
    pending = asyncio.create_task(sessions[0].call_tool("wait", {"ms": 60_000}))
    await asyncio.sleep(0.01)
    await asyncio.create_task(leave())
    print(await asyncio.gather(pending, return_exceptions=True))
    started = asyncio.Event()
    task = asyncio.create_task(run_cancelled(started))
    await started.wait()
    task.cancel()
    print(await asyncio.gather(task, return_exceptions=True))
    async with ClientSessionGroup(component_name_hook=lambda name, server: f"{server.name}.{name}") as group:
        session = await group.connect_to_server(PARAMS)
        print(list(group.tools), (await group.call_tool("waits.wait", {"ms": 1})).content[0].text)
        await group.disconnect_from_server(session)
        print(list(group.tools))
        await group.connect_to_server(PARAMS)
    print(len(asyncio.all_tasks()))
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("no child is left")


asyncio.run(main())
