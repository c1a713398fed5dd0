"""What the signature of a function says: the schema of its arguments and of its result.

A tool, prompt or resource is a plain function; annotations say how its arguments are checked and converted, and its
result's annotation whether the result is structured.
"""

import asyncio
import collections.abc
import inspect
import logging
import types as python_types
import typing
from typing import Annotated, Any

from mcp import types
from mcp._model import MISSING, BaseModel, FieldInfo, TypeAdapter, create_model
from mcp.server.lowlevel.server import is_async
from mcp.server.mcpserver.exceptions import InvalidSignature
from mcp.server.mcpserver.media import Audio, Image

logger = logging.getLogger(__name__)

_CONTENT = (types.TextContent, types.ImageContent, types.AudioContent, types.ResourceLink, types.EmbeddedResource,
            Image, Audio)
_UNIONS = (typing.Union, python_types.UnionType)


def signature_of(function):
    """The signature with its annotations evaluated."""
    try:
        return inspect.signature(function, eval_str=True)
    except NameError as error:
        raise InvalidSignature(f"Unable to evaluate type annotations for callable {name_of(function)!r}") from error


def name_of(function):
    """Its name, also of an object that can be called."""
    return getattr(function, "__name__", None) or type(function).__name__


def find_context_parameter(function):
    """Name of the parameter annotated with Context, or None."""
    from mcp.server.mcpserver.context import Context
    try:
        hints = typing.get_type_hints(function)
    except Exception:
        return None
    for name, annotation in hints.items():
        for candidate in (annotation, *typing.get_args(annotation)):
            if isinstance(candidate, type) and issubclass(candidate, Context):
                return name
    return None


def argument_model(function, skip=()):
    """A model whose fields are the parameters."""
    fields = {}
    for parameter in signature_of(function).parameters.values():
        name, annotation, default = parameter.name, parameter.annotation, parameter.default
        if name.startswith("_"):
            raise InvalidSignature(f"Parameter {name} of {name_of(function)} cannot start with '_'")
        if name in skip:
            continue
        if annotation is parameter.empty:
            # Anything is taken, but clients are told the most likely.
            annotation = Annotated[Any, FieldInfo(extra_schema={"title": name, "type": "string"})]
        fields[name] = (annotation, MISSING if default is parameter.empty else default)
    return create_model(f"{name_of(function)}Arguments", __module__=getattr(function, "__module__", None), **fields)


def parsed_json(model, arguments):
    """Some models give a list or dict as JSON text: such text is read where no str is wanted."""
    import json
    result = dict(arguments)
    for name, field in model._fields().items():
        value = arguments.get(name)
        if isinstance(value, str) and field.annotation is not str:
            try:
                parsed = json.loads(value)
            except (ValueError, RecursionError):
                continue
            # "5" for an int is converted anyway, and must stay text in `int | str`.
            if not isinstance(parsed, (str, int, float)):
                result[name] = parsed
    return result


def checked_arguments(model, arguments):
    """The arguments as the function wants them, with defaults; ValidationError if they do not fit."""
    checked = model.model_validate(arguments)
    return {name: checked.__dict__[name] for name in model._fields()}


async def call(function, arguments):
    """Calls a function of either kind; a plain one in a thread, so that the server goes on meanwhile."""
    if is_async(function):
        return await function(**arguments)
    result = await asyncio.to_thread(function, **arguments)
    return await result if inspect.isawaitable(result) else result


class ResultShape:
    """How a result becomes content and, if its annotation says so, structured content."""

    def __init__(self, function, structured=None):
        self.schema = self._adapter = None
        self._is_wrapped = False
        self._by_attributes = False
        if structured is False:
            return
        annotation = signature_of(function).return_annotation
        name = name_of(function)
        if annotation is inspect.Signature.empty:
            if structured is True:
                raise InvalidSignature(f"Function {name}: return annotation required for structured output")
            return
        plain = typing.get_args(annotation)[0] if typing.get_origin(annotation) is Annotated else annotation
        if plain is types.CallToolResult:
            if plain is annotation:
                return
            annotation = plain = typing.get_args(annotation)[1]
        elif typing.get_origin(plain) in _UNIONS and types.CallToolResult in typing.get_args(plain):
            raise InvalidSignature(f"Function {name}: CallToolResult cannot be used in Union or Optional types. "
                                   "To return empty results, use: CallToolResult(content=[])")
        if isinstance(plain, type) and issubclass(plain, types.InputRequiredResult):
            return
        if structured is None and _is_content(plain):
            return
        try:
            self._set(annotation, plain, name)
        except (TypeError, ValueError, NameError) as error:
            self.schema = None
            logger.info(f"Cannot create schema for type {plain} in {name}: {type(error).__name__}: {error}")
        if self.schema is None and structured is True:
            raise InvalidSignature(f"Function {name}: return type {plain} is not serializable for structured output")

    def _set(self, annotation, plain, name):
        origin, model = typing.get_origin(plain), None
        if origin is dict and typing.get_args(plain)[0] is str:
            model = Annotated[plain, FieldInfo(title=f"{name}DictOutput")]
        elif isinstance(plain, type) and origin is None:
            if issubclass(plain, BaseModel) or typing.is_typeddict(plain):
                model = plain
            elif plain in (str, int, float, bool, bytes, type(None)):
                self._is_wrapped = True
            elif hints := typing.get_type_hints(plain, include_extras=True):
                fields = {field: (hint, getattr(plain, field, MISSING)) for field, hint in hints.items()
                          if not field.startswith("_")}
                model = create_model(plain.__name__, **fields)
                self._by_attributes = True
            else:
                return
        else:
            self._is_wrapped = True
        if self._is_wrapped:
            model = create_model(f"{name}Output", result=annotation)
        self._adapter = TypeAdapter(model)
        self._model = model
        self.schema = self._adapter.json_schema()

    def convert(self, result):
        """A result as the protocol has it."""
        if isinstance(result, types.InputRequiredResult):
            return result
        if isinstance(result, types.CallToolResult):
            if self.schema is not None and not result.is_error:
                self._adapter.validate_python(result.structured_content)
            return result
        content = to_content(result)
        if self.schema is None:
            return types.CallToolResult(content=content)
        if self._is_wrapped:
            result = {"result": result}
        if self._by_attributes:
            checked = self._model.model_validate(result, from_attributes=True)
        else:
            checked = self._adapter.validate_python(result, by_alias=True, by_name=True)
        structured = self._adapter.dump_python(checked, mode="json", by_alias=True)
        return types.CallToolResult(content=content, structured_content=structured)


def _is_content(annotation):
    """Whether a result is content already, or a list of it."""
    origin = typing.get_origin(annotation)
    if origin is None:
        return isinstance(annotation, type) and issubclass(annotation, _CONTENT)
    if origin is Annotated:
        return _is_content(typing.get_args(annotation)[0])
    if origin in (*_UNIONS, list, tuple, collections.abc.Sequence):
        return any(map(_is_content, typing.get_args(annotation)))
    return False


def to_content(result):
    """Any value as a list of content: text as it is, the rest as JSON."""
    if result is None:
        return []
    if isinstance(result, (Image, Audio)):
        return [result.to_content()]
    if isinstance(result, _CONTENT):
        return [result]
    if isinstance(result, (list, tuple)):
        return [content for item in result for content in to_content(item)]
    if not isinstance(result, str):
        from mcp._model.dump import to_json_text
        result = to_json_text(result)
    return [types.TextContent(type="text", text=result)]
