"""JSON schemas of Python functions, and arguments checked against them."""

import inspect
import types
import typing

_PRIMITIVES = {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null"}
_NEVER = object()


def schema_of_type(annotation):
    """The schema of one annotation; `{}` where anything goes."""
    if annotation in _PRIMITIVES:
        return {"type": _PRIMITIVES[annotation]}
    if annotation in (inspect.Parameter.empty, typing.Any, object):
        return {}
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        schema = schema_of_type(args[0])
        for note in args[1:]:
            if isinstance(note, str):
                schema = {"description": note, **schema}
        return schema
    if origin is typing.Literal:
        kinds = {_PRIMITIVES[type(value)] for value in args}
        return {"enum": list(args), **({"type": kinds.pop()} if len(kinds) == 1 else {})}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [schema_of_type(one) for one in args]}
    if annotation in (list, set, tuple, frozenset) or origin in (list, set, tuple, frozenset):
        return {"items": schema_of_type(args[0]) if args else {}, "type": "array"}
    if annotation is dict or origin is dict:
        value = schema_of_type(args[1]) if len(args) > 1 else {}
        return {"additionalProperties": value or True, "type": "object"}
    raise NotImplementedError(f"the JSON schema of {annotation!r}")


class ArgsSchema:
    """The arguments of a function, as `args_schema` of a tool."""

    def __init__(self, name, function, description=""):
        self.__name__ = name
        self.description = description
        self.properties = {}
        self.required = []
        self.defaults = {}
        for parameter in inspect.signature(function, eval_str=True).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise NotImplementedError(f"a tool with *{parameter.name}")
            schema = schema_of_type(parameter.annotation)
            if parameter.default is parameter.empty:
                self.required.append(parameter.name)
            else:
                schema["default"] = self.defaults[parameter.name] = parameter.default
            self.properties[parameter.name] = schema

    def model_json_schema(self):
        schema = {"description": self.description} if self.description else {}
        properties = {}
        for name, one in self.properties.items():
            titled = {**one, "title": name.replace("_", " ").title()}
            properties[name] = {key: titled[key] for key in sorted(titled)}
        schema["properties"] = properties
        if self.required:
            schema["required"] = self.required
        return {**schema, "title": self.__name__, "type": "object"}

    def validated(self, given):
        """The arguments for the function; ValidationError lists all that is wrong."""
        if not isinstance(given, dict):
            raise ValidationError(self.__name__, [("", f"Input should be a valid dictionary or instance of {self.__name__}", "model_type", given)])
        errors, out = [], {}
        for name, schema in self.properties.items():
            if name in given:
                value, problem = _checked(given[name], schema)
                if problem is not None:
                    errors.append((name, *problem, given[name]))
                out[name] = value
            elif name in self.required:
                errors.append((name, "Field required", "missing", given))
            else:
                out[name] = self.defaults[name]
        if errors:
            raise ValidationError(self.__name__, errors)
        return out


class ValidationError(ValueError):
    """Arguments that do not fit; `errors()` has them one by one."""

    def __init__(self, name, errors):
        self.title = name
        self._errors = errors
        lines = [f"{len(errors)} validation error{'' if len(errors) == 1 else 's'} for {name}"]
        for where, message, kind, value in errors:
            if where:
                lines.append(where)
            lines.append(f"  {message} [type={kind}, input_value={value!r}, input_type={type(value).__name__}]")
        super().__init__("\n".join(lines))

    def errors(self):
        return [{"loc": (where,), "msg": message, "type": kind, "input": value} for where, message, kind, value in self._errors]


def _checked(value, schema):
    """(value, None), converted where nothing is lost, or (None, (message, kind))."""
    if "anyOf" in schema:
        problem = None
        for one in schema["anyOf"]:
            converted, problem = _checked(value, one)
            if problem is None:
                return converted, None
        return None, problem
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(map(repr, schema["enum"]))
        return None, (f"Input should be {allowed}", "literal_error")
    match schema.get("type"):
        case "integer":
            if isinstance(value, bool):
                return int(value), None
            if isinstance(value, int):
                return value, None
            if isinstance(value, float):
                if value.is_integer():
                    return int(value), None
                return None, ("Input should be a valid integer, got a number with a fractional part", "int_from_float")
            if isinstance(value, str):
                try:
                    return int(value), None
                except ValueError:
                    message = "Input should be a valid integer, unable to parse string as an integer"
                    return None, (message, "int_parsing")
            return None, ("Input should be a valid integer", "int_type")
        case "number":
            if isinstance(value, (int, float)):
                return float(value), None
            if isinstance(value, str):
                try:
                    return float(value), None
                except ValueError:
                    message = "Input should be a valid number, unable to parse string as a number"
                    return None, (message, "float_parsing")
            return None, ("Input should be a valid number", "float_type")
        case "string":
            return (value, None) if isinstance(value, str) else (None, ("Input should be a valid string", "string_type"))
        case "boolean":
            if value in (True, False, 0, 1):
                return bool(value), None
            return None, ("Input should be a valid boolean", "bool_type")
        case "null":
            return (None, None) if value is None else (None, ("Input should be None", "none_required"))
        case "array":
            if not isinstance(value, (list, tuple)):
                return None, ("Input should be a valid list", "list_type")
            out = []
            for item in value:
                converted, problem = _checked(item, schema.get("items", {}))
                if problem is not None:
                    return None, problem
                out.append(converted)
            return out, None
        case "object":
            if not isinstance(value, dict):
                return None, ("Input should be a valid dictionary", "dict_type")
    return value, None
