"""Checks JSON data against a schema (the keywords that tools use), with the wording of the usual validator."""

import pprint
import re
import textwrap

# Schemas may refer to themselves.
MAX_DEPTH = 100


class SchemaError:
    """Why data do not fit: what, by which keyword, and where."""

    def __init__(self, message, keyword, schema, instance, schema_path, path):
        self.message = message
        self.keyword = keyword
        self.schema = schema
        self.instance = instance
        self.schema_path = schema_path
        self.path = path

    def __str__(self):
        where = "".join(f"[{part!r}]" for part in self.schema_path[:-1])
        return (f"{self.message}\n\nFailed validating {self.keyword!r} in schema{where}:\n{_indented(self.schema)}\n\n"
                f"On instance{''.join(f'[{part!r}]' for part in self.path)}:\n{_indented(self.instance)}")


def _indented(value):
    return textwrap.indent(pprint.pformat(value, width=72, sort_dicts=False), "    ")


def first_error(schema, instance):
    """The first problem, nearest to the root, or None."""
    errors = sorted(_errors(schema, instance, schema, (), (), 0), key=lambda error: len(error.path))
    return errors[0] if errors else None


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES = {
    "object": lambda value: isinstance(value, dict), "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str), "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None, "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}
_LIMITS = {
    "minimum": (lambda value, limit: value >= limit, "{!r} is less than the minimum of {!r}"),
    "maximum": (lambda value, limit: value <= limit, "{!r} is greater than the maximum of {!r}"),
    "exclusiveMinimum": (lambda value, limit: value > limit, "{!r} is less than or equal to the minimum of {!r}"),
    "exclusiveMaximum": (lambda value, limit: value < limit, "{!r} is greater than or equal to the maximum of {!r}"),
    "multipleOf": (lambda value, limit: value % limit == 0, "{!r} is not a multiple of {!r}"),
}
_LENGTHS = {"minLength": (str, False), "maxLength": (str, True), "minItems": (list, False), "maxItems": (list, True),
            "minProperties": (dict, False), "maxProperties": (dict, True)}


def _equal(one, other):
    """JSON equality: 1 is not true."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _errors(schema, instance, root, where, path, depth):
    if schema is True or schema is None:
        return
    if schema is False:
        yield SchemaError(f"False schema does not allow {instance!r}", None, schema, instance, (*where, None), path)
        return
    if depth > MAX_DEPTH:
        raise RecursionError("maximum depth of a JSON schema exceeded")

    def error(keyword, message):
        return SchemaError(message, keyword, schema, instance, (*where, keyword), path)

    def within(sub, value, *below, at=()):
        return _errors(sub, value, root, (*where, *below), (*path, *at), depth + 1)

    if "$ref" in schema:
        yield from within(_resolved(schema["$ref"], root), instance, "$ref")
    kinds = schema.get("type")
    if kinds is not None:
        names = [kinds] if isinstance(kinds, str) else kinds
        if not any(_TYPES.get(name, lambda value: False)(instance) for name in names):
            yield error("type", f"{instance!r} is not of type {', '.join(map(repr, names))}")
    if "enum" in schema and not any(_equal(instance, value) for value in schema["enum"]):
        yield error("enum", f"{instance!r} is not one of {schema['enum']!r}")
    if "const" in schema and not _equal(instance, schema["const"]):
        yield error("const", f"{schema['const']!r} was expected")
    if _is_number(instance):
        for keyword, (fits, message) in _LIMITS.items():
            if keyword in schema and not fits(instance, schema[keyword]):
                yield error(keyword, message.format(instance, schema[keyword]))
    for keyword, (cls, is_most) in _LENGTHS.items():
        if keyword in schema and isinstance(instance, cls):
            if len(instance) > schema[keyword] if is_most else len(instance) < schema[keyword]:
                yield error(keyword, f"{instance!r} {_wrong_length(instance, schema[keyword], is_most)}")
    if "pattern" in schema and isinstance(instance, str) and not re.search(schema["pattern"], instance):
        yield error("pattern", f"{instance!r} does not match {schema['pattern']!r}")
    if isinstance(instance, dict):
        yield from _object_errors(schema, instance, error, within)
    if isinstance(instance, list):
        first = schema.get("prefixItems", ())
        for index, (sub, item) in enumerate(zip(first, instance)):
            yield from within(sub, item, "prefixItems", index, at=(index,))
        if "items" in schema:
            for index in range(len(first), len(instance)):
                yield from within(schema["items"], instance[index], "items", at=(index,))
        if schema.get("uniqueItems") and any(_equal(item, other) for i, item in enumerate(instance)
                                             for other in instance[:i]):
            yield error("uniqueItems", f"{instance!r} has non-unique elements")
    for index, sub in enumerate(schema.get("allOf", ())):
        yield from within(sub, instance, "allOf", index)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            fitting = [sub for sub in schema[keyword] if not any(within(sub, instance))]
            if not fitting:
                yield error(keyword, f"{instance!r} is not valid under any of the given schemas")
            elif keyword == "oneOf" and len(fitting) > 1:
                also = ", ".join(map(repr, fitting[1:]))
                yield error(keyword, f"{instance!r} is valid under each of {also}, {fitting[0]!r}")
    if "not" in schema and not any(within(schema["not"], instance)):
        yield error("not", f"{instance!r} should not be valid under {schema['not']!r}")


def _object_errors(schema, instance, error, within):
    properties = schema.get("properties", {})
    for name, sub in properties.items():
        if name in instance:
            yield from within(sub, instance[name], "properties", name, at=(name,))
    for name in schema.get("required", ()):
        if name not in instance:
            yield error("required", f"{name!r} is a required property")
    patterns = schema.get("patternProperties", {})
    others = schema.get("additionalProperties")
    unexpected = [name for name in instance if name not in properties
                  and not any(re.search(pattern, name) for pattern in patterns)]
    for pattern, sub in patterns.items():
        for name in instance:
            if re.search(pattern, name):
                yield from within(sub, instance[name], "patternProperties", pattern, at=(name,))
    if others is False and unexpected:
        shown = ", ".join(map(repr, sorted(unexpected)))
        yield error("additionalProperties", "Additional properties are not allowed "
                    f"({shown} {'was' if len(unexpected) == 1 else 'were'} unexpected)")
    elif isinstance(others, dict):
        for name in unexpected:
            yield from within(others, instance[name], "additionalProperties", at=(name,))


def _wrong_length(value, limit, is_most):
    if is_most:
        if limit == 0:
            return "is expected to be empty"
        return "has too many properties" if isinstance(value, dict) else "is too long"
    if limit == 1:
        return "should be non-empty"
    return "does not have enough properties" if isinstance(value, dict) else "is too short"


def _resolved(reference, root):
    """The part of the schema that a reference within it means."""
    if not reference.startswith("#"):
        raise RuntimeError(f"Unresolvable: {reference}")
    target = root
    for part in reference[1:].split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        target = target[int(part)] if isinstance(target, list) else target[part]
    return target
