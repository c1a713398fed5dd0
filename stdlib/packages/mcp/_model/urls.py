"""URLs as strings that have been checked."""

from mcp._model.fields import ValidationError, Invalid, invalid

# Schemes whose URLs always have a path.
_WITH_PATH = ("http", "https", "ws", "wss", "ftp", "file")


class AnyUrl(str):
    """A URL of any scheme."""

    allowed = ()

    def __new__(cls, url):
        try:
            return cls._validate(url, None)
        except Invalid as problem:
            raise ValidationError(cls.__name__, problem.problems) from None

    @classmethod
    def _validate(cls, value, mode):
        if not isinstance(value, str):
            raise invalid("url_type", "URL input should be a string or URL", value)
        scheme, colon, rest = value.partition(":")
        if not colon or not scheme[:1].isalpha() or not scheme.replace("+", "").replace("-", "").replace(
                ".", "").isalnum():
            why = "relative URL without a base" if value else "input is empty"
            raise invalid("url_parsing", f"Input should be a valid URL, {why}", value, {"error": why})
        scheme = scheme.lower()
        if cls.allowed and scheme not in cls.allowed:
            expected = " or ".join(map(repr, cls.allowed))
            raise invalid("url_scheme", f"URL scheme should be {expected}", value, {"expected_schemes": expected})
        if scheme in _WITH_PATH and rest.startswith("//") and not set("/?#") & set(rest[2:]):
            rest += "/"
        return str.__new__(cls, f"{scheme}:{rest}")

    @property
    def scheme(self):
        """What stands before the colon."""
        return self.partition(":")[0]

    def __repr__(self):
        return f"{type(self).__name__}({str(self)!r})"

    def __str__(self):
        return self[:]


class AnyHttpUrl(AnyUrl):
    """A URL of the web."""

    allowed = ("http", "https")


class FileUrl(AnyUrl):
    """The URL of a file."""

    allowed = ("file",)
