"""JSON schemas of annotations, with their keys in alphabetical order.

Classes that can be named (models, enumerations, dataclasses, TypedDicts) are written once, under `$defs`.
"""

import collections.abc
import enum
import inspect
import types
import typing
from typing import Annotated, Any, Literal, Union

from mcp._model.fields import MISSING, FieldInfo
from mcp._model.validate import unqualified

_SIMPLE = {str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
           bytes: {"format": "binary", "type": "string"}, type(None): {"type": "null"}, None: {"type": "null"},
           Any: {}, object: {}}
_FORMATS = {"datetime.datetime": "date-time", "datetime.date": "date", "datetime.time": "time",
            "datetime.timedelta": "duration", "uuid.UUID": "uuid"}
_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum",
           "multiple_of": "multipleOf", "pattern": "pattern"}
_LENGTHS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"),
            "object": ("minProperties", "maxProperties")}


def json_schema(annotation, by_alias=True):
    """The schema of an annotation; of a class, its definition itself, not a reference."""
    writer = _Writer(by_alias)
    schema = writer.write(annotation)
    reference = schema.get("$ref", "")
    name = reference.removeprefix("#/$defs/")
    if reference and len(schema) == 1 and writer.n_uses[name] == 1:
        schema = writer.definitions.pop(name)
    if writer.definitions:
        schema = {**schema, "$defs": dict(sorted(writer.definitions.items()))}
    return _sorted(schema)


