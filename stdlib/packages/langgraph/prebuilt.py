"""`create_react_agent`: asks a model, runs the tools it wants, feeds their results back, until it answers in plain text.

A run is a row of steps, alternately the model ("agent") and its tools ("tools"); `recursion_limit` of the config bounds them.
"""

import asyncio

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolMessage, add_messages, convert_to_messages
from langchain_core.tools import BaseTool, StructuredTool, ValidationError

from .errors import GraphRecursionError

DEFAULT_RECURSION_LIMIT = 10_000
_HELP = "https://docs.langchain.com/oss/python/langgraph/errors/GRAPH_RECURSION_LIMIT"


class ToolNode:
    """Runs the tool calls of the last message, all at once."""

    def __init__(self, tools, *, name="tools"):
        self.name = name
        self.tools_by_name = {}
        for one in tools:
            if not isinstance(one, BaseTool) and not hasattr(one, "args_schema"):
                one = _tool_of(one)
            self.tools_by_name[one.name] = one

    async def ainvoke(self, input, config=None):
        messages = input["messages"] if isinstance(input, dict) else input
        calls = messages[-1].tool_calls
        if len(calls) == 1:
            results = [await self._run_one(calls[0])]
        else:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._run_safely(call)) for call in calls]
            results = [task.result() for task in tasks]
            for result in results:
                if isinstance(result, Exception):
                    raise result
        return {"messages": results}

    async def _run_safely(self, call):
        # A tool that fails must not cancel its neighbours, and its error is raised bare, not in a group.
        try:
            return await self._run_one(call)
        except Exception as exc:
            return exc

    async def _run_one(self, call):
        name = call["name"]
        found = self.tools_by_name.get(name)
        if found is None:
            known = ", ".join(self.tools_by_name)
            return _error(call, f"Error: {name} is not a valid tool, try one of [{known}].")
        try:
            return await found.ainvoke({**call, "type": "tool_call"})
        except ValidationError as exc:
            told = "\n".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in exc.errors())
            return _error(
                call,
                f"Error invoking tool '{name}' with kwargs {call['args']} with error:\n {told}\n"
                " Please fix the error and try again.",
            )


def _error(call, content):
    return ToolMessage(content, name=call["name"], tool_call_id=call["id"], status="error")


def _tool_of(function):
    import inspect

    if not callable(function):
        raise TypeError(f"a tool must be a function or have a schema, not {type(function).__name__}")
    if inspect.iscoroutinefunction(function):
        return StructuredTool.from_function(coroutine=function)
    return StructuredTool.from_function(function)


def tools_condition(state):
    """Where a graph goes after the model: to the tools, or to its end."""
    messages = state["messages"] if isinstance(state, dict) else state
    return "tools" if getattr(messages[-1], "tool_calls", None) else "__end__"


