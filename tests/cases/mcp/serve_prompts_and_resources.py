# Prompts, resources, completions, and mistakes in registering them.
import asyncio
import logging

import mcp.types as types
from mcp import Client, MCPError
from mcp.server.mcpserver import AssistantMessage, Context, MCPServer, UserMessage

server = MCPServer("parts", log_level="CRITICAL")
logging.disable(logging.CRITICAL)


@server.prompt()
def greet(name: str, times: int = 1) -> str:
    """Greets"""
    return f"Hello {name}! " * times


@server.prompt(title="Talk")
async def talk(): return [UserMessage("a"), AssistantMessage("b"), {"role": "user", "content": {"type": "text", "text": "c"}}]


@server.resource("x://text", description="Some text")
def text(): return "text"


@server.resource("x://bytes", mime_type="application/x-bytes")
def data() -> bytes: return b"\0\xff"


@server.resource("x://json")
async def table(): return {"a": [1, None]}


@server.resource("x://broken")
def broken(): raise RuntimeError("secret")


@server.resource("x://files/{+path}{?depth}")
def file(path: str, ctx: Context, depth: int = 1): return f"{path} {depth!r} {ctx.request_id.isdigit()}"


@server.completion()
async def complete(ref, argument, context):
    return types.Completion(values=[argument.value + "!", repr(context)], has_more=False)


async def attempt(awaitable):
    try:
        print((await awaitable).model_dump(exclude_none=True, exclude={"ttl_ms", "cache_scope", "result_type"}))
    except MCPError as error:
        print(error.error)


async def main():
    async with Client(server, mode="legacy") as client:
        for listing in (client.list_prompts(), client.list_resources(), client.list_resource_templates()):
            await attempt(listing)
        for name, arguments in (("greet", {"name": "N", "times": "2"}), ("greet", {}), ("talk", None), ("none", None)):
            await attempt(client.get_prompt(name, arguments))
        for uri in ("x://text", "x://bytes", "x://json", "x://broken", "x://files/a/b?depth=2", "x://files/a/../b", "x:"):
            await attempt(client.read_resource(uri))
        await attempt(client.complete(types.PromptReference(name="greet"), {"name": "name", "value": "v"}))
        template = types.ResourceTemplateReference(uri="x://files/{+path}")
        await attempt(client.complete(template, {"name": "path", "value": "v"}, {"depth": "1"}))
    for uri, function in (("x://{a}", lambda: 0), ("x://a", lambda b: 0), ("x://{a", lambda a: 0), (print, None)):
        try:
            server.resource(uri)(function)
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)


asyncio.run(main())
