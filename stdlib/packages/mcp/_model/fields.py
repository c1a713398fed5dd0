"""What a class says about one of its fields, and the errors that values of it can have."""

# No default, or an argument left out; `...` in a call of Field means the same.
MISSING = type("Missing", (), {"__repr__": lambda self: "PydanticUndefined", "__bool__": lambda self: False})()

# Limits of a field in the order they are checked: name, error, message, test.
CONSTRAINTS = {
    "multiple_of": ("multiple_of", "Input should be a multiple of {}", lambda value, limit: value % limit == 0),
    "le": ("less_than_equal", "Input should be less than or equal to {}", lambda value, limit: value <= limit),
    "lt": ("less_than", "Input should be less than {}", lambda value, limit: value < limit),
    "ge": ("greater_than_equal", "Input should be greater than or equal to {}", lambda value, limit: value >= limit),
    "gt": ("greater_than", "Input should be greater than {}", lambda value, limit: value > limit),
}


class FieldInfo:
    """Default, names, limits and description of a field, before and after its class is known."""

    __slots__ = ("alias", "annotation", "constraints", "default", "default_factory", "description", "examples",
                 "exclude", "extra_schema", "name", "repr", "title", "validate")

    def __init__(self, default=MISSING, default_factory=None, alias=None, title=None, description=None,
                 examples=None, exclude=False, repr=True, extra_schema=None, constraints=None):
        self.name = self.annotation = self.validate = None
        self.default = MISSING if default is ... else default
        self.default_factory = default_factory
        self.alias = alias
        self.title = title
        self.description = description
        self.examples = examples
        self.exclude = exclude
        self.repr = repr
        self.extra_schema = extra_schema
        self.constraints = constraints or {}

    def is_required(self):
        """True if a value must be given."""
        return self.default is MISSING and self.default_factory is None

    def get_default(self, call_default_factory=True):
        """The default, fresh if it could be changed by who gets it."""
        if self.default_factory is not None:
            return self.default_factory() if call_default_factory else None
        if type(self.default) in (list, dict, set):
            return self.default.copy()
        return self.default

    def merged(self, other):
        """This field with what `other`, which is nearer to the class, says."""
        result = FieldInfo()
        for name in ("alias", "title", "description", "examples", "extra_schema", "default_factory"):
            ours = getattr(other, name)
            setattr(result, name, getattr(self, name) if ours is None else ours)
        result.default = self.default if other.default is MISSING else other.default
        result.exclude = self.exclude or other.exclude
        result.repr = self.repr and other.repr
        result.constraints = {**self.constraints, **other.constraints}
        return result

    def __repr__(self):
        parts = [f"annotation={getattr(self.annotation, '__name__', None) or repr(self.annotation)}",
                 f"required={self.is_required()}"]
        if self.default is not MISSING:
            parts.append(f"default={self.default!r}")
        for name in ("default_factory", "alias", "title", "description"):
            if getattr(self, name) is not None:
                parts.append(f"{name}={getattr(self, name)!r}")
        return f"FieldInfo({', '.join(parts)})"

    def __str__(self):
        return repr(self)[len("FieldInfo("):-1].replace(", ", " ")


def Field(default=MISSING, *, default_factory=None, alias=None, validation_alias=None, serialization_alias=None,
          title=None, description=None, examples=None, exclude=False, repr=True, json_schema_extra=None,
          gt=None, ge=None, lt=None, le=None, multiple_of=None, min_length=None, max_length=None, pattern=None):
    """Describes a field: `size: int = Field(default=1, ge=1, description="...")`."""
    if validation_alias is not None and serialization_alias not in (None, validation_alias):
        raise NotImplementedError("different aliases for validation and serialization")
    limits = {"gt": gt, "ge": ge, "lt": lt, "le": le, "multiple_of": multiple_of,
              "min_length": min_length, "max_length": max_length, "pattern": pattern}
    return FieldInfo(default, default_factory, alias or validation_alias or serialization_alias, title, description,
                     examples, exclude, repr, json_schema_extra, {k: v for k, v in limits.items() if v is not None})


class Invalid(Exception):
    """Why a value does not fit: a list of (type, location, message, value, context); caught inside this package."""

    def __init__(self, problems):
        self.problems = problems


def invalid(kind, message, value, context=None):
    """An `Invalid` of one problem at the value itself."""
    return Invalid([(kind, (), message, value, context)])


class ValidationError(ValueError):
    """Data do not fit a model; `errors()` lists where and why."""

    def __init__(self, title, problems):
        self.title = title
        self._problems = problems

    def error_count(self):
        """Number of problems."""
        return len(self._problems)

    def errors(self, *, include_url=True, include_context=True, include_input=True):
        """One dict per problem."""
        result = []
        for kind, location, message, value, context in self._problems:
            problem = {"type": kind, "loc": location, "msg": message}
            if include_input:
                problem["input"] = value
            if context and include_context:
                problem["ctx"] = context
            if include_url:
                problem["url"] = _url(kind)
            result.append(problem)
        return result

    def json(self, *, indent=None, include_url=True, include_context=True, include_input=True):
        """`errors()` as JSON."""
        import json
        problems = self.errors(include_url=include_url, include_context=include_context, include_input=include_input)
        separators = (",", ":") if indent is None else None
        return json.dumps(problems, indent=indent, separators=separators, default=str, ensure_ascii=False)

    def __str__(self):
        count = len(self._problems)
        lines = [f"{count} validation error{'' if count == 1 else 's'} for {self.title}"]
        for kind, location, message, value, _ in self._problems:
            if location:
                lines.append(".".join(map(str, location)))
            lines.append(f"  {message} [type={kind}, input_value={_short(repr(value))}, "
                         f"input_type={type(value).__name__}]")
            lines.append(f"    For further information visit {_url(kind)}")
        return "\n".join(lines)

    __repr__ = __str__

    def __reduce__(self):
        return ValidationError, (self.title, self._problems)


def _url(kind):
    return f"https://errors.pydantic.dev/2.14/v/{kind}"


def _short(text):
    return text if len(text) <= 50 else f"{text[:25]}...{text[-24:]}"
