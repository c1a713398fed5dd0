# A client checks what a tool returns against what it has announced.
import asyncio

import mcp.types as types
from mcp import Client
from mcp.server import Server

SCHEMA = {"type": "object", "required": ["n"], "additionalProperties": False,
          "properties": {"n": {"type": "integer", "minimum": 1}, "list": {"type": "array", "items": {"enum": ["a"]}}}}
RESULTS = {"good": {"n": 1, "list": ["a"]}, "type": {"n": "1"}, "small": {"n": 0}, "missing": {}, "more": {"n": 1, "m": 2},
           "item": {"n": 1, "list": ["a", "b"]}, "bool": {"n": True}, "none": None}


async def list_tools(context, params):
    return types.ListToolsResult(tools=[types.Tool(name=name, input_schema={"type": "object"}, output_schema=SCHEMA)
                                        for name in RESULTS])


async def call_tool(context, params):
    given = {"structured_content": RESULTS[params.name]} if RESULTS[params.name] is not None else {}
    return types.CallToolResult(content=[], **given)


async def main():
    server = Server("wrong", on_list_tools=list_tools, on_call_tool=call_tool)
    async with Client(server, mode="legacy") as client:
        for name in RESULTS:
            try:
                print(name, (await client.call_tool(name)).structured_content)
            except RuntimeError as error:
                print(name, error)


asyncio.run(main())
