# The server underneath: handlers that get parameters, pages, subscriptions, notifications both ways.
import asyncio
import logging
import warnings

import mcp.types as types
from mcp import Client, MCPError
from mcp.server import NotificationOptions, Server

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


async def list_tools(context, params):
    start = int(params.cursor or 0)
    tools = [types.Tool(name=f"t{index}", input_schema={"type": "object"}) for index in range(start, start + 2)]
    return types.ListToolsResult(tools=tools, next_cursor=str(start + 2) if start < 4 else None)


async def call_tool(context, params):
    await context.session.send_tool_list_changed()
    await context.session.send_resource_updated("x:1")
    if params.name == "refused":
        raise MCPError(-32602, f"Unknown tool: {params.name}", {"known": ["t0"]})
    if params.name == "broken":
        return {"content": 5}
    return types.CallToolResult(content=[types.TextContent(text=repr((params.name, params.arguments, context.meta)))])


async def subscribe(context, params):
    print("subscribed to", params.uri, context.protocol_version)


async def set_level(context, params):
    await context.session.send_log_message(params.level, {"a": 1}, "logger")


async def note(message):
    print("message:", repr(message))


async def main():
    server = Server("handlers", version="2", on_list_tools=list_tools, on_call_tool=call_tool,
                    on_subscribe_resource=subscribe, on_set_logging_level=set_level)
    print(server.get_capabilities(NotificationOptions(tools_changed=True)))
    async with Client(server, mode="legacy", message_handler=note) as client:
        print(client.server_info, client.server_capabilities)
        cursor = None
        while True:
            page = await client.list_tools(cursor=cursor)
            print([tool.name for tool in page.tools], page.next_cursor)
            if (cursor := page.next_cursor) is None:
                break
        for name in ("t0", "refused", "broken"):
            try:
                print((await client.call_tool(name, {"k": [1]}, meta={"x": "y"})).content)
            except MCPError as error:
                print(error.error)
        print(await client.subscribe_resource("x:1"), await client.set_logging_level("error"))
        try:
            await client.list_prompts()
        except MCPError as error:
            print(error.code, error, error.data)


asyncio.run(main())
