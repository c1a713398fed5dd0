"""`Message`: headers as a mapping in any case, and a body that is text, or a list of messages."""

import re
from email import utils

__all__ = ["Message", "EmailMessage"]

_PARAMETER = re.compile(r'[ \(\)<>@,;:\\"/\[\]\?=]')


def _split_parameters(text):
    """`a; b="c;d"` as ["a", 'b="c;d"']; a semicolon in quotes does not count."""
    parts = []
    start = pos = 0
    quoted = False
    while pos < len(text):
        char = text[pos]
        if quoted and char == "\\":
            pos += 1
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            parts.append(text[start:pos])
            start = pos + 1
        pos += 1
    parts.append(text[start:])
    out = []
    for part in parts:
        name, equals, value = part.partition("=")
        out.append(f"{name.strip().lower()}={value.strip()}" if equals else part.strip())
    return out


def _formatted_parameter(param, value=None, quote=True):
    if value is None or not len(value):
        return param
    if isinstance(value, tuple):
        # (charset, language, text): RFC 2231.
        return f"{param}*={utils.encode_rfc2231(value[2], value[0], value[1])}"
    try:
        value.encode("ascii")
    except UnicodeEncodeError:
        return f"{param}*={utils.encode_rfc2231(value, 'utf-8', '')}"
    if quote or _PARAMETER.search(value):
        return f'{param}="{utils.quote(value)}"'
    return f"{param}={value}"


