# Servers that end, write garbage, answer what nobody asked, answer wrong or never: the client says so and goes on, and
# no server is left.
import asyncio
import logging
import sys
import time

from mcp import ClientSession, StdioServerParameters, stdio_client

logging.disable(logging.CRITICAL)
SERVER = """
import json, signal, sys, time
def read():
    return json.loads(sys.stdin.readline() or sys.exit())
def write(**message):
    print(json.dumps({'jsonrpc': '2.0', **message}), flush=True)
def answer(**result):
    write(id=read()['id'], result=result)
def start(version='2025-06-18'):
    answer(protocolVersion=version, capabilities={}, serverInfo={'name': 's', 'version': '1'})
    read()
"""
FAULTS = {
    "ends at once": "sys.exit(3)",
    "ends later": "start(); read(); sys.exit(3)",
    "writes garbage": "print('garbage'); start(); print('{}', flush=True); answer(content=[]); answer(tools=[]); read()",
    "answers what nobody asked": "start(); write(id=99, result={}); write(id='a', error={'code': 1, 'message': ''});"
                                 "answer(content=[]); answer(tools=[]); answer(tools=[]); read()",
    "answers wrong": "start(); answer(content=5); read()",
    "refuses": "write(id=read()['id'], error={'code': 5, 'message': 'no', 'data': [1]}); read()",
    "is too old": "start('1999-01-01'); read()",
    "asks wrong": "start(); m = read(); write(id=7, method='nope'); r = read(); write(id=m['id'], result={'content': "
                  "[{'type': 'text', 'text': json.dumps(r)}]}); answer(tools=[]); read()",
    "never answers": "start(); read(); time.sleep(100)",
    "never ends": "signal.signal(signal.SIGTERM, signal.SIG_IGN); start(); answer(content=[]); answer(tools=[]); time.sleep(100)",
}


async def note(message):
    print("message:", type(message).__name__)


async def talk(code):
    params = StdioServerParameters(command=sys.executable, args=["-c", SERVER + code])
    async with stdio_client(params) as (read, write):
        async with ClientSession(read, write, message_handler=note) as session:
            try:
                await session.initialize()
                print((await session.call_tool("x", read_timeout_seconds=0.3)).content)
            except Exception as error:
                print(type(error).__name__, str(error).splitlines()[0], getattr(error, "error", None))
            end = time.monotonic()
    return time.monotonic() - end


async def main():
    for name, code in FAULTS.items():
        print(f"{name}:")
        print("in time:", await talk(code) < 1)


asyncio.run(main())
