"""Cookies as servers write and read them: `SimpleCookie`, a dict of morsels."""

import re
import string

__all__ = ["CookieError", "BaseCookie", "SimpleCookie"]

_LegalChars = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~:"
_UnescapedChars = _LegalChars + " ()/<=>?@[]{}"
# Everything else in three octal digits, but the two that a backslash escapes.
_Translator = {code: f"\\{code:03o}" for code in range(256) if chr(code) not in _UnescapedChars}
_Translator.update({ord('"'): '\\"', ord("\\"): "\\\\"})

_is_legal_key = re.compile(f"[{re.escape(_LegalChars)}]+").fullmatch
_has_control = re.compile(r"[\x00-\x1f\x7f]").search
_escaped = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))").sub


class CookieError(Exception):
    """A cookie that cannot be."""


def _check_controls(*values):
    if any(_has_control(str(value)) for value in values):
        shown = " ".join(repr(value) for value in values)
        raise CookieError(f"Control characters are not allowed in cookies {shown}")


def _quote(str):
    """`str` in quotes if it needs them."""
    if str is None or _is_legal_key(str):
        return str
    return '"' + str.translate(_Translator) + '"'


def _unquote(str):
    """Without quotes and escapes."""
    if str is None or len(str) < 2 or str[0] != '"' or str[-1] != '"':
        return str
    return _escaped(lambda found: chr(int(found[1], 8)) if found[1] else found[2], str[1:-1])


def _getdate(future=0):
    import time

    when = time.gmtime(time.time() + future)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.tm_wday]
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[when.tm_mon - 1]
    return f"{day}, {when.tm_mday:02} {month} {when.tm_year:04} {when.tm_hour:02}:{when.tm_min:02}:{when.tm_sec:02} GMT"


class Morsel(dict):
    """One cookie: a dict of its attributes, with `key`, `value` and `coded_value`."""

    _reserved = {
        "expires": "expires",
        "path": "Path",
        "comment": "Comment",
        "domain": "Domain",
        "max-age": "Max-Age",
        "secure": "Secure",
        "httponly": "HttpOnly",
        "version": "Version",
        "samesite": "SameSite",
        "partitioned": "Partitioned",
    }
    _reserved_defaults = dict.fromkeys(_reserved, "")
    #: Attributes that are there or not.
    _flags = {"secure", "httponly", "partitioned"}

    def __init__(self):
        self._key = self._value = self._coded_value = None
        dict.update(self, self._reserved_defaults)

    @property
    def key(self):
        return self._key

    @property
    def value(self):
        return self._value

    @property
    def coded_value(self):
        return self._coded_value

    def _known(self, key):
        key = key.lower()
        if key not in self._reserved:
            raise CookieError("Invalid attribute %r" % (key,))
        return key

    def __setitem__(self, K, V):
        K = self._known(K)
        _check_controls(K, V)
        dict.__setitem__(self, K, V)

    def setdefault(self, key, val=None):
        key = self._known(key)
        _check_controls(key, val)
        return dict.setdefault(self, key, val)

    def update(self, values):
        checked = {}
        for key, value in dict(values).items():
            key = self._known(key)
            _check_controls(key, value)
            checked[key] = value
        dict.update(self, checked)

    def __ior__(self, values):
        self.update(values)
        return self

    def __eq__(self, morsel):
        if not isinstance(morsel, Morsel):
            return NotImplemented
        mine = (self._value, self._key, self._coded_value)
        return dict.__eq__(self, morsel) and mine == (morsel._value, morsel._key, morsel._coded_value)

    __hash__ = None

    def copy(self):
        morsel = Morsel()
        dict.update(morsel, self)
        vars(morsel).update(vars(self))
        return morsel

    def isReservedKey(self, K):
        return K.lower() in self._reserved

    def set(self, key, val, coded_val):
        if key.lower() in self._reserved:
            raise CookieError("Attempt to set a reserved key %r" % (key,))
        if not _is_legal_key(key):
            raise CookieError("Illegal key %r" % (key,))
        _check_controls(key, val, coded_val)
        self._key, self._value, self._coded_value = key, val, coded_val

    def __getstate__(self):
        return {"key": self._key, "value": self._value, "coded_value": self._coded_value}

    def __setstate__(self, state):
        key, value, coded = state["key"], state["value"], state["coded_value"]
        _check_controls(key, value, coded)
        self._key, self._value, self._coded_value = key, value, coded

    def output(self, attrs=None, header="Set-Cookie:"):
        return f"{header} {self.OutputString(attrs)}"

    __str__ = output

    def __repr__(self):
        return f"<{self.__class__.__name__}: {self.OutputString()}>"

    def js_output(self, attrs=None):
        from urllib.parse import quote

        # Nothing in a value may end the text or the element.
        text = quote(self.OutputString(attrs), safe="")
        return f"""
        <script type="text/javascript">
        <!-- begin hiding
        document.cookie = decodeURIComponent("{text}");
        // end hiding -->
        </script>
        """

    def OutputString(self, attrs=None):
        parts = [f"{self.key}={self.coded_value}"]
        attrs = self._reserved if attrs is None else attrs
        for key, value in sorted(self.items()):
            if value == "" or key not in attrs:
                continue
            name = self._reserved[key]
            if key == "expires" and isinstance(value, int):
                parts.append(f"{name}={_getdate(value)}")
            elif key == "max-age" and isinstance(value, int):
                parts.append(f"{name}={value:d}")
            elif key == "comment" and isinstance(value, str):
                parts.append(f"{name}={_quote(value)}")
            elif key in self._flags:
                if value:
                    parts.append(name)
            else:
                parts.append(f"{name}={value}")
        return "; ".join(parts)