class Message:
    """A message; `msg["Subject"]` is the first header of that name, None if there is none."""

    def __init__(self, policy=None):
        self.policy = policy
        self._headers = []
        self._unixfrom = None
        self._payload = None
        self._charset = None
        self.preamble = self.epilogue = None
        self.defects = []
        self._default_type = "text/plain"

    def __str__(self):
        return self.as_string()

    def as_string(self, unixfrom=False, maxheaderlen=0, policy=None):
        """The whole message as text."""
        lines = []
        if unixfrom:
            import time

            lines.append(self._unixfrom or f"From nobody {time.ctime(time.time())}")
        for name, value in self.items():
            _check_header(name, value)
            lines.append(f"{name}: {value}")
        lines.append("")
        payload = self._payload
        if payload is None:
            body = ""
        elif isinstance(payload, str):
            body = payload
        elif self.is_multipart():
            body = self._multipart_text(lines)
        else:
            raise TypeError(f"string payload expected: {type(payload)}")
        return "\n".join(lines) + "\n" + body

    def _multipart_text(self, lines):
        texts = [part.as_string() for part in self._payload]
        boundary = self.get_boundary()
        if boundary is None:
            import random

            while True:
                boundary = f"==============={random.randrange(2**63):019d}=="
                if not any(f"--{boundary}" in text for text in texts):
                    break
            self.set_boundary(boundary)
            lines[:] = [f"{name}: {value}" for name, value in self.items()] + [""]
        out = [] if self.preamble is None else [self.preamble, "\n"]
        for text in texts:
            out += [f"--{boundary}\n", text, "\n"]
        out.append(f"--{boundary}--\n")
        if self.epilogue is not None:
            out.append(self.epilogue)
        return "".join(out)

    def as_bytes(self, unixfrom=False, policy=None):
        """The whole message as bytes."""
        return self.as_string(unixfrom).encode("ascii", "surrogateescape")

    __bytes__ = as_bytes

    def is_multipart(self):
        return isinstance(self._payload, list)

    def set_unixfrom(self, unixfrom):
        self._unixfrom = unixfrom

    def get_unixfrom(self):
        return self._unixfrom

    # The body.

    def attach(self, payload):
        """Adds a part."""
        if self._payload is None:
            self._payload = [payload]
        else:
            try:
                self._payload.append(payload)
            except AttributeError:
                raise TypeError("Attach is not valid on a message with a non-multipart payload") from None

    def get_payload(self, i=None, decode=False):
        """The body, or part `i`; as bytes, decoded, if `decode`."""
        if self.is_multipart():
            if decode:
                return None
            return self._payload if i is None else self._payload[i]
        if i is not None and not isinstance(self._payload, list):
            raise TypeError(f"Expected list, got {type(self._payload)}")
        payload = self._payload
        if not decode:
            if isinstance(payload, str) and _has_surrogates(payload):
                raw = payload.encode("ascii", "surrogateescape")
                return raw.decode(self.get_content_charset("ascii"), "replace")
            return payload
        coding = str(self.get("content-transfer-encoding", "")).strip().lower()
        if isinstance(payload, str):
            if _has_surrogates(payload):
                raw = payload.encode("ascii", "surrogateescape")
            else:
                try:
                    raw = payload.encode("raw-unicode-escape")
                except UnicodeEncodeError:
                    raw = payload.encode("ascii", "replace")
        else:
            raw = payload
        if raw is None:
            return None
        import binascii

        if coding == "quoted-printable":
            return binascii.a2b_qp(raw)
        if coding == "base64":
            try:
                return binascii.a2b_base64(b"".join(raw.split()))
            except binascii.Error:
                return raw
        if coding in ("x-uuencode", "uuencode", "uue", "x-uue"):
            raise NotImplementedError("a body in uuencode")
        return raw

    def set_payload(self, payload, charset=None):
        """Replaces the body."""
        if charset is not None and isinstance(payload, str):
            charset = str(charset)
            self.set_param("charset", charset) if "content-type" in self else self.add_header(
                "Content-Type", "text/plain", charset=charset
            )
            try:
                payload.encode("ascii")
            except UnicodeEncodeError:
                import base64

                payload = base64.encodebytes(payload.encode(charset)).decode("ascii")
                if "content-transfer-encoding" not in self:
                    self["Content-Transfer-Encoding"] = "base64"
        if "mime-version" not in self and charset is not None:
            self["MIME-Version"] = "1.0"
        if isinstance(payload, bytes):
            payload = payload.decode("ascii", "surrogateescape")
        self._payload = payload
        self._charset = charset

    def get_charset(self):
        return self._charset

    # Headers.

    def __len__(self):
        return len(self._headers)

    def __getitem__(self, name):
        return self.get(name)

    def __setitem__(self, name, val):
        self._headers.append((name, val))

    def __delitem__(self, name):
        lower = name.lower()
        self._headers = [item for item in self._headers if item[0].lower() != lower]

    def __contains__(self, name):
        lower = name.lower()
        return any(lower == key.lower() for key, _ in self._headers)

    def __iter__(self):
        return iter([name for name, _ in self._headers])

    def keys(self):
        return [name for name, _ in self._headers]

    def values(self):
        return [_shown(value) for _, value in self._headers]

    def items(self):
        return [(name, _shown(value)) for name, value in self._headers]

    def get(self, name, failobj=None):
        lower = name.lower()
        for key, value in self._headers:
            if key.lower() == lower:
                return _shown(value)
        return failobj

    def get_all(self, name, failobj=None):
        lower = name.lower()
        found = [_shown(value) for key, value in self._headers if key.lower() == lower]
        return found or failobj

    def set_raw(self, name, value):
        self._headers.append((name, value))

    def raw_items(self):
        return iter(self._headers.copy())

    def add_header(self, _name, _value, **_params):
        """A header with parameters: `add_header("Content-Disposition", "attachment", filename="a.png")`."""
        parts = []
        for key, value in _params.items():
            key = key.replace("_", "-")
            parts.append(key if value is None else _formatted_parameter(key, value))
        if _value is not None:
            parts.insert(0, _value)
        self[_name] = "; ".join(parts)

    def replace_header(self, _name, _value):
        """Replaces the first of that name where it stands."""
        lower = _name.lower()
        for idx, (key, _) in enumerate(self._headers):
            if key.lower() == lower:
                self._headers[idx] = (key, _value)
                return
        raise KeyError(_name)

    # The type of the content.

    def get_content_type(self):
        """`maintype/subtype`, lower case; the default for what is not one."""
        value = self.get("content-type")
        if value is None:
            return self.get_default_type()
        kind = _split_parameters(value)[0].lower()
        return kind if kind.count("/") == 1 else "text/plain"

    def get_content_maintype(self):
        return self.get_content_type().split("/")[0]

    def get_content_subtype(self):
        return self.get_content_type().split("/")[1]

    def get_default_type(self):
        return self._default_type

    def set_default_type(self, ctype):
        self._default_type = ctype

    def _params_of(self, header):
        value = self.get(header)
        if value is None:
            return None
        params = []
        for part in _split_parameters(value):
            name, equals, val = part.partition("=")
            params.append((name.strip(), val.strip()) if equals else (part.strip(), ""))
        return utils.decode_params(params)

    def get_params(self, failobj=None, header="content-type", unquote=True):
        params = self._params_of(header)
        if params is None:
            return failobj
        return [(key, _unquoted(value)) for key, value in params] if unquote else params

    def get_param(self, param, failobj=None, header="content-type", unquote=True):
        for key, value in self._params_of(header) or ():
            if key.lower() == param.lower():
                return _unquoted(value) if unquote else value
        return failobj

    def set_param(self, param, value, header="Content-Type", requote=True, charset=None, language="", replace=False):
        if not isinstance(value, tuple) and charset:
            value = (charset, language, value)
        if header not in self and header.lower() == "content-type":
            whole = "text/plain"
        else:
            whole = self.get(header)
        if self.get_param(param, header=header) is None:
            new = _formatted_parameter(param, value, requote)
            whole = f"{whole}; {new}" if whole else new
        else:
            parts = []
            for key, old in self.get_params(header=header, unquote=requote):
                is_it = key.lower() == param.lower()
                parts.append(_formatted_parameter(key, value if is_it else old, requote))
            whole = "; ".join(parts)
        if whole != self.get(header):
            if replace:
                self.replace_header(header, whole)
            else:
                del self[header]
                self[header] = whole

    def del_param(self, param, header="content-type", requote=True):
        if header not in self:
            return
        kept = [
            _formatted_parameter(key, value, requote)
            for key, value in self.get_params(header=header, unquote=requote)
            if key.lower() != param.lower()
        ]
        whole = "; ".join(kept)
        if whole != self.get(header):
            del self[header]
            self[header] = whole

    def set_type(self, type, header="Content-Type", requote=True):
        if type.count("/") != 1:
            raise ValueError
        if header.lower() == "content-type":
            del self["mime-version"]
            self["MIME-Version"] = "1.0"
        if header not in self:
            self[header] = type
            return
        params = self.get_params(header=header, unquote=requote)
        del self[header]
        self[header] = type
        for key, value in params[1:]:
            self.set_param(key, value, header, requote)

    def get_filename(self, failobj=None):
        missing = object()
        found = self.get_param("filename", missing, "content-disposition")
        if found is missing:
            found = self.get_param("name", missing, "content-type")
        if found is missing:
            return failobj
        return utils.collapse_rfc2231_value(found).strip()

    def get_boundary(self, failobj=None):
        missing = object()
        found = self.get_param("boundary", missing)
        if found is missing:
            return failobj
        return utils.collapse_rfc2231_value(found).rstrip()

    def set_boundary(self, boundary):
        from email.errors import HeaderParseError

        if self.get("content-type") is None:
            raise HeaderParseError("No Content-Type header found")
        self.set_param("boundary", boundary, replace=True)

    def get_content_charset(self, failobj=None):
        missing = object()
        charset = self.get_param("charset", missing)
        if charset is missing:
            return failobj
        if isinstance(charset, tuple):
            try:
                charset = str(charset[2].encode("raw-unicode-escape"), charset[0] or "us-ascii")
            except (LookupError, UnicodeError):
                charset = charset[2]
        try:
            charset.encode("us-ascii")
        except UnicodeError:
            return failobj
        return charset.lower()

    def get_charsets(self, failobj=None):
        return [part.get_content_charset(failobj) for part in self.walk()]

    def get_content_disposition(self):
        value = self.get("content-disposition")
        return None if value is None else _split_parameters(value)[0].lower()

    def walk(self):
        """This message and all in it."""
        yield self
        if self.is_multipart():
            for part in self._payload:
                yield from part.walk()


