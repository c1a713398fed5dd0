# A server asks its client: sampling, elicitation, roots, and what a client without callbacks says.
import asyncio
import warnings

import mcp.types as types
from mcp import Client
from mcp.server.mcpserver import Context, MCPServer

warnings.simplefilter("ignore")
server = MCPServer("asks", log_level="CRITICAL")


@server.tool()
async def ask(ctx: Context) -> str:
    answers = []
    message = types.SamplingMessage(role="user", content=types.TextContent(text="hi"))
    for question in (ctx.session.create_message([message], max_tokens=5),
                     ctx.session.elicit("who?", {"type": "object", "properties": {"name": {"type": "string"}}}),
                     ctx.session.list_roots()):
        try:
            answers.append(repr(await question))
        except Exception as error:
            answers.append(f"{type(error).__name__} {error}")
    return "\n".join(answers)


async def sample(context, params):
    text = f"{params.messages[0].content.text} {params.max_tokens} {context.request_id}"
    return types.CreateMessageResult(role="assistant", content=types.TextContent(text=text), model="m")


async def elicit(context, params):
    return types.ElicitResult(action="accept", content={"name": params.message})


async def list_roots(context):
    return types.ListRootsResult(roots=[types.Root(uri="file:///tmp", name="t")])


async def main():
    callbacks = {"sampling_callback": sample, "elicitation_callback": elicit, "list_roots_callback": list_roots}
    for options in (callbacks, {}):
        async with Client(server, mode="legacy", **options) as client:
            print((await client.call_tool("ask")).content[0].text)


asyncio.run(main())
