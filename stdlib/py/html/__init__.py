"""Text in HTML: `escape` what means something there, `unescape` what was."""

import re

__all__ = ["escape", "unescape"]


def escape(s, quote=True):
    """`&`, `<` and `>` as entities, and both kinds of quotes if `quote`."""
    s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        s = s.replace('"', "&quot;").replace("'", "&#x27;")
    return s


# Numbers 128 to 159 mean what they mean in Windows 1252, where that means anything.
_CP1252 = {
    0x80: 0x20AC,
    0x82: 0x201A,
    0x83: 0x0192,
    0x84: 0x201E,
    0x85: 0x2026,
    0x86: 0x2020,
    0x87: 0x2021,
    0x88: 0x02C6,
    0x89: 0x2030,
    0x8A: 0x0160,
    0x8B: 0x2039,
    0x8C: 0x0152,
    0x8E: 0x017D,
    0x91: 0x2018,
    0x92: 0x2019,
    0x93: 0x201C,
    0x94: 0x201D,
    0x95: 0x2022,
    0x96: 0x2013,
    0x97: 0x2014,
    0x98: 0x02DC,
    0x99: 0x2122,
    0x9A: 0x0161,
    0x9B: 0x203A,
    0x9C: 0x0153,
    0x9E: 0x017E,
    0x9F: 0x0178,
}

_REFERENCE = re.compile(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")


def _char_of_number(number):
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    if number == 0x0D:
        return "\r"
    if number in _CP1252:
        return chr(_CP1252[number])
    if 0x80 <= number <= 0x9F:
        return chr(number)
    is_control = 1 <= number <= 8 or 0x0B == number or 0x0E <= number <= 0x1F or number == 0x7F
    # The last two of every plane, and a few more, are no characters.
    if is_control or 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE:
        return ""
    return chr(number)


def _replaced(found):
    name = found[1]
    if name[0] == "#":
        digits = name[1:].rstrip(";")
        if digits[0] in "xX":
            digits, base = digits[1:], 16
        else:
            base = 10
        # Beyond any character long before it is too long to convert.
        digits = digits.lstrip("0") or "0"
        return _char_of_number(int(digits, base) if len(digits) < 10 else 0x110000)
    from html.entities import html5

    if name in html5:
        return html5[name]
    # Old names count without a semicolon, also with more text behind: the longest that is one.
    for end in range(len(name) - 1, 1, -1):
        if name[:end] in html5:
            return html5[name[:end]] + name[end:]
    return "&" + name


def unescape(s):
    """Named and numbered characters as themselves, by the rules of HTML 5."""
    if "&" not in s:
        return s
    return _REFERENCE.sub(_replaced, s)