class EmailMessage(Message):
    """A message whose content is set and got as what it means."""

    def is_attachment(self):
        return self.get_content_disposition() == "attachment"

    def set_content(self, content, subtype=None, charset="utf-8", maintype=None, cte=None, **kwargs):
        """The body: text, or bytes with `maintype` and `subtype`."""
        if kwargs:
            raise NotImplementedError(f"set_content() with {', '.join(kwargs)}")
        import base64

        for name in [key for key in self.keys() if key.lower().startswith("content-")]:
            del self[name]
        if isinstance(content, str):
            if content and not content.endswith("\n"):
                content += "\n"
            self["Content-Type"] = f'text/{subtype or "plain"}; charset="{charset}"'
            if cte is None:
                cte = "7bit" if content.isascii() else "base64" if len(content) < 1 else "8bit"
            self["Content-Transfer-Encoding"] = cte
            if cte == "base64":
                content = base64.encodebytes(content.encode(charset)).decode("ascii")
            elif cte == "quoted-printable":
                import binascii

                content = binascii.b2a_qp(content.encode(charset), istext=True).decode("ascii")
            elif not content.isascii():
                content = content.encode(charset).decode("ascii", "surrogateescape")
            self._payload = content
        elif isinstance(content, (bytes, bytearray, memoryview)):
            if maintype is None or subtype is None:
                raise TypeError("set_bytes_content() missing required arguments: 'maintype' and 'subtype'")
            self["Content-Type"] = f"{maintype}/{subtype}"
            self["Content-Transfer-Encoding"] = "base64"
            self._payload = base64.encodebytes(bytes(content)).decode("ascii")
        else:
            raise KeyError(f"{type(content).__module__}.{type(content).__qualname__}")
        if "MIME-Version" not in self:
            self["MIME-Version"] = "1.0"

    def get_content(self, errors="replace"):
        """The body: text for text, else bytes."""
        if self.is_multipart():
            raise KeyError(self.get_content_type())
        raw = self.get_payload(decode=True)
        if self.get_content_maintype() == "text":
            return raw.decode(self.get_content_charset("ASCII"), errors)
        return raw


def _unquoted(value):
    if isinstance(value, tuple):
        return value[0], value[1], utils.unquote(value[2])
    return utils.unquote(value)


def _has_surrogates(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _shown(value):
    """A header with bytes that were no ASCII shows them as unknown."""
    if isinstance(value, str) and not value.isascii() and _has_surrogates(value):
        return value.encode("ascii", "surrogateescape").decode("ascii", "replace")
    return value


def _check_header(name, value):
    """A line end in a value that does not continue would begin another header."""
    if re.search(r"\r?\n(?![ \t])|\r(?!\n)", str(value)):
        from email.errors import HeaderWriteError

        raise HeaderWriteError(f"folded header contains newline: {f'{name}: {value}'!r}")
