"""Models: classes whose annotations say which data they hold.

A small layer with the interface that people know from pydantic (keyword constructor, `model_validate`,
`model_dump`, `model_json_schema`, ValidationError), so that the types of the protocol are plain declarations.
What a class says is read when it is first used, not when it is imported.
"""

import typing

from mcp._model.fields import MISSING, Field, FieldInfo, Invalid, ValidationError

__all__ = ["MISSING", "BaseModel", "ConfigDict", "Field", "FieldInfo", "PrivateAttr", "TypeAdapter",
           "ValidationError", "create_model", "to_camel"]


def ConfigDict(**options):
    """The options of a class: `model_config = ConfigDict(extra="forbid")`."""
    return options


def PrivateAttr(default=MISSING, *, default_factory=None):
    """An attribute that is no field; its name begins with `_`."""
    return _Private(default, default_factory)


class _Private:
    def __init__(self, default, default_factory):
        self.default = default
        self.default_factory = default_factory

    def __set_name__(self, owner, name):
        owner._privates = {**getattr(owner, "_privates", {}), name: self}
        delattr(owner, name)


class Check:
    """A function of a class that checks fields (`names`), or whole models ("before" or "after")."""

    def __init__(self, function, names, mode):
        self.function = getattr(function, "__func__", function)
        self.names = names
        self.mode = mode

    def __get__(self, instance, owner):
        import functools
        return functools.partial(self.function, owner if instance is None else instance)

    def __call__(self, *arguments):
        return self.function(*arguments)


def _checked(cls, checks, field, value, mode, values):
    """A value as the checks of its field leave it: those "before", the annotation's, those "after"."""
    try:
        for check in checks:
            if check.mode == "before":
                value = check(cls, value, *_info(check, values, field))
        if not any(check.mode == "plain" for check in checks):
            value = field.validate(value, mode)
        for check in checks:
            if check.mode != "before":
                value = check(cls, value, *_info(check, values, field))
    except (ValueError, AssertionError) as error:
        raise Invalid([_complaint(error, value)]) from error
    return value


def _info(check, values, field):
    """The second argument, for checks that take one."""
    import types
    n_arguments = check.function.__code__.co_argcount
    return (types.SimpleNamespace(data=dict(values), field_name=field.name, context=None),) if n_arguments > 2 else ()


def _complaint(error, value):
    kind = "assertion_error" if isinstance(error, AssertionError) else "value_error"
    word = "Assertion failed" if isinstance(error, AssertionError) else "Value error"
    return kind, (), f"{word}, {error}", value, {"error": error}


