"""Turns an annotation into a function that checks a value, converting where nothing is lost.

Each function takes a value and a `Mode`, and returns the value to keep or raises `Invalid`. They are made once per
annotation. In strict mode nothing is converted; a union tries that first, so that "1" stays a str in `int | str`.
"""

import collections.abc
import enum
import types
import typing
from typing import Annotated, Any, Literal, Union

from mcp._model.fields import CONSTRAINTS, FieldInfo, Invalid, invalid


class Mode(typing.NamedTuple):
    """How to read: names fields may be given by, and whether values are converted."""

    by_alias: bool = True
    by_name: bool | None = None
    strict: bool = False


LAX = Mode()
_TRUE = {"1", "on", "t", "true", "y", "yes"}
_FALSE = {"0", "off", "f", "false", "n", "no"}
# What a list, tuple or set may be made of; text and mappings are no such thing.
_ITERABLES = (list, tuple, set, frozenset, collections.abc.KeysView, collections.abc.ValuesView,
              collections.abc.ItemsView, collections.abc.Generator)


def _any(value, mode):
    return value


def _str(value, mode):
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)) and not mode.strict:
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise invalid("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode "
                          "string", value) from None
    raise invalid("string_type", "Input should be a valid string", value)


def _int(value, mode):
    if type(value) is int:
        return value
    if not mode.strict:
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            if value != value or value in (float("inf"), float("-inf")):
                raise invalid("finite_number", "Input should be a finite number", value)
            if value.is_integer():
                return int(value)
            raise invalid("int_from_float", "Input should be a valid integer, got a number with a fractional part",
                          value)
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                raise invalid("int_parsing", "Input should be a valid integer, unable to parse string as an integer",
                              value) from None
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise invalid("int_type", "Input should be a valid integer", value)


def _float(value, mode):
    if type(value) is float:
        return value
    if isinstance(value, (int, float)) and not (mode.strict and isinstance(value, bool)):
        return float(value)
    if isinstance(value, str) and not mode.strict:
        try:
            return float(value)
        except ValueError:
            raise invalid("float_parsing", "Input should be a valid number, unable to parse string as a number",
                          value) from None
    raise invalid("float_type", "Input should be a valid number", value)


def _bool(value, mode):
    if isinstance(value, bool):
        return value
    if not mode.strict:
        if isinstance(value, (int, float)) and value in (0, 1):
            return bool(value)
        if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        if isinstance(value, (int, str)):
            raise invalid("bool_parsing", "Input should be a valid boolean, unable to interpret input", value)
    raise invalid("bool_type", "Input should be a valid boolean", value)


def _none(value, mode):
    if value is None:
        return None
    raise invalid("none_required", "Input should be None", value)


def _bytes(value, mode):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and not mode.strict:
        return value.encode()
    raise invalid("bytes_type", "Input should be a valid bytes", value)


def _callable(value, mode):
    if callable(value):
        return value
    raise invalid("callable_type", "Input should be callable", value)


def _each(items, check, mode):
    """Checks all items, so that all problems are told."""
    result, problems = [], []
    for index, item in enumerate(items):
        try:
            result.append(check(item, mode))
        except Invalid as problem:
            problems += located(problem, index)
    if problems:
        raise Invalid(problems)
    return result


def located(problem, *where):
    """The problems of a part, as seen from the whole."""
    return [(kind, (*where, *location), message, value, context)
            for kind, location, message, value, context in problem.problems]


def _sequence(made, kind, name, item):
    check = validator(item)

    def validate(value, mode):
        if not (isinstance(value, made) or (not mode.strict and isinstance(value, _ITERABLES))):
            raise invalid(kind, f"Input should be a valid {name}", value)
        result = _each(value, check, mode)
        return result if made is list else made(result)
    return validate


def _tuple(arguments):
    if len(arguments) == 2 and arguments[1] is ...:
        return _sequence(tuple, "tuple_type", "tuple", arguments[0])
    checks = [validator(argument) for argument in arguments]

    def validate(value, mode):
        if not (isinstance(value, tuple) or (not mode.strict and isinstance(value, _ITERABLES))):
            raise invalid("tuple_type", "Input should be a valid tuple", value)
        given, value = value, list(value)
        result, problems = [], []
        for index, check in enumerate(checks):
            if index == len(value):
                problems += [("missing", (at,), "Field required", given, None)
                             for at in range(index, len(checks))]
                break
            try:
                result.append(check(value[index], mode))
            except Invalid as problem:
                problems += located(problem, index)
        if len(value) > len(checks):
            problems.append(("too_long", (), f"Tuple should have at most {len(checks)} item"
                             f"{'' if len(checks) == 1 else 's'} after validation, not {len(value)}", given,
                             {"field_type": "Tuple", "max_length": len(checks), "actual_length": len(value)}))
        if problems:
            raise Invalid(problems)
        return tuple(result)
    return validate


