# A server of functions, for call_tools_over_stdio.
import logging
import warnings

from mcp.server.mcpserver import Context, MCPServer

warnings.simplefilter("ignore")
server = MCPServer("demo", instructions="Be kind.", version="1.2", log_level="CRITICAL")
logging.disable(logging.CRITICAL)


@server.tool()
def add(a: int, b: int = 2) -> int:
    """Add two numbers"""
    print("this does not disturb the client")
    return a + b


@server.tool()
async def count(to: int, ctx: Context) -> str:
    for number in range(to):
        await ctx.report_progress(number + 1, to, f"step {number + 1}")
    await ctx.info("counted")
    return ctx.request_id


@server.tool()
def fail():
    raise ValueError("secret")


@server.resource("demo://{name}/{size}")
def item(name: str, size: int) -> str:
    return f"{name!r} {size!r}"


if __name__ == "__main__":
    server.run()
