# A client with a server as a child process: results, errors, progress, log messages.
import asyncio
import os
import sys

from mcp import ClientSession, MCPError, StdioServerParameters, stdio_client

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_server.py")


async def progress(done, total, message):
    print("progress:", done, total, message)


async def log(params):
    print("log:", params.level, params.data)


async def main():
    params = StdioServerParameters(command=sys.executable, args=[SERVER], env=dict(os.environ))
    with open(os.devnull, "w") as nothing:
        async with stdio_client(params, errlog=nothing) as (read, write):
            async with ClientSession(read, write, logging_callback=log) as session:
                result = await session.initialize()
                print(result.server_info, result.instructions, result.protocol_version)
                for tool in (await session.list_tools()).tools:
                    print(tool.name, repr(tool.description), tool.input_schema, tool.output_schema)
                for arguments in ({"a": 1}, {"a": "40", "b": 2}, {"b": 1}, {"a": "x"}):
                    result = await session.call_tool("add", arguments)
                    print(result.is_error, result.structured_content, result.content[0].text)
                print((await session.call_tool("count", {"to": 2}, progress_callback=progress)).content)
                for name in ("fail", "unknown"):
                    print(await session.call_tool(name))
                for uri in ("demo://a%20b/5", "demo://a/x", "demo://../5", "other:"):
                    try:
                        print((await session.read_resource(uri)).contents)
                    except MCPError as error:
                        print(error.code, error, error.data)
    print("closed")


asyncio.run(main())
