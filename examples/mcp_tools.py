"""A Model Context Protocol server with two tools, a resource and a prompt, and the client that uses it.

The client starts this file again as the server and talks to it through its standard input and output, as a chat application
would. `mcp_tools.py serve` is the server alone. (CPython needs `pip install mcp`, version 2.)
"""

import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError

STOCK = {"apple": 5, "bread": 2, "cheese": 0}

server = MCPServer("shop", instructions="A small shop.", log_level="WARNING")


@server.tool()
def price(item: str, amount: int = 1) -> float:
    """The price of an item, in euros."""
    prices = {"apple": 0.5, "bread": 3.2, "cheese": 7.8}
    if item not in prices:
        raise ToolError(f"we have no {item}")
    return prices[item] * amount


@server.tool()
async def order(items: list[str], ctx: Context) -> str:
    """Orders items, and reports each one as it is packed."""
    for number, item in enumerate(items, 1):
        await asyncio.sleep(0.01)
        await ctx.report_progress(number, len(items), item)
    return f"{len(items)} items on their way"


@server.resource("shop://stock")
def stock() -> str:
    """What is on the shelves."""
    return json.dumps(STOCK)


@server.prompt()
def shopping_list(meal: str) -> str:
    """Asks a model what to buy."""
    return f"What do I need for {meal}? Use the tools of the shop."


async def show_progress(done, total, message):
    print(f"  packed {message} ({done:.0f} of {total:.0f})")


async def use(session):
    tools = (await session.list_tools()).tools
    for tool in tools:
        print(f"tool {tool.name}: {tool.description}")

    print("-- calls")
    result = await session.call_tool("price", {"item": "bread", "amount": 2})
    print("two loaves:", result.content[0].text)
    result = await session.call_tool("price", {"item": "caviar"})
    print("caviar:", result.content[0].text)
    result = await session.call_tool("order", {"items": ["apple", "bread"]}, progress_callback=show_progress)
    print("order:", result.content[0].text)

    print("-- a resource")
    result = await session.read_resource("shop://stock")
    print(json.loads(result.contents[0].text))

    print("-- a prompt")
    result = await session.get_prompt("shopping_list", {"meal": "breakfast"})
    for message in result.messages:
        print(f"{message.role}: {message.content.text}")


async def main():
    parameters = StdioServerParameters(command=sys.executable, args=[__file__, "serve"])
    async with stdio_client(parameters) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        await use(session)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        server.run()
    else:
        asyncio.run(main())
