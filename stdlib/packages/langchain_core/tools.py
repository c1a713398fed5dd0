"""Tools: functions that a model may ask for, with a name, a description and a schema of their arguments."""

import asyncio
import inspect
import json

from ._schema import ArgsSchema, ValidationError
from .messages import ToolMessage


class ToolException(Exception):
    """A tool says why it failed; the text can go back to the model."""


class BaseTool:
    """What an agent needs of a tool."""

    def __init__(
        self,
        *,
        name,
        description,
        args_schema,
        return_direct=False,
        response_format="content",
        handle_tool_error=False,
        metadata=None,
        tags=None,
    ):
        self.name = name
        self.description = description
        #: A JSON schema, or an object with `model_json_schema()`.
        self.args_schema = args_schema
        self.return_direct = return_direct
        #: "content", or "content_and_artifact": then the function returns a pair.
        self.response_format = response_format
        #: False raises a ToolException on; True, a text or a function make content of it.
        self.handle_tool_error = handle_tool_error
        self.metadata = metadata
        self.tags = tags

    @property
    def args(self):
        return self.get_input_jsonschema().get("properties", {})

    def get_input_jsonschema(self):
        schema = self.args_schema
        return schema if isinstance(schema, dict) else schema.model_json_schema()

    @property
    def tool_call_schema(self):
        return self.args_schema

    def _parse(self, tool_input):
        """(arguments, id of the call or None) of what a caller gave."""
        call_id = None
        if isinstance(tool_input, dict) and tool_input.get("type") == "tool_call":
            call_id, tool_input = tool_input.get("id"), tool_input["args"]
        if isinstance(self.args_schema, dict):
            if isinstance(tool_input, str):
                raise ValueError("String tool inputs are not allowed when using tools with JSON schema args_schema.")
            return dict(tool_input), call_id
        if isinstance(tool_input, str) and len(self.args_schema.properties) == 1:
            tool_input = {next(iter(self.args_schema.properties)): tool_input}
        return self.args_schema.validated(tool_input), call_id

    def _result(self, result, call_id, status="success", artifact=None):
        if call_id is None:
            return result
        return ToolMessage(
            _content(result), tool_call_id=call_id, name=self.name, artifact=artifact, status=status
        )

    def _finish(self, result, call_id):
        artifact = None
        if self.response_format == "content_and_artifact":
            if not isinstance(result, tuple) or len(result) != 2:
                raise ValueError(
                    "Since response_format='content_and_artifact' a two-tuple of the message content and raw tool "
                    f"output is expected. Instead, generated response is of type: {type(result)}."
                )
            result, artifact = result
        return self._result(result, call_id, artifact=artifact)

    def _failed(self, exc, call_id):
        handler = self.handle_tool_error
        if handler is False or handler is None:
            raise exc
        if handler is True:
            content = exc.args[0] if exc.args else "Tool execution error"
        elif isinstance(handler, str):
            content = handler
        else:
            content = handler(exc)
        return self._result(content, call_id, status="error")

    def invoke(self, input, config=None, **kwargs):
        args, call_id = self._parse(input)
        try:
            result = self._run(**args)
        except ToolException as exc:
            return self._failed(exc, call_id)
        return self._finish(result, call_id)

    async def ainvoke(self, input, config=None, **kwargs):
        args, call_id = self._parse(input)
        try:
            result = await self._arun(**args)
        except ToolException as exc:
            return self._failed(exc, call_id)
        return self._finish(result, call_id)

    def _run(self, **kwargs):
        raise NotImplementedError(f"{self.__class__.__name__} does not support sync invocation.")

    async def _arun(self, **kwargs):
        return await asyncio.to_thread(self._run, **kwargs)

    def __repr__(self):
        return f"{self.__class__.__name__}(name={self.name!r}, description={self.description!r})"


def _content(result):
    """What of a result goes into a message: text, blocks, else JSON."""
    if isinstance(result, str):
        return result
    if isinstance(result, list) and all(
        isinstance(block, str) or isinstance(block, dict) and block.get("type") in _BLOCKS for block in result
    ):
        return result
    try:
        return json.dumps(result, ensure_ascii=False)
    except (TypeError, ValueError):
        return str(result)


_BLOCKS = ("text", "image_url", "image", "json", "search_result", "custom_tool_call_output", "document", "file", "audio", "video")


class StructuredTool(BaseTool):
    """A tool made of a function, a coroutine function, or both."""

    def __init__(self, *, func=None, coroutine=None, **kwargs):
        super().__init__(**kwargs)
        self.func = func
        self.coroutine = coroutine

    @classmethod
    def from_function(
        cls,
        func=None,
        coroutine=None,
        name=None,
        description=None,
        return_direct=False,
        args_schema=None,
        *,
        response_format="content",
        **kwargs,
    ):
        source = func or coroutine
        if source is None:
            raise ValueError("Function and/or coroutine must be provided")
        name = name or source.__name__
        if description is None:
            doc = inspect.getdoc(source)
            if doc is None:
                raise ValueError("Function must have a docstring if description not provided.")
            # The text as it stands in the source, but for what is around it.
            description = source.__doc__.strip()
        if args_schema is None:
            args_schema = ArgsSchema(name, source, description)
        return cls(
            func=func,
            coroutine=coroutine,
            name=name,
            description=description,
            args_schema=args_schema,
            return_direct=return_direct,
            response_format=response_format,
            **kwargs,
        )

    def _run(self, **kwargs):
        if self.func is None:
            raise NotImplementedError("StructuredTool does not support sync invocation.")
        return self.func(**kwargs)

    async def _arun(self, **kwargs):
        if self.coroutine is not None:
            return await self.coroutine(**kwargs)
        return await super()._arun(**kwargs)


Tool = StructuredTool


def tool(
    name_or_callable=None,
    runnable=None,
    *args,
    description=None,
    return_direct=False,
    args_schema=None,
    response_format="content",
    **kwargs,
):
    """Decorator: makes a tool of a function; `@tool`, `@tool("name")` or `@tool(return_direct=True)`."""
    if runnable is not None or args:
        raise NotImplementedError("a tool of a Runnable")
    name = name_or_callable if isinstance(name_or_callable, str) else None

    def made(function):
        is_async = inspect.iscoroutinefunction(function)
        return StructuredTool.from_function(
            None if is_async else function,
            function if is_async else None,
            name=name,
            description=description,
            return_direct=return_direct,
            args_schema=args_schema,
            response_format=response_format,
            **kwargs,
        )

    if callable(name_or_callable):
        return made(name_or_callable)
    return made


def convert_to_openai_tool(tool):
    """How a chat endpoint is told of a tool."""
    if isinstance(tool, dict):
        return tool
    schema = _untitled(tool.get_input_jsonschema(), True)
    if not isinstance(tool.args_schema, dict):
        schema.pop("description", None)
    function = {"name": tool.name, "description": tool.description, "parameters": schema}
    return {"type": "function", "function": function}


def _untitled(schema, is_schema):
    """Without the titles, which say nothing that the names do not; a property may be called `title`."""
    if isinstance(schema, list):
        return [_untitled(one, is_schema) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value, not (is_schema and key == "properties"))
        for key, value in schema.items()
        if not (is_schema and key == "title" and isinstance(value, str))
    }


__all__ = ["BaseTool", "StructuredTool", "Tool", "ToolException", "ValidationError", "tool"]