class CompiledStateGraph:
    """An agent, ready to run."""

    def __init__(self, model, tool_node, prompt, name):
        self.name = name
        self._model = model
        self._tool_node = tool_node
        self._prompt = prompt

    async def _prompted(self, state):
        """The messages that the model is shown."""
        prompt, messages = self._prompt, state["messages"]
        if prompt is None:
            return messages
        if isinstance(prompt, str):
            return [SystemMessage(prompt), *messages]
        if isinstance(prompt, BaseMessage):
            return [prompt, *messages]
        if hasattr(prompt, "ainvoke"):
            return await prompt.ainvoke(state)
        shown = prompt(state)
        if hasattr(shown, "__await__"):
            shown = await shown
        return convert_to_messages(shown if isinstance(shown, list) else [shown])

    async def _ask(self, state, n_left):
        message = await self._model.ainvoke(await self._prompted(state))
        if self.name is not None and message.name is None:
            message.name = self.name
        if n_left < 2 and message.tool_calls:
            direct = all(
                getattr(self._tool_node.tools_by_name.get(call["name"]), "return_direct", False)
                for call in message.tool_calls
            )
            if n_left < 1 or not direct:
                return AIMessage("Sorry, need more steps to process this request.", id=message.id)
        return message

    async def _steps(self, input, config):
        """Yields ("values", state) and ("updates", {node: what it added}) as the run goes on."""
        limit = (config or {}).get("recursion_limit", DEFAULT_RECURSION_LIMIT)
        if limit < 1:
            raise ValueError("recursion_limit must be at least 1")
        if not isinstance(input, dict) or "messages" not in input:
            raise ValueError("Expected the input to be a dict with the key 'messages'.")
        if input["messages"] is None:
            raise ValueError("Must specify non-null arguments for both 'left' and 'right'. Only received: 'right'.")
        given = input["messages"]
        state = {"messages": add_messages([], given)}
        if state["messages"]:
            _check_answered(state["messages"])
        yield "values", state
        step = 1
        while True:
            message = await self._ask(state, limit - step)
            state = {"messages": add_messages(state["messages"], message)}
            yield "updates", {"agent": {"messages": [message]}}
            yield "values", state
            step += 1
            self._check_limit(step, limit)
            if not message.tool_calls:
                return
            update = await self._tool_node.ainvoke(state)
            state = {"messages": add_messages(state["messages"], update["messages"])}
            yield "updates", {"tools": update}
            yield "values", state
            step += 1
            self._check_limit(step, limit)
            tools = self._tool_node.tools_by_name
            if any(getattr(tools.get(call["name"]), "return_direct", False) for call in message.tool_calls):
                return

    @staticmethod
    def _check_limit(step, limit):
        if step > limit:
            raise GraphRecursionError(
                f"Recursion limit of {limit} reached without hitting a stop condition. You can increase the limit by "
                f"setting the `recursion_limit` config key.\nFor troubleshooting, visit: {_HELP}"
            )

    async def ainvoke(self, input, config=None, *, stream_mode="values", **kwargs):
        """The state at the end: {"messages": [...]}."""
        _refuse(kwargs)
        if stream_mode == "updates":
            return [update async for update in self.astream(input, config, stream_mode="updates")]
        last = None
        async for kind, value in self._steps(input, config):
            if kind == "values":
                last = value
        return last

    async def astream(self, input, config=None, *, stream_mode="updates", **kwargs):
        """The run step by step: whole states ("values"), what each node added ("updates"), or pairs of a list of both."""
        _refuse(kwargs)
        modes = [stream_mode] if isinstance(stream_mode, str) else list(stream_mode)
        for mode in modes:
            if mode not in ("values", "updates"):
                raise NotImplementedError(f"stream_mode={mode!r}")
        async for kind, value in self._steps(input, config):
            if kind in modes:
                yield value if isinstance(stream_mode, str) else (kind, value)

    def invoke(self, input, config=None, **kwargs):
        """As `ainvoke`, where no loop is running."""
        return asyncio.run(self.ainvoke(input, config, **kwargs))

    def stream(self, input, config=None, **kwargs):
        """As `astream`, where no loop is running."""
        with asyncio.Runner() as runner:
            steps = self.astream(input, config, **kwargs)
            try:
                while True:
                    try:
                        yield runner.run(_next(steps))
                    except StopAsyncIteration:
                        return
            finally:
                runner.run(steps.aclose())


async def _next(steps):
    return await steps.__anext__()


def _refuse(arguments):
    for name, value in arguments.items():
        if value is not None:
            raise NotImplementedError(f"the argument {name!r} of an agent")


def _check_answered(messages):
    """Every tool call that is not the last word must have its answer, or the endpoint refuses the conversation."""
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    open_calls = [
        call
        for message in messages
        if isinstance(message, AIMessage)
        for call in message.tool_calls
        if call["id"] not in answered
    ]
    if open_calls:
        raise ValueError(
            "Found AIMessages with tool_calls that do not have a corresponding ToolMessage. "
            f"Here are the first few of those tool calls: {open_calls[:3]}"
        )


def create_react_agent(
    model,
    tools,
    *,
    prompt=None,
    response_format=None,
    pre_model_hook=None,
    post_model_hook=None,
    state_schema=None,
    context_schema=None,
    checkpointer=None,
    store=None,
    interrupt_before=None,
    interrupt_after=None,
    debug=False,
    version="v2",
    name=None,
):
    """An agent of `model` (such as "openai:gpt-4.1", or an object with `bind_tools` and `ainvoke`) and `tools`."""
    _refuse(
        {
            "response_format": response_format,
            "pre_model_hook": pre_model_hook,
            "post_model_hook": post_model_hook,
            "state_schema": state_schema,
            "context_schema": context_schema,
            "checkpointer": checkpointer,
            "store": store,
            "interrupt_before": interrupt_before,
            "interrupt_after": interrupt_after,
            "debug": debug or None,
        }
    )
    if version not in ("v1", "v2"):
        raise ValueError(f"Invalid version {version}. Supported versions are 'v1' and 'v2'.")
    if isinstance(model, str):
        from langchain.chat_models import init_chat_model

        model = init_chat_model(model)
    node = tools if isinstance(tools, ToolNode) else ToolNode(tools)
    known = list(node.tools_by_name.values())
    bind = model.bind_tools
    return CompiledStateGraph(bind(known) if known else model, node, prompt, name)


__all__ = ["ToolNode", "create_react_agent", "tools_condition"]
