"""Models: the part of pydantic that servers and agents use for their arguments and results.

What is here is the layer under the types of `mcp`; a real one on the path takes precedence. Custom serializers,
discriminated unions, dataclasses and settings are not here: importing them fails.
"""

from mcp._model import (
    BaseModel, Check, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError, create_model,
)
from mcp._model.urls import AnyHttpUrl, AnyUrl, FileUrl

__all__ = ["AnyHttpUrl", "AnyUrl", "BaseModel", "ConfigDict", "Field", "FileUrl", "PrivateAttr",
           "TypeAdapter", "ValidationError", "create_model", "field_validator", "model_validator"]


def field_validator(*fields, mode="after"):
    """Decorator of a class method that checks fields, before or after their annotation does, or instead."""
    if mode not in ("before", "after", "plain"):
        raise NotImplementedError(f"field_validator(mode={mode!r}) is not supported")
    return lambda function: Check(function, fields, mode)


def model_validator(*, mode):
    """Decorator of a class method that gets all data before, or of a method that runs after the construction."""
    if mode not in ("before", "after"):
        raise NotImplementedError(f"model_validator(mode={mode!r}) is not supported")
    return lambda function: Check(function, (mode,), mode)
