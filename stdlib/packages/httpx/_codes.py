"""`codes`: the status codes by name, in both cases."""

from enum import IntEnum
from http import HTTPStatus

PHRASES = {status.value: status.phrase for status in HTTPStatus}
# What RFC 9110 has renamed keeps its names here.
PHRASES |= {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
}


def _name(phrase):
    return phrase.upper().replace("'", "").replace("-", "_").replace(" ", "_")


class _Code(IntEnum):
    """What all codes can do; the members are made of the table above."""

    def __new__(cls, value, phrase=""):
        code = int.__new__(cls, value)
        code._value_ = value
        code.phrase = phrase
        return code

    def __str__(self):
        return str(self.value)

    @classmethod
    def get_reason_phrase(cls, value):
        return PHRASES.get(value, "")

    @classmethod
    def is_informational(cls, value):
        return 100 <= value <= 199

    @classmethod
    def is_success(cls, value):
        return 200 <= value <= 299

    @classmethod
    def is_redirect(cls, value):
        return 300 <= value <= 399

    @classmethod
    def is_client_error(cls, value):
        return 400 <= value <= 499

    @classmethod
    def is_server_error(cls, value):
        return 500 <= value <= 599

    @classmethod
    def is_error(cls, value):
        return 400 <= value <= 599


codes = _Code("codes", [(_name(phrase), (code, phrase)) for code, phrase in PHRASES.items()], module="httpx")

for _code in codes:
    setattr(codes, _code.name.lower(), int(_code))
