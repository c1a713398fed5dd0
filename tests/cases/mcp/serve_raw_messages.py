# What a server writes, line by line, for lines of all kinds; stray output goes elsewhere.
import json
import subprocess
import sys

SERVER = """
from mcp.server.mcpserver import MCPServer
import logging
server = MCPServer("raw", log_level="CRITICAL")
logging.disable(logging.CRITICAL)
@server.tool()
def shout(text: str) -> str:
    print("stray")
    return text.upper() + "\\u00e9\\n"
server.run()
"""
START = {"id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                                                      "clientInfo": {"name": "c", "version": "1"}}}


def talk(n_answers, *messages):
    lines = [message if isinstance(message, str) else json.dumps({"jsonrpc": "2.0", **message})
             for message in messages]
    with subprocess.Popen([sys.executable, "-c", SERVER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as server:
        server.stdin.write("\n".join(lines) + "\n")
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(n_answers)]
        rest, errors = server.communicate()
    print(server.returncode, rest, errors.split())
    for answer in sorted(answers, key=lambda answer: str(answer["id"])):
        print(json.dumps(answer, sort_keys=True))


talk(2, {"id": 1, "method": "ping"}, {"id": 2, "method": "tools/list"}, {"method": "notifications/initialized"})
talk(2, START, {"id": 1, "method": "tools/call", "params": {"name": "shout", "arguments": {"text": "a"}}})
talk(8, START, {"id": 1, "method": "no/such"}, {"id": "two", "method": "tools/call"}, "garbage", '{"jsonrpc": "1.0"}',
     {"id": 3, "method": "tools/call", "params": {"name": 5}}, {"id": 99, "result": {}}, {"id": 4, "method": "ping"},
     {"id": 5, "method": "resources/read", "params": {"uri": "x:"}}, {"id": 6, "method": "prompts/get", "params": {}},
     {"id": 7, "method": "logging/setLevel", "params": {"level": "info"}}, {"method": "notifications/no/such"})