def to_camel(name):
    """`list_changed` as it is called in JSON: `listChanged`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class _ClassProperty:
    """An attribute of the class that is computed when asked for."""

    def __init__(self, compute):
        self.compute = compute

    def __get__(self, instance, owner):
        return self.compute(owner)


class BaseModel:
    """Holds the values of its annotated fields, checked. Fields may be assigned to; that is not checked."""

    __slots__ = ("__dict__", "__weakref__", "_given")
    model_config = {}
    _privates = {}
    # Functions of the class that check: by name of the field (see `_checked`), and "before" and "after" all of them.
    _checks = {"before": (), "after": ()}

    def __init__(self, /, **data):
        try:
            self._fill(*self._read(data, by_alias=True, by_name=None, strict=False))
        except Invalid as problem:
            raise ValidationError(type(self).__name__, problem.problems) from None

    def _fill(self, values, given, data=None):
        """Sets the fields; with the `data` they were read from, checks of the whole model run."""
        self.__dict__.update(values)
        object.__setattr__(self, "_given", given)
        for check in self._checks["after"] if data is not None else ():
            try:
                check(self)
            except (ValueError, AssertionError) as error:
                raise Invalid([_complaint(error, data)]) from error
        for name, private in self._privates.items():
            if private.default_factory is not None:
                object.__setattr__(self, name, private.default_factory())
            elif private.default is not MISSING:
                object.__setattr__(self, name, private.default)
        self.model_post_init(None)

    def model_post_init(self, context, /):
        """Runs at the end of the construction; for subclasses."""

    def __init_subclass__(cls, **options):
        # A class of its own options has those of its bases as well.
        inherited = {}
        for base in reversed(cls.__mro__[1:]):
            inherited.update(base.__dict__.get("model_config") or {})
        cls.model_config = {**inherited, **cls.__dict__.get("model_config", {}), **options}
        own = [value for value in cls.__dict__.values() if isinstance(value, Check)]
        if own:
            cls._checks = dict(cls._checks)
            for check in own:
                for name in check.names:
                    cls._checks[name] = (*cls._checks.get(name, ()), check)

    @classmethod
    def _fields(cls):
        fields = cls.__dict__.get("_own_fields")
        if fields is None:
            fields = cls._own_fields = _collect(cls)
        return fields

    @classmethod
    def _read(cls, data, by_alias, by_name, strict):
        """The values of all fields from a dict, the names of those that were in it, and the dict."""
        from mcp._model.validate import Mode, located
        config = cls.model_config
        mode = Mode(by_alias, by_name, strict)
        if by_name is None:
            by_name = config.get("populate_by_name", False) or config.get("validate_by_name", False)
        checks = cls._checks
        for check in checks["before"]:
            data = check(cls, data)
        values, given, problems, used = {}, set(), [], set()
        for name, field in cls._fields().items():
            key = field.alias or name
            if by_alias and key in data:
                value = data[key]
            elif (by_name or not by_alias) and name in data:
                # A value given by name is told of by that name.
                key, value = name, data[name]
            elif field.is_required():
                problems.append(("missing", (key,), "Field required", data, None))
                continue
            else:
                values[name] = field.get_default()
                continue
            used.add(key)
            given.add(name)
            try:
                if name in checks:
                    values[name] = _checked(cls, checks[name], field, value, mode, values)
                else:
                    values[name] = field.validate(value, mode)
            except Invalid as problem:
                problems += located(problem, key)
        extra = config.get("extra", "ignore")
        if extra != "ignore" and len(used) < len(data):
            for key in data:
                if key in used:
                    continue
                if extra == "forbid":
                    problems.append(("extra_forbidden", (key,), "Extra inputs are not permitted", data[key], None))
                else:
                    values[key] = data[key]
                    given.add(key)
        if not problems and (complaint := cls._complaint(values)):
            problems.append(("value_error", (), f"Value error, {complaint}", data, {"error": ValueError(complaint)}))
        if problems:
            raise Invalid(problems)
        return values, given, data

    @classmethod
    def _complaint(cls, values):
        """What is wrong with the values together, or None; for subclasses."""
        return None

    @classmethod
    def _validate(cls, value, mode):
        """Checks a value as part of another model."""
        from mcp._model.fields import invalid
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise invalid("model_type", f"Input should be a valid dictionary or instance of {cls.__name__}", value,
                          {"class_name": cls.__name__})
        if cls.__init__ is not BaseModel.__init__:
            # A constructor of the class's own knows what else it takes.
            try:
                return cls(**value)
            except ValidationError as error:
                raise Invalid(error._problems) from None
        result = cls.__new__(cls)
        result._fill(*cls._read(value, mode.by_alias, mode.by_name, mode.strict))
        return result

    @classmethod
    def model_validate(cls, obj, *, strict=None, from_attributes=None, context=None, by_alias=None, by_name=None):
        """A model from a dict (or itself)."""
        from mcp._model.validate import Mode
        if from_attributes and not isinstance(obj, (dict, cls)):
            obj = {name: getattr(obj, name) for name in cls._fields() if hasattr(obj, name)}
        try:
            return cls._validate(obj, Mode(by_alias is not False, by_name, bool(strict)))
        except Invalid as problem:
            raise ValidationError(cls.__name__, problem.problems) from None

    @classmethod
    def model_validate_json(cls, json_data, *, strict=None, context=None, by_alias=None, by_name=None):
        """A model from JSON text."""
        obj = _parse_json(json_data, cls.__name__)
        return cls.model_validate(obj, strict=strict, by_alias=by_alias, by_name=by_name)

    @classmethod
    def model_construct(cls, _fields_set=None, **values):
        """A model of values that are known to fit."""
        result = cls.__new__(cls)
        complete = {name: values[name] if name in values else values[field.alias] if field.alias in values
                    else field.get_default()
                    for name, field in cls._fields().items()
                    if name in values or field.alias in values or not field.is_required()}
        result._fill(complete, set(values) if _fields_set is None else set(_fields_set))
        return result

    @classmethod
    def model_json_schema(cls, by_alias=True, ref_template="#/$defs/{model}", schema_generator=None,
                          mode="validation"):
        """The JSON schema of what `model_validate` takes."""
        from mcp._model.schema import json_schema
        return json_schema(cls, by_alias=by_alias)

    model_fields = _ClassProperty(lambda cls: cls._fields())

    @property
    def model_fields_set(self):
        """Names of the fields that were given, not left to their default."""
        return self._given

    @property
    def model_extra(self):
        """What was given beyond the fields, or None where that is not kept."""
        if self.model_config.get("extra") != "allow":
            return None
        return {name: value for name, value in self.__dict__.items() if name not in self._fields()}

    def model_dump(self, *, mode="python", include=None, exclude=None, context=None, by_alias=None,
                   exclude_unset=False, exclude_defaults=False, exclude_none=False, round_trip=False, warnings=True,
                   serialize_as_any=False):
        """The values as a dict, models in them as dicts too; `mode="json"` makes all of it fit for JSON."""
        from mcp._model.dump import Dumper
        dumper = Dumper(mode, bool(by_alias), exclude_unset, exclude_defaults, exclude_none)
        return dumper.model(self, include, exclude)

    def model_dump_json(self, *, indent=None, include=None, exclude=None, context=None, by_alias=None,
                        exclude_unset=False, exclude_defaults=False, exclude_none=False, round_trip=False,
                        warnings=True, serialize_as_any=False):
        """`model_dump` as JSON text."""
        import json
        data = self.model_dump(mode="json", include=include, exclude=exclude, by_alias=by_alias,
                               exclude_unset=exclude_unset, exclude_defaults=exclude_defaults,
                               exclude_none=exclude_none)
        return json.dumps(data, ensure_ascii=False, indent=indent, separators=(",", ":" if indent is None else ": "))

    def model_copy(self, *, update=None, deep=False):
        """A copy, with other values for some fields."""
        import copy
        result = self.__copy__()
        if deep:
            for name, value in result.__dict__.items():
                result.__dict__[name] = copy.deepcopy(value)
        if update:
            result.__dict__.update(update)
            object.__setattr__(result, "_given", self._given | set(update))
        return result

    def __copy__(self):
        result = type(self).__new__(type(self))
        result.__dict__.update(self.__dict__)
        object.__setattr__(result, "_given", set(self._given))
        return result

    def __deepcopy__(self, memo=None):
        return self.model_copy(deep=True)

    def __reduce__(self):
        return _restore, (type(self), dict(self.__dict__), set(self._given))

    def __setattr__(self, name, value):
        if not name.startswith("_"):
            if name not in self._fields():
                descriptor = getattr(type(self), name, None)
                if not hasattr(descriptor, "__set__") and self.model_config.get("extra") != "allow":
                    raise ValueError(f'"{type(self).__name__}" object has no field "{name}"')
            elif self.model_config.get("frozen"):
                problem = ("frozen_instance", (name,), "Instance is frozen", value, None)
                raise ValidationError(type(self).__name__, [problem])
            else:
                self._given.add(name)
        object.__setattr__(self, name, value)

    def __eq__(self, other):
        if not isinstance(other, BaseModel):
            return NotImplemented
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None

    def __iter__(self):
        yield from self.__dict__.items()

    def _shown(self):
        fields = self._fields()
        return [f"{name}={value!r}" for name, value in self.__dict__.items()
                if not name.startswith("_") and (name not in fields or fields[name].repr)]

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def __str__(self):
        return " ".join(self._shown())

    def __class_getitem__(cls, parameters):
        # Parameters of a generic model are for type checkers.
        return cls


def _restore(cls, values, given):
    result = cls.__new__(cls)
    result._fill(values, given)
    return result


def _collect(cls):
    """The fields of a class from its annotations, those of the farthest base first."""
    from mcp._model.validate import constrained, validator
    fields = {}
    generate = cls.model_config.get("alias_generator")
    for name, annotation in typing.get_type_hints(cls, include_extras=True).items():
        if name.startswith("_") or name == "model_config" or typing.get_origin(annotation) is typing.ClassVar:
            continue
        field = FieldInfo()
        plain = annotation
        if typing.get_origin(annotation) is typing.Annotated:
            plain, *extras = typing.get_args(annotation)
            for extra in extras:
                if isinstance(extra, FieldInfo):
                    field = field.merged(extra)
        default = getattr(cls, name, MISSING)
        if isinstance(default, FieldInfo):
            field = field.merged(default)
        elif default is not MISSING and not isinstance(default, (_ClassProperty, property)):
            field = field.merged(FieldInfo(default))
        if field.alias is None and generate is not None:
            field.alias = generate(name)
        field.name, field.annotation = name, plain
        field.validate = constrained(validator(plain), field.constraints)
        fields[name] = field
    return fields


def create_model(name, /, *, __base__=BaseModel, __module__=None, __doc__=None, __config__=None, **fields):
    """A model made of `name=(annotation, default)` or `name=annotation`."""
    namespace = {"__annotations__": {}, "__module__": __module__ or __name__, "__doc__": __doc__}
    if __config__:
        namespace["model_config"] = __config__
    for field, description in fields.items():
        annotation, default = description if isinstance(description, tuple) else (description, MISSING)
        namespace["__annotations__"][field] = annotation
        if default is not MISSING and default is not ...:
            namespace[field] = default
    return type(name, (__base__,), namespace)


class TypeAdapter:
    """The methods of a model for any annotation."""

    def __init__(self, type, *, config=None):
        self._type = type

    def validate_python(self, object, /, *, strict=None, from_attributes=None, context=None, by_alias=None,
                        by_name=None):
        """A value that fits, or ValidationError."""
        from mcp._model.validate import Mode, shown, validator
        try:
            return validator(self._type)(object, Mode(by_alias is not False, by_name, bool(strict)))
        except Invalid as problem:
            raise ValidationError(shown(self._type), problem.problems) from None

    def validate_json(self, data, /, *, strict=None, context=None, by_alias=None, by_name=None):
        """`validate_python` of JSON text."""
        from mcp._model.validate import shown
        return self.validate_python(_parse_json(data, shown(self._type)), strict=strict, by_alias=by_alias,
                                    by_name=by_name)

    def dump_python(self, instance, /, *, mode="python", by_alias=None, exclude_unset=False, exclude_defaults=False,
                    exclude_none=False):
        """Like `model_dump`."""
        from mcp._model.dump import Dumper
        return Dumper(mode, bool(by_alias), exclude_unset, exclude_defaults, exclude_none).value(instance)

    def dump_json(self, instance, /, *, indent=None, **options):
        """Like `model_dump_json`, as bytes."""
        import json
        separators = (",", ":" if indent is None else ": ")
        data = self.dump_python(instance, mode="json", **options)
        return json.dumps(data, ensure_ascii=False, indent=indent, separators=separators).encode()

    def json_schema(self, *, by_alias=True, **options):
        """The JSON schema of the annotation."""
        from mcp._model.schema import json_schema
        return json_schema(self._type, by_alias=by_alias)


def _parse_json(data, title):
    import json
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        text = data.decode(errors="replace") if isinstance(data, (bytes, bytearray)) else data
        reason = _json_problem(text, error)
        raise ValidationError(title, [("json_invalid", (), f"Invalid JSON: {reason}", data,
                                       {"error": reason})]) from None


def _json_problem(text, error):
    """The wording of the usual parser: what it expected, and where."""
    place = getattr(error, "pos", None)
    if place is None:
        return "recursion limit exceeded" if isinstance(error, RecursionError) else str(error)
    line, column = error.lineno, error.colno
    if place >= len(text):
        return f"EOF while parsing a value at line {line} column {max(column - 1, 0)}"
    what = {"Expecting value": "expected value", "Extra data": "trailing characters",
            "Expecting ':' delimiter": "expected `:`", "Expecting ',' delimiter": "expected `,` or `}`",
            "Expecting property name enclosed in double quotes": "key must be a string",
            "Illegal trailing comma before end of object": "trailing comma",
            "Illegal trailing comma before end of array": "trailing comma"}
    word = text[place:place + 1]
    reason = what.get(error.msg, error.msg)
    column += reason == "trailing comma"
    if reason == "expected value" and word in "ntf" and word:
        reason, column = "expected ident", column + 1
    return f"{reason} at line {line} column {column}"
