"""URI templates of RFC 6570: making URIs, and finding the values in one.

An expression is `{name}`, with an operator before the names (`+`, `#`, `.`, `/`, `;`, `?`, `&`) and perhaps `*` after
one. To be matched, values need something between them that shows where one ends.
"""

import re
from urllib.parse import quote, unquote

# Operator to (what comes first, between values, is named, characters that stay as they are).
_OPERATORS = {"": ("", ",", False, ""), "+": ("", ",", False, ":/?#[]@!$&'()*+,;="),
              "#": ("#", ",", False, ":/?#[]@!$&'()*+,;="), ".": (".", ".", False, ""), "/": ("/", "/", False, ""),
              ";": (";", ";", True, ""), "?": ("?", "&", True, ""), "&": ("&", "&", True, "")}
# What a value may consist of in a URI, by operator.
_VALUES = {"": "[^/?#&,]*", "+": "[^?#]*", "#": ".*", ".": "[^./?#&,]*", "/": "[^/?#&,]*", ";": "[^;/?#&,]*"}
_NAME = re.compile(r"[A-Za-z0-9_](\.?[A-Za-z0-9_])*")
MAX_TEMPLATE_CHARS = 1_000_000
MAX_URI_CHARS = 65_536


class InvalidUriTemplate(ValueError):
    """The text is no template, or one that cannot be matched."""

    def __init__(self, message, *, template=None, position=None):
        super().__init__(message)
        self.template = template
        self.position = position


class UriTemplate:
    """A template; `UriTemplate.parse(text)` makes one."""

    def __init__(self, text, parts):
        self.template = text
        self._parts = parts  # Text, or (operator, [(name, is_list)]).
        expressions = [part for part in parts if isinstance(part, tuple)]
        self.variable_names = [name for _, names in expressions for name, _ in names]
        # A query may leave its names out, and have them in any order.
        self._query = [expression for expression in expressions if expression[0] in ("?", "&")]
        self.query_variable_names = frozenset(name for _, names in self._query for name, _ in names)
        self._pattern = None

    @classmethod
    def parse(cls, text):
        """Reads a template; InvalidUriTemplate if it is none."""
        if len(text) > MAX_TEMPLATE_CHARS:
            raise InvalidUriTemplate(f"Template exceeds maximum length of {MAX_TEMPLATE_CHARS}", template=text)
        parts, position, seen, after_value = [], 0, set(), None
        while position < len(text):
            start = text.find("{", position)
            if start != position:
                parts.append(text[position:] if start < 0 else text[position:start])
                after_value = None
                if start < 0:
                    break
            end = text.find("}", start)
            if end < 0:
                raise InvalidUriTemplate(f"Unclosed expression at position {start}", template=text, position=start)
            operator, names = _expression(text, start, end)
            for name, _ in names:
                if name in seen:
                    raise InvalidUriTemplate(f"Variable {name!r} appears more than once; repeated variables are not "
                                             "supported", template=text)
                seen.add(name)
            if after_value is not None and operator in ("", "+"):
                raise InvalidUriTemplate(
                    f"Variables {after_value!r} and {names[0][0]!r} are adjacent with no literal separator; matching "
                    "cannot determine where one ends and the other begins. Add a literal between them or use a "
                    "single variable.", template=text)
            parts.append((operator, names))
            after_value = names[-1][0] if operator not in ("?", "&") else None
            position = end + 1
        return cls(text, parts)

    @classmethod
    def is_template(cls, text):
        """Whether there is an expression in the text."""
        return "{" in text and "}" in text

    def match(self, uri, max_uri_length=MAX_URI_CHARS):
        """The values in a URI by name, or None if it is not of this template."""
        if len(uri) > max_uri_length:
            return None
        if self._pattern is None:
            self._pattern = re.compile("".join(map(self._pattern_of, self._parts)), re.DOTALL)
        query = ""
        if self._query:
            uri, _, query = uri.partition("?")
        found = self._pattern.fullmatch(uri)
        if found is None:
            return None
        values = {}
        for part in self._parts:
            if not isinstance(part, tuple) or part in self._query:
                continue
            operator, names = part
            for name, is_list in names:
                text = found[f"v{self.variable_names.index(name)}"] or ""
                if is_list:
                    text = text.removeprefix(_OPERATORS[operator][0])
                    given = bool(found[f"v{self.variable_names.index(name)}"])
                    values[name] = [unquote(one) for one in text.split(_OPERATORS[operator][1])] if given else []
                else:
                    values[name] = unquote(text)
        for pair in query.split("&") if query else ():
            name, _, value = pair.partition("=")
            if name in self.query_variable_names and name not in values:
                values[name] = unquote(value)
        return values

    def _pattern_of(self, part):
        """A regular expression with a group `vN` per value; the query is looked at afterwards."""
        if isinstance(part, str):
            return re.escape(part)
        if part in self._query:
            return ""
        operator, names = part
        first, between, is_named, _ = _OPERATORS[operator]
        result = []
        for index, (name, is_list) in enumerate(names):
            value, group = _VALUES[operator], f"v{self.variable_names.index(name)}"
            lead = re.escape(between if index else first)
            label = re.escape(name) + "=?" if is_named else ""
            if is_list:
                step = re.escape(between)
                whole = f"{lead}{value}(?:{step}{value})*"
                result.append(f"(?P<{group}>(?:{whole})?)" if lead else f"(?P<{group}>{value}(?:{step}{value})*)")
            else:
                result.append(f"{lead}{label}(?P<{group}>{value})")
        return "".join(result)

    def expand(self, variables):
        """The URI of some values; those that are absent are left out."""
        result = []
        for part in self._parts:
            if isinstance(part, str):
                result.append(part)
                continue
            operator, names = part
            first, between, is_named, keep = _OPERATORS[operator]
            texts = []
            for name, is_list in names:
                value = variables.get(name)
                if value is None:
                    continue
                values = [quote(str(one), safe=keep) for one in (value if isinstance(value, (list, tuple))
                                                                 else [value])]
                if is_named:
                    values = [f"{name}={one}" for one in (values if is_list else [",".join(values)])]
                texts.append((between if is_list else ",").join(values) if not is_named else between.join(values))
            if texts:
                result.append(first + between.join(texts))
        return "".join(result)

    def __str__(self):
        return self.template

    def __repr__(self):
        return f"UriTemplate({self.template!r})"

    def __eq__(self, other):
        return isinstance(other, UriTemplate) and self.template == other.template

    def __hash__(self):
        return hash(self.template)


def _expression(text, start, end):
    """Operator and names of the expression between two braces."""
    body = text[start + 1:end]
    if not body:
        raise InvalidUriTemplate(f"Empty expression at position {start}", template=text, position=start)
    operator = body[0] if body[0] in _OPERATORS else ""
    names = []
    for spec in body[len(operator):].split(","):
        name, is_list = spec.removesuffix("*"), spec.endswith("*")
        if ":" in name:
            raise InvalidUriTemplate(f"Prefix modifier {{var:N}} is not supported (in {name!r} at position {start})",
                                     template=text, position=start)
        if not _NAME.fullmatch(name):
            raise InvalidUriTemplate(f"Invalid variable name {name!r} at position {start}", template=text,
                                     position=start)
        names.append((name, is_list))
    return operator, names
