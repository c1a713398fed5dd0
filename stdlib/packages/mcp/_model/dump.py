"""Turns models into plain data."""

import binascii
import datetime
import enum


class Dumper:
    """One way to write models: for Python or for JSON, by which names, and what to leave out."""

    def __init__(self, mode, by_alias, exclude_unset, exclude_defaults, exclude_none):
        self.json = mode == "json"
        self.by_alias = by_alias
        self.exclude_unset = exclude_unset
        self.exclude_defaults = exclude_defaults
        self.exclude_none = exclude_none

    def model(self, model, include=None, exclude=None):
        """A model as a dict; `include` and `exclude` name fields, or map them to names within."""
        fields, result = model._fields(), {}
        for name, value in model.__dict__.items():
            field = fields.get(name)
            if name.startswith("_") or (field is not None and field.exclude):
                continue
            if include is not None and name not in include:
                continue
            within = exclude.get(name) if isinstance(exclude, dict) else None
            if exclude is not None and name in exclude and (within is None or within is True or within is ...):
                continue
            if (self.exclude_unset and name not in model._given) or (self.exclude_none and value is None):
                continue
            if self.exclude_defaults and field is not None and not field.is_required() \
                    and value == field.get_default():
                continue
            key = field.alias if self.by_alias and field is not None and field.alias else name
            inner = include.get(name) if isinstance(include, dict) else None
            if hasattr(value, "model_fields_set") and (within or inner not in (None, True, ...)):
                result[key] = self.model(value, None if inner in (None, True, ...) else inner, within)
            else:
                result[key] = self.value(value)
        return result

    def value(self, value):
        """Any value, with the models in it as dicts."""
        if value is None or isinstance(value, (bool, int, float, str)) and not isinstance(value, enum.Enum):
            return value
        if hasattr(value, "model_fields_set"):
            return self.model(value)
        if hasattr(value, "_dump"):  # A dict some of whose keys have other names in JSON.
            value = value._dump(self.by_alias)
        if isinstance(value, dict):
            # None as an item of a dict is data, not an absent field.
            return {self.key(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            items = [self.value(item) for item in value]
            return items if self.json or isinstance(value, list) else type(value)(items)
        if hasattr(type(value), "__dataclass_fields__"):
            return {name: self.value(getattr(value, name)) for name in type(value).__dataclass_fields__}
        return self.for_json(value) if self.json else value

    def key(self, key):
        if not self.json or isinstance(key, str):
            return key
        if isinstance(key, bool):
            return "true" if key else "false"
        return str(key.value if isinstance(key, enum.Enum) else key)

    @staticmethod
    def for_json(value):
        """Values of the standard library as JSON has them."""
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, (bytes, bytearray)):
            try:
                return bytes(value).decode()
            except UnicodeDecodeError:
                return binascii.b2a_base64(value, newline=False).decode().translate({43: "-", 47: "_"})
        if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
            text = value.isoformat()
            return text[:-6] + "Z" if text.endswith("+00:00") else text
        if isinstance(value, datetime.timedelta):
            return f"PT{value.total_seconds():g}S"
        if hasattr(value, "__fspath__") or type(value).__name__ in ("UUID", "Decimal"):
            return str(value)
        raise TypeError(f"Unable to serialize unknown type: {type(value)}")


def to_json_text(value):
    """Any value as indented JSON; what JSON lacks becomes its `str`."""
    import json

    class Lenient(Dumper):
        @staticmethod
        def for_json(value):
            try:
                return Dumper.for_json(value)
            except TypeError:
                return str(value)
    data = Lenient("json", False, False, False, False).value(value)
    return json.dumps(data, indent=2, ensure_ascii=False)