def _dict(key, item):
    check_key, check_item = validator(key), validator(item)

    def validate(value, mode):
        if not isinstance(value, dict):
            if mode.strict or not isinstance(value, collections.abc.Mapping):
                raise invalid("dict_type", "Input should be a valid dictionary", value)
        result, problems = {}, []
        for name in value:
            try:
                checked = check_key(name, mode)
            except Invalid as problem:
                problems += located(problem, name, "[key]")
                continue
            try:
                result[checked] = check_item(value[name], mode)
            except Invalid as problem:
                problems += located(problem, name)
        if problems:
            raise Invalid(problems)
        return result
    return validate


def _listed(values):
    """`'a', 'b' or 'c'`."""
    shown = [repr(value) for value in values]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _literal(values):
    def validate(value, mode):
        for known in values:
            if value == known and type(value) is type(known):
                return known
        raise invalid("literal_error", f"Input should be {_listed(values)}", value, {"expected": _listed(values)})
    return validate


def _enum(cls):
    def validate(value, mode):
        if isinstance(value, cls):
            return value
        if not mode.strict:
            try:
                return cls(value)
            except ValueError:
                pass
        expected = _listed([member.value for member in cls])
        raise invalid("enum", f"Input should be {expected}", value, {"expected": expected})
    return validate


def _union(arguments):
    others = [argument for argument in arguments if argument is not type(None)]
    if len(others) < len(arguments):
        check = validator(others[0]) if len(others) == 1 else _union(others)
        return lambda value, mode: None if value is None else check(value, mode)
    checks = [(validator(argument), shown(argument)) for argument in others]

    def validate(value, mode):
        strict, best, most = mode._replace(strict=True), None, -1
        for check, _ in checks:
            try:
                result = check(value, strict)
            except Invalid:
                continue
            # Several models may accept the same dict: the one that knows most of its keys is meant.
            n_set = len(getattr(result, "model_fields_set", ())) if result is not value else 1 << 30
            if n_set > most:
                best, most = result, n_set
        if most >= 0:
            return best
        problems = []
        for check, name in checks:
            try:
                return check(value, mode)
            except Invalid as problem:
                problems += located(problem, name)
        raise Invalid(problems)
    return validate


