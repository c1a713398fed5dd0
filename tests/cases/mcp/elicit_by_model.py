# A form made from a model: its schema, and what comes of each answer.
import asyncio
import logging
from typing import Literal, Optional

import mcp.types as types
from mcp import Client
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel, Field

logging.disable(logging.CRITICAL)
server = MCPServer("forms", log_level="CRITICAL")
ANSWERS = [("accept", {"table": 4, "name": "N"}), ("accept", {"table": 40, "name": "N", "time": "noon"}), ("accept", None),
           ("decline", None), ("cancel", None)]


class Booking(BaseModel):
    table: int = Field(description="Which table", ge=1, le=10)
    name: str = Field(min_length=1)
    note: Optional[str] = None
    time: Literal["noon", "night"] = "night"
    window: bool = False


class Nested(BaseModel):
    inner: Booking


@server.tool()
async def book(ctx: Context) -> str:
    result = await ctx.elicit("Please", Booking)
    return f"{type(result).__name__} {result.action} {getattr(result, 'data', None)!r}"


@server.tool()
async def open_page(ctx: Context) -> str:
    return repr(await ctx.elicit_url("Log in", "https://example.org/login", "id1"))


@server.tool()
async def nested(ctx: Context) -> str:
    try:
        return repr(await ctx.elicit("Please", Nested))
    except TypeError as error:
        return str(error).partition(" rendered")[0]


async def elicit(context, params):
    print(params.model_dump(exclude_none=True))
    action, content = ANSWERS.pop(0) if params.mode == "form" else ("accept", None)
    return types.ElicitResult(action=action, content=content)


async def main():
    async with Client(server, mode="legacy", elicitation_callback=elicit) as client:
        while ANSWERS:
            result = await client.call_tool("book")
            print(result.is_error, result.content[0].text)
        print((await client.call_tool("open_page")).content[0].text)
        print((await client.call_tool("nested")).content[0].text)


asyncio.run(main())
