# What lasts as long as a server: its lifespan, also when the client goes away while a tool runs; middleware.
import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mcp import Client
from mcp.server.mcpserver import Context, Icon, MCPServer
from mcp.types import ToolAnnotations

logging.disable(logging.CRITICAL)


@dataclass
class State:
    calls: int = 0


@asynccontextmanager
async def lifespan(server):
    state = State()
    print("begin", server.name)
    try:
        yield state
    finally:
        print("end", state)


async def watch(context, call_next):
    if context.method == "tools/call":
        print("before", context.params["name"], context.request_id is not None, sorted(context.meta or {}))
    return await call_next(context)


server = MCPServer("lives", title="Lives", lifespan=lifespan, middleware=[watch], log_level="CRITICAL",
                   icons=[Icon(src="i.png", sizes=["any"])], website_url="https://example.org")


@server.tool(annotations=ToolAnnotations(read_only_hint=True), meta={"k": "v"})
async def count(ctx: Context[State]) -> int:
    state = ctx.request_context.lifespan_context
    state.calls += 1
    return state.calls


@server.tool(name="wait")
async def wait_long(ctx: Context) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        print("stopped waiting", ctx.request_context.session.client_params.client_info.name)


async def main():
    async with Client(server, mode="legacy") as client:
        print(client.server_info.model_dump(exclude_none=True))
        for tool in (await client.list_tools()).tools:
            print(tool.model_dump(exclude_none=True, include={"name", "annotations", "meta", "output_schema"}))
        for _ in range(2):
            print((await client.call_tool("count", meta={"x": 1})).structured_content)
        pending = asyncio.create_task(client.call_tool("wait"))
        await asyncio.sleep(0.01)
    print(await asyncio.gather(pending, return_exceptions=True))
    print("done")


asyncio.run(main())