def shown(annotation):
    """Name of a member of a union in the place of a problem."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return shown(typing.get_args(annotation)[0])
    if origin is Literal:
        return f"literal[{','.join(map(repr, typing.get_args(annotation)))}]"
    if origin is not None:
        inner = ",".join(shown(argument) for argument in typing.get_args(annotation))
        name = "union" if origin in _UNIONS else getattr(origin, "__name__", origin)
        return f"{name}[{inner}]"
    return getattr(annotation, "__name__", None) or str(annotation).replace("typing.", "").lower()


def _instance(cls):
    def validate(value, mode):
        if isinstance(value, cls):
            return value
        raise invalid("is_instance_of", f"Input should be an instance of {cls.__qualname__}", value,
                      {"class": cls.__qualname__})
    return validate


def _converted(cls, kind, name, convert):
    """A class of the standard library that text is read as."""
    def validate(value, mode):
        if isinstance(value, cls):
            return value
        if isinstance(value, str) and not mode.strict:
            try:
                return convert(value)
            except (ValueError, ArithmeticError):
                raise invalid(f"{kind}_parsing", f"Input should be a valid {name}", value) from None
        raise invalid(f"{kind}_type", f"Input should be a valid {name}", value)
    return validate


def _keyed(fields, make, accepts, kind, message):
    """A dict with known keys (TypedDict, dataclass): `fields` has key, check and a function for the default."""
    def validate(value, mode):
        if accepts(value):
            return value
        if not isinstance(value, dict):
            raise invalid(kind, message, value)
        result, problems = {}, []
        for name, (check, default) in fields.items():
            if name in value:
                try:
                    result[name] = check(value[name], mode)
                except Invalid as problem:
                    problems += located(problem, name)
            elif default is None:
                problems.append(("missing", (name,), "Field required", value, None))
        if problems:
            raise Invalid(problems)
        return make(result)
    return validate


def _typed_dict(cls):
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = {name: (validator(unqualified(hint)), None if name in cls.__required_keys__ else dict)
              for name, hint in hints.items()}
    return _keyed(fields, dict, lambda value: False, "dict_type", "Input should be a valid dictionary")


def unqualified(annotation):
    """An item of a TypedDict without Required, NotRequired, ReadOnly."""
    while typing.get_origin(annotation) in (typing.Required, typing.NotRequired, typing.ReadOnly):
        annotation = typing.get_args(annotation)[0]
    return annotation


def _dataclass(cls):
    import dataclasses
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = {}
    for field in dataclasses.fields(cls):
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        fields[field.name] = (validator(hints[field.name]), dict if has_default else None)
    return _keyed(fields, lambda values: cls(**values), lambda value: isinstance(value, cls), "dataclass_type",
                  f"Input should be a dictionary or an instance of {cls.__name__}")


def constrained(check, constraints):
    """`check`, then the limits that a field sets."""
    if not constraints:
        return check
    limits = [(*CONSTRAINTS[name], name, constraints[name]) for name in CONSTRAINTS if name in constraints]
    least, most, pattern = (constraints.get(name) for name in ("min_length", "max_length", "pattern"))

    def validate(value, mode):
        given, value = value, check(value, mode)
        if value is None:
            return value
        for kind, message, test, name, limit in limits:
            if not test(value, limit):
                shown_limit = int(limit) if isinstance(limit, float) and limit.is_integer() else limit
                raise invalid(kind, message.format(shown_limit), given, {name: limit})
        _check_length(value, least, most)
        if pattern is not None:
            import re
            if not re.search(pattern, value):
                raise invalid("string_pattern_mismatch", f"String should match pattern '{pattern}'", value,
                              {"pattern": pattern})
        return value
    return validate


def _check_length(value, least, most):
    text = isinstance(value, str)
    for limit, word, wrong in ((least, "least", lambda n: n < least), (most, "most", lambda n: n > most)):
        if limit is None or not wrong(len(value)):
            continue
        short = word == "least"
        name = "min_length" if short else "max_length"
        if text:
            unit = "character" if limit == 1 else "characters"
            raise invalid("string_too_short" if short else "string_too_long",
                          f"String should have at {word} {limit} {unit}", value, {name: limit})
        kind = type(value).__name__.title()
        kind = "Dictionary" if kind == "Dict" else kind
        raise invalid("too_short" if short else "too_long", f"{kind} should have at {word} {limit} "
                      f"item{'' if limit == 1 else 's'} after validation, not {len(value)}", value,
                      {"field_type": kind, name: limit, "actual_length": len(value)})


_SIMPLE = {Any: _any, object: _any, str: _str, int: _int, float: _float, bool: _bool, None: _none, type(None): _none,
           bytes: _bytes, typing.Callable: _callable, collections.abc.Callable: _callable}
_CONTAINERS = {
    list: lambda arguments: _sequence(list, "list_type", "list", *arguments or (Any,)),
    set: lambda arguments: _sequence(set, "set_type", "set", *arguments or (Any,)),
    frozenset: lambda arguments: _sequence(frozenset, "frozen_set_type", "frozenset", *arguments or (Any,)),
    tuple: lambda arguments: _tuple(arguments or (Any, ...)),
    dict: lambda arguments: _dict(*arguments or (Any, Any)),
    collections.abc.Sequence: lambda arguments: _sequence(list, "list_type", "list", *arguments or (Any,)),
    collections.abc.Iterable: lambda arguments: _sequence(list, "list_type", "list", *arguments or (Any,)),
    collections.abc.Mapping: lambda arguments: _dict(*arguments or (Any, Any)),
    collections.abc.Callable: lambda arguments: _callable,
    Union: _union, types.UnionType: _union, Literal: _literal,
}
_UNIONS = (Union, types.UnionType)
_made = {}


def validator(annotation):
    """The function that checks values of an annotation."""
    try:
        known = _SIMPLE.get(annotation) or _made.get(annotation)
    except TypeError:  # Not hashable, such as metadata that hold a list.
        return _make(annotation)
    if known is None:
        known = _made[annotation] = _make(annotation)
    return known


def _make(annotation):
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        check = validator(arguments[0])
        for extra in arguments[1:]:
            if isinstance(extra, FieldInfo):
                check = constrained(check, extra.constraints)
        return check
    if origin is None and annotation in _CONTAINERS:
        return _CONTAINERS[annotation](())
    if origin in _CONTAINERS:
        return _CONTAINERS[origin](arguments)
    if isinstance(annotation, typing.TypeAliasType):
        return validator(annotation.__value__)
    if isinstance(annotation, typing.TypeVar):
        return validator(annotation.__bound__) if annotation.__bound__ else _any
    if isinstance(annotation, typing.NewType):
        return validator(annotation.__supertype__)
    cls = origin if isinstance(origin, type) else annotation
    if not isinstance(cls, type):
        raise TypeError(f"Unable to generate pydantic-core schema for {annotation!r}.")
    if hasattr(cls, "_validate"):  # Models, and other classes that know how.
        return cls._validate
    if issubclass(cls, enum.Enum):
        return _enum(cls)
    if typing.is_typeddict(cls):
        return _typed_dict(cls)
    if hasattr(cls, "__dataclass_fields__"):
        return _dataclass(cls)
    return _of_library(cls) or _instance(cls)


def _of_library(cls):
    name = f"{cls.__module__}.{cls.__qualname__}"
    if name == "datetime.datetime":
        return _converted(cls, "datetime", "datetime", cls.fromisoformat)
    if name == "datetime.date":
        return _converted(cls, "date", "date", cls.fromisoformat)
    if name == "datetime.time":
        return _converted(cls, "time", "time", cls.fromisoformat)
    if name == "uuid.UUID":
        return _converted(cls, "uuid", "UUID", cls)
    if cls.__name__ == "Path" and cls.__module__.startswith("pathlib"):
        return _converted(cls, "path", "path", cls)
    if cls.__name__ == "Decimal":
        return _converted(cls, "decimal", "decimal", cls)
    return None
