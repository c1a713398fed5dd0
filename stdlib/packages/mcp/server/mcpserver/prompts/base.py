"""Prompts: functions that make messages."""

import logging
from collections.abc import Callable
from typing import Any, Literal

from mcp import types
from mcp._model import BaseModel, Field, ValidationError
from mcp.server.mcpserver import _signature
from mcp.server.mcpserver.media import Audio, Image
from mcp.shared.exceptions import MCPError

logger = logging.getLogger(__name__)


class Message(BaseModel):
    """A message of a prompt; text, images and sounds become content."""

    role: Literal["user", "assistant"]
    content: types.ContentBlock

    def __init__(self, content, **values):
        if isinstance(content, str):
            content = types.TextContent(type="text", text=content)
        elif isinstance(content, (Image, Audio)):
            content = content.to_content()
        super().__init__(content=content, **values)


class UserMessage(Message):
    """A message of the user."""

    role: Literal["user", "assistant"] = "user"


class AssistantMessage(Message):
    """A message of the model."""

    role: Literal["user", "assistant"] = "assistant"


class PromptArgument(BaseModel):
    """A parameter of the function."""

    name: str
    description: str | None = None
    required: bool = False


class Prompt(BaseModel):
    """A function with what clients are told of it."""

    name: str
    title: str | None = None
    description: str | None = None
    arguments: list[PromptArgument] | None = None
    fn: Callable = Field(exclude=True)
    icons: list[types.Icon] | None = None
    context_kwarg: str | None = Field(None, exclude=True)
    arg_model: Any = Field(None, exclude=True, repr=False)
    tells_errors: bool = Field(False, exclude=True, repr=False)

    @classmethod
    def from_function(cls, fn, name=None, title=None, description=None, icons=None):
        """A prompt named and described like its function."""
        name = name or _signature.name_of(fn)
        if name == "<lambda>":
            raise ValueError("You must provide a name for lambda functions")
        context_kwarg = _signature.find_context_parameter(fn)
        model = _signature.argument_model(fn, (context_kwarg,))
        arguments = [PromptArgument(name=key, description=field.description, required=field.is_required())
                     for key, field in model._fields().items()]
        return cls(name=name, title=title, description=description or fn.__doc__ or "", arguments=arguments, fn=fn,
                   icons=icons, context_kwarg=context_kwarg, arg_model=model)

    async def render(self, arguments, context):
        """The messages for some arguments."""
        arguments = arguments or {}
        missing = {one.name for one in self.arguments or () if one.required} - set(arguments)
        if missing:
            raise ValueError(f"Missing required arguments: {missing}")
        try:
            if self.arg_model is not None:
                arguments = _signature.checked_arguments(self.arg_model, arguments)
            if self.context_kwarg is not None:
                arguments = {**arguments, self.context_kwarg: context}
            result = await _signature.call(self.fn, arguments)
            if isinstance(result, types.InputRequiredResult):
                return result
            return [_message(item) for item in (result if isinstance(result, (list, tuple)) else [result])]
        except MCPError:
            raise
        except Exception as error:
            detail = f": {error}" if self.tells_errors else ""
            raise ValueError(f"Error rendering prompt {self.name}{detail}") from error


def _message(item):
    if isinstance(item, Message):
        return item
    if isinstance(item, dict):
        try:
            return UserMessage.model_validate(item)
        except ValidationError:
            return AssistantMessage.model_validate(item)
    if isinstance(item, (str, Image, Audio, types.ContentBlock)):
        return UserMessage(item)
    from mcp._model.dump import to_json_text
    return UserMessage(to_json_text(item))


class PromptManager:
    """The prompts of a server by their names."""

    def __init__(self, warn_on_duplicate_prompts=True):
        self._prompts = {}
        self.warn_on_duplicate_prompts = warn_on_duplicate_prompts

    def get_prompt(self, name):
        """The prompt, or None."""
        return self._prompts.get(name)

    def list_prompts(self):
        """All prompts, oldest first."""
        return list(self._prompts.values())

    def add_prompt(self, prompt):
        """Adds a prompt; the one that has its name already stays."""
        existing = self._prompts.get(prompt.name)
        if existing:
            if self.warn_on_duplicate_prompts:
                logger.warning(f"Prompt already exists: {prompt.name}")
            return existing
        self._prompts[prompt.name] = prompt
        return prompt

    def remove_prompt(self, name):
        """Removes a prompt."""
        if name not in self._prompts:
            raise ValueError(f"Unknown prompt: {name}")
        del self._prompts[name]
