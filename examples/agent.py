"""An agent that uses tools: a language model decides which to call, the program calls them, until the model has an answer.

It speaks the chat completions protocol of OpenAI, which many servers understand. So that the example runs by itself, the
model is a script behind a small local server; `agent.py --url URL --model NAME`, with the key in OPENAI_API_KEY, asks a real
one. (CPython needs `pip install httpx`.)
"""

import argparse
import asyncio
import inspect
import json
import os

import httpx

JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class Agent:
    def __init__(self, client, model, tools, max_turns=10):
        self._client = client
        self._model = model
        self._tools = {tool.__name__: tool for tool in tools}
        self._max_turns = max_turns
        self.messages = []

    async def ask(self, question):
        """The answer of the model, after as many tool calls as it wants to make."""
        self.messages.append({"role": "user", "content": question})
        for _ in range(self._max_turns):
            message = await self._complete()
            self.messages.append(message)
            calls = message.get("tool_calls")
            if not calls:
                return message["content"]
            # Calls of one message do not depend on each other.
            self.messages += await asyncio.gather(*map(self._run_tool, calls))
        raise RuntimeError(f"no answer after {self._max_turns} turns")

    async def _complete(self):
        answer = await self._client.post("chat/completions", json={
            "model": self._model,
            "messages": self.messages,
            "tools": [describe(tool) for tool in self._tools.values()],
        })
        answer.raise_for_status()
        return answer.json()["choices"][0]["message"]

    async def _run_tool(self, call):
        """Runs one tool; the model is told of errors, and may try something else."""
        function = call["function"]
        try:
            result = await self._tools[function["name"]](**json.loads(function["arguments"]))
        except Exception as error:
            result = f"error: {error}"
        print(f"  tool {function['name']}({function['arguments']}) -> {result}")
        return {"role": "tool", "tool_call_id": call["id"], "content": str(result)}


def describe(tool):
    """What the model is told of a function: its name, first lines and parameters."""
    parameters = inspect.signature(tool).parameters.values()
    return {"type": "function", "function": {
        "name": tool.__name__,
        "description": inspect.getdoc(tool),
        "parameters": {
            "type": "object",
            "properties": {each.name: {"type": JSON_TYPES[each.annotation]} for each in parameters},
            "required": [each.name for each in parameters if each.default is each.empty],
        },
    }}


async def temperature(city: str) -> int:
    """The temperature in a city, in degrees Celsius."""
    await asyncio.sleep(1)
    degrees = {"Oslo": -3, "Cairo": 29}
    if city not in degrees:
        raise LookupError(f"no weather station in {city}")
    return degrees[city]


async def subtract(left: float, right: float) -> float:
    """Computes left minus right."""
    return left - right


def scripted_model(messages):
    """Stands in for a model: looks at the conversation and gives the next message."""
    results = [message["content"] for message in messages if message["role"] == "tool"]
    match results:
        case []:
            return calls(("temperature", {"city": city}) for city in ("Cairo", "Oslo", "Atlantis"))
        case [cairo, oslo, _]:
            return calls([("subtract", {"left": int(cairo), "right": int(oslo)})])
        case [*_, difference]:
            text = f"Cairo is {difference} degrees warmer than Oslo. Atlantis has no weather station."
            return {"role": "assistant", "content": text}


def calls(functions):
    return {"role": "assistant", "content": None, "tool_calls": [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for number, (name, arguments) in enumerate(functions)
    ]}


async def serve_model(reader, writer):
    """As much of a chat completions server as one client needs: a request, an answer, and the connection closes."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:"))
    request = json.loads(await reader.readexactly(size))
    body = json.dumps({"choices": [{"index": 0, "message": scripted_model(request["messages"])}]}).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def converse(url, model):
    key = os.environ.get("OPENAI_API_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        agent = Agent(client, model, [temperature, subtract])
        question = "How much warmer is it in Cairo than in Oslo, and in Atlantis?"
        print("question:", question)
        print("answer:", await agent.ask(question))
        print(len(agent.messages), "messages:", ", ".join(message["role"] for message in agent.messages))


async def main():
    parser = argparse.ArgumentParser(description="An agent that uses tools.")
    parser.add_argument("--url", help="of a server for chat completions, up to /v1/ (default: one in this program)")
    parser.add_argument("--model", default="scripted", help="the name of the model there")
    options = parser.parse_args()
    if options.url:
        await converse(options.url, options.model)
        return
    async with await asyncio.start_server(serve_model, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        await converse(f"http://{host}:{port}/v1/", options.model)


if __name__ == "__main__":
    asyncio.run(main())
