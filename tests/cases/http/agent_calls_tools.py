import asyncio, json, os
from _scripted import asked, reply, start
from langchain_core.tools import tool
from langgraph.errors import GraphRecursionError
from langgraph.prebuilt import create_react_agent

def said(message):
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return reply(json.dumps({"id": "c", "model": "m", "choices": [choice]}).encode())

def call(*calls):
    return said({"role": "assistant", "content": None, "tool_calls": [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(calls, 1)]})

class Script:
    def __getitem__(self, target):
        return SCRIPT.pop(0)

@tool
async def add(a: int, b: int = 1) -> int:
    """Adds."""
    return a + b

async def main():
    server, url = await start(Script())
    os.environ.update(OPENAI_BASE_URL=url + "/v1", OPENAI_API_KEY="key")
    agent = create_react_agent("openai:m", [add], prompt="Be brief.")
    busy = reply(b"{}", b"429 Too Many Requests", b"retry-after-ms: 1")
    SCRIPT[:] = [call(("add", '{"a": 3}'), ("nope", "{}"), ("add", "{}"), ("add", "{bad")), busy, said({"content": "4"})]
    result = await agent.ainvoke({"messages": "what is 3 + 1?"})
    for message in result["messages"]:
        message.pretty_print()
    print([m["role"] for m in json.loads(asked[-1][3])["messages"]], len(asked))
    SCRIPT[:] = [call(("add", '{"a": 3}'))] * 9
    try:
        await agent.ainvoke({"messages": "loop"}, {"recursion_limit": 5})
    except GraphRecursionError as exc:
        print(str(exc).splitlines()[0])
    SCRIPT[:] = [reply(b'{"error": {"message": "bad key"}}', b"401 Unauthorized")]
    try:
        await agent.ainvoke({"messages": "q"})
    except Exception as exc:
        print(type(exc).__name__, exc)
    SCRIPT[:] = [call(("add", '{"a": 3}')), said({"content": "done"})]
    async for update in agent.astream({"messages": "q"}):
        print({node: [m.type for m in added["messages"]] for node, added in update.items()})
    server.close()

SCRIPT = []
asyncio.run(main())