_KEY = r"\w\d!#%&'~_`><@,:/\$\*\+\-\.\^\|\)\(\?\}\{\="
_Pattern = re.compile(
    rf"""\s*([{_KEY}]+?)\s*(?:=\s*("(?:[^\\"]|\\.)*"|"""
    rf"""(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday),\s[\w\d\s-]{{9,11}}\s[\d:]{{8}}\sGMT|"""
    rf"""[{_KEY}\[\]]*))?\s*(?:\s+|;|\Z)""",
    re.ASCII | re.IGNORECASE,
)


class BaseCookie(dict):
    """Cookies by name; subclasses say how values are written."""

    def value_decode(self, val):
        """(value, value as written) of what a client sent."""
        return val, val

    def value_encode(self, val):
        """(value, value as written) of what a program set."""
        text = str(val)
        return text, text

    def __init__(self, input=None):
        if input:
            self.load(input)

    def _set(self, key, real_value, coded_value):
        morsel = self.get(key, Morsel())
        morsel.set(key, real_value, coded_value)
        dict.__setitem__(self, key, morsel)

    def __setitem__(self, key, value):
        if isinstance(value, Morsel):
            dict.__setitem__(self, key, value)
        else:
            self._set(key, *self.value_encode(value))

    def output(self, attrs=None, header="Set-Cookie:", sep="\015\012"):
        lines = []
        for _, morsel in sorted(self.items()):
            line = morsel.output(attrs, header)
            _check_controls(line)
            lines.append(line)
        return sep.join(lines)

    __str__ = output

    def __repr__(self):
        inside = " ".join(f"{key}={morsel.value!r}" for key, morsel in sorted(self.items()))
        return f"<{self.__class__.__name__}: {inside}>"

    def js_output(self, attrs=None):
        return "".join(morsel.js_output(attrs) for _, morsel in sorted(self.items()))

    def load(self, rawdata):
        """Takes in a `Cookie` header, or a dict; a header that is not wholly understood changes nothing."""
        if not isinstance(rawdata, str):
            for key, value in rawdata.items():
                self[key] = value
            return
        found, morsel_seen, pos = [], False, 0
        while 0 <= pos < len(rawdata):
            match = _Pattern.match(rawdata, pos)
            if match is None:
                break
            key, value = match[1], match[2]
            pos = match.end()
            if key[0] == "$":
                if not morsel_seen:
                    # Of the request as a whole; nothing is done with it.
                    continue
                found.append((True, key[1:], value))
            elif key.lower() in Morsel._reserved:
                if not morsel_seen:
                    return
                if value is None:
                    if key.lower() not in Morsel._flags:
                        return
                    found.append((True, key, True))
                else:
                    found.append((True, key, _unquote(value)))
            elif value is not None:
                found.append((False, key, self.value_decode(value)))
                morsel_seen = True
            else:
                return
        morsel = None
        for is_attribute, key, value in found:
            if is_attribute:
                morsel[key] = value
            else:
                self._set(key, *value)
                morsel = self[key]


class SimpleCookie(BaseCookie):
    """Values are text; what is not is made so."""

    def value_decode(self, val):
        return _unquote(val), val

    def value_encode(self, val):
        text = str(val)
        return text, _quote(text)
