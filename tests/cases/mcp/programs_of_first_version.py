# FastMCP, the decorators of Server, and camelCase names, as programs for the first major version have them.
import asyncio
import logging
import warnings
from datetime import timedelta

import mcp.types as types
from mcp import McpError
from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.prompts import base
from mcp.server.lowlevel import Server
from mcp.shared.memory import create_connected_server_and_client_session as connect
from pydantic import AnyUrl, BaseModel, Field

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
fast = FastMCP("fast", instructions="Hurry.")
low = Server("low")


class Weather(BaseModel):
    celsius: float = Field(description="How warm")
    tags: list[str] = []


@fast.tool()
async def weather(city: str, ctx: Context) -> Weather:
    await ctx.info(f"looking at {city}")
    parts = await ctx.read_resource(f"city://{city}")
    return Weather(celsius=20, tags=[part.content for part in parts])


@fast.tool()
def fail(): raise ValueError("told to the model")


@fast.resource("city://{name}")
def city(name: str) -> str: return name.upper()


@fast.prompt()
def review(code: str) -> list[base.Message]: return [base.UserMessage(code), base.AssistantMessage("good")]


@low.list_tools()
async def list_tools():
    schema = {"properties": {"u": {"type": "string"}}, "required": ["u"], "type": "object"}
    return [types.Tool(name="f", description="d", inputSchema=schema)]


@low.call_tool()
async def call_tool(name, arguments):
    if name != "f":
        raise ValueError(f"Unknown tool: {name}")
    await low.request_context.session.send_log_message(level="info", data="called")
    return [types.TextContent(type="text", text=arguments["u"])]


@low.read_resource()
async def read_resource(uri): return f"contents of {uri}"


async def log(params):
    print("log:", params.level, params.data)


async def main():
    for server in (fast, low):
        async with connect(getattr(server, "_mcp_server", server), logging_callback=log,
                           read_timeout_seconds=timedelta(seconds=10)) as session:
            for tool in (await session.list_tools()).tools:
                print(tool.name, tool.inputSchema["properties"], tool.outputSchema and sorted(tool.outputSchema))
            for name, arguments in (("weather", {"city": "oslo"}), ("fail", {}), ("f", {"u": "x"}), ("f", {}), ("g", {})):
                result = await session.call_tool(name, arguments)
                print(name, result.isError, [part.text for part in result.content], result.structuredContent)
            try:
                print((await session.read_resource(AnyUrl("city://rome"))).contents[0].text)
                print([message.role for message in (await session.get_prompt("review", {"code": "1"})).messages])
            except McpError as error:
                print("McpError", error.error.code, error.error.message)


asyncio.run(main())