def _sorted(schema, is_names=False):
    """Keys in order, but those of `properties` and what is no schema as they are."""
    if isinstance(schema, list):
        return [_sorted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    items = schema.items() if is_names else sorted(schema.items())
    return {key: value if not is_names and key in ("default", "examples", "enum", "const")
            else _sorted(value, not is_names and key == "properties") for key, value in items}


def title_of(name):
    """`user_id` as a title: `User Id`."""
    return name.replace("_", " ").title()


class _Writer:
    def __init__(self, by_alias):
        self.by_alias = by_alias
        self.definitions = {}
        self.n_uses = {}

    def write(self, annotation):
        """The schema of any annotation."""
        try:
            if annotation in _SIMPLE:
                return dict(_SIMPLE[annotation])
        except TypeError:
            pass
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is Annotated:
            schema = self.write(arguments[0])
            for extra in arguments[1:]:
                if isinstance(extra, FieldInfo):
                    schema = self.described(schema, extra)
            return schema
        if origin in (Union, types.UnionType):
            return self.union(arguments)
        if origin is Literal:
            return _values(arguments)
        if isinstance(annotation, typing.TypeAliasType):
            return self.write(annotation.__value__)
        if isinstance(annotation, typing.TypeVar):
            return self.write(annotation.__bound__) if annotation.__bound__ else {}
        if isinstance(annotation, typing.NewType):
            return self.write(annotation.__supertype__)
        return self.container(origin or annotation, arguments) or self.named(origin or annotation)

    def union(self, arguments):
        members = []
        for argument in arguments:
            schema = self.write(argument)
            if schema not in members:
                members.append(schema)
        return members[0] if len(members) == 1 else {"anyOf": members}

    def container(self, cls, arguments):
        """Lists, dicts and their like; None for other classes."""
        if cls in (list, collections.abc.Sequence, collections.abc.Iterable):
            return {"items": self.write(arguments[0]) if arguments else {}, "type": "array"}
        if cls in (set, frozenset):
            return {"items": self.write(arguments[0]) if arguments else {}, "type": "array", "uniqueItems": True}
        if cls in (dict, collections.abc.Mapping):
            value = self.write(arguments[1]) if arguments else {}
            return {"additionalProperties": value or True, "type": "object"}
        if cls is tuple:
            if not arguments or (len(arguments) == 2 and arguments[1] is ...):
                return {"items": self.write(arguments[0]) if arguments else {}, "type": "array"}
            return {"maxItems": len(arguments), "minItems": len(arguments),
                    "prefixItems": [self.write(argument) for argument in arguments], "type": "array"}
        return None

    def named(self, cls):
        """A reference to the definition of a class, which is written at the first use."""
        if not isinstance(cls, type):
            raise TypeError(f"Cannot generate a JsonSchema for {cls!r}")
        form = _FORMATS.get(f"{cls.__module__}.{cls.__qualname__}")
        if form:
            return {"format": form, "type": "string"}
        if cls.__name__ == "Path" and cls.__module__.startswith("pathlib"):
            return {"format": "path", "type": "string"}
        if cls.__name__ == "Decimal":
            return {"anyOf": [{"type": "number"}, {"type": "string"}]}
        name = cls.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # Before it is written: it may refer to itself.
            self.definitions[name] = self.definition(cls)
        self.n_uses[name] = self.n_uses.get(name, 0) + 1
        return {"$ref": f"#/$defs/{name}"}

    def definition(self, cls):
        if issubclass(cls, enum.Enum):
            schema = {**_values([member.value for member in cls], always_list=True), "title": cls.__name__}
        elif hasattr(cls, "model_fields"):
            schema = self.model(cls)
        elif typing.is_typeddict(cls):
            hints = typing.get_type_hints(cls, include_extras=True)
            fields = {name: _plain_field(unqualified(hint), MISSING if name in cls.__required_keys__ else ...)
                      for name, hint in hints.items()}
            schema = self.object(cls.__name__, fields)
        elif hasattr(cls, "__dataclass_fields__"):
            import dataclasses
            hints = typing.get_type_hints(cls, include_extras=True)
            fields = {}
            for field in dataclasses.fields(cls):
                default = MISSING if field.default is dataclasses.MISSING else field.default
                if field.default_factory is not dataclasses.MISSING:
                    default = ...
                fields[field.name] = _plain_field(hints[field.name], default)
            schema = self.object(cls.__name__, fields)
            return schema
        else:
            raise TypeError(f"Cannot generate a JsonSchema for core_schema.IsInstanceSchema ({cls!r})")
        text = cls.__dict__.get("__doc__")
        if text and not (issubclass(cls, enum.Enum) and text == "An enumeration."):
            schema["description"] = inspect.cleandoc(text)
        return schema

    def model(self, cls):
        fields = {}
        for name, field in cls._fields().items():
            fields[field.alias if self.by_alias and field.alias else name] = field
        schema = self.object(cls.model_config.get("title") or cls.__name__, fields)
        if cls.model_config.get("extra") in ("forbid", "allow"):
            schema["additionalProperties"] = cls.model_config["extra"] == "allow"
        return schema

    def object(self, title, fields):
        properties = {}
        for name, field in fields.items():
            schema = self.described(self.write(field.annotation), field)
            # A reference brings the title of what it refers to.
            if "title" not in schema and "$ref" not in schema:
                schema["title"] = title_of(name)
            properties[name] = schema
        schema = {"properties": properties, "title": title, "type": "object"}
        required = [name for name, field in fields.items() if field.is_required()]
        if required:
            schema["required"] = required
        return schema

    def described(self, schema, field):
        """A schema with what a field says beyond its annotation."""
        schema = dict(schema)
        for name, value in (("title", field.title), ("description", field.description),
                            ("examples", field.examples)):
            if value is not None:
                schema[name] = value
        target = schema
        if "anyOf" in schema and field.constraints:
            # The limits of an optional value are those of the value.
            schema["anyOf"] = members = [dict(member) for member in schema["anyOf"]]
            target = next((member for member in members if member.get("type") != "null"), schema)
        for name, key in _LIMITS.items():
            if name in field.constraints:
                target[key] = field.constraints[name]
        for name, key in zip(("min_length", "max_length"), _LENGTHS.get(target.get("type"), _LENGTHS["string"])):
            if name in field.constraints:
                target[key] = field.constraints[name]
        if field.default is not MISSING and field.default is not ...:
            schema["default"] = _default(field.default)
        if callable(field.extra_schema):
            field.extra_schema(schema)
        elif field.extra_schema:
            schema.update(field.extra_schema)
        return schema


def _plain_field(annotation, default):
    """A field of a class that is no model; default `...` means some default that cannot be shown."""
    field = FieldInfo()
    field.annotation, field.default = annotation, default
    if default is ...:
        field.default, field.default_factory = MISSING, dict
    return field


def _default(value):
    from mcp._model.dump import Dumper
    return Dumper("json", True, False, False, False).value(value)


def _values(values, always_list=False):
    values = [value.value if isinstance(value, enum.Enum) else value for value in values]
    schema = {"const": values[0]} if len(values) == 1 and not always_list else {"enum": values}
    for cls, name in ((str, "string"), (bool, "boolean"), (int, "integer"), (float, "number")):
        if all(type(value) is cls for value in values):
            schema["type"] = name
            break
    return schema
