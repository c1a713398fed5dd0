"""Dates, addresses and identifiers as headers write them."""

import re
import time

__all__ = [
    "collapse_rfc2231_value",
    "decode_params",
    "decode_rfc2231",
    "encode_rfc2231",
    "formataddr",
    "formatdate",
    "format_datetime",
    "getaddresses",
    "make_msgid",
    "mktime_tz",
    "parseaddr",
    "parsedate",
    "parsedate_tz",
    "parsedate_to_datetime",
    "quote",
    "unquote",
]

_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LONG_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_ZONES = {
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "ast": -400,
    "adt": -300,
    "est": -500,
    "edt": -400,
    "cst": -600,
    "cdt": -500,
    "mst": -700,
    "mdt": -600,
    "pst": -800,
    "pdt": -700,
}

_SPECIALS = re.compile(r'[][\\()<>@,:;".]')
_TO_ESCAPE = re.compile(r'[\\"]')


def quote(str):
    """With backslashes before what would end a quoted text."""
    return str.replace("\\", "\\\\").replace('"', '\\"')


def unquote(str):
    """Without the quotes, or angles, around it."""
    if len(str) > 1:
        if str.startswith('"') and str.endswith('"'):
            return str[1:-1].replace("\\\\", "\\").replace('\\"', '"')
        if str.startswith("<") and str.endswith(">"):
            return str[1:-1]
    return str


# Dates.


def _date_text(fields, zone):
    year, month, day, hour, minute, second, weekday = fields[:7]
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} {zone}"


def formatdate(timeval=None, localtime=False, usegmt=False):
    """A time, now by default, as `Fri, 09 Nov 2001 01:08:47 -0000`."""
    if timeval is None:
        timeval = time.time()
    import datetime

    when = datetime.datetime.fromtimestamp(timeval, datetime.timezone.utc)
    if localtime:
        when = when.astimezone()
        usegmt = False
    elif not usegmt:
        when = when.replace(tzinfo=None)
    return format_datetime(when, usegmt)


def format_datetime(dt, usegmt=False):
    """A datetime as headers write it; a naive one is UTC of unknown origin."""
    fields = dt.timetuple()
    if usegmt:
        import datetime

        if dt.tzinfo is None or dt.tzinfo != datetime.timezone.utc:
            raise ValueError("usegmt option requires a UTC datetime")
        zone = "GMT"
    elif dt.tzinfo is None:
        zone = "-0000"
    else:
        zone = dt.strftime("%z")
    return _date_text(fields, zone)


def _parsedate_tz(data):
    if not data:
        return None
    parts = data.split()
    if not parts:
        return None
    if parts[0].endswith(",") or parts[0].lower()[:3] in [day.lower() for day in _DAYS] and not parts[0][3:].strip(",yeurdsthi"):
        del parts[0]
    else:
        comma = parts[0].rfind(",")
        if comma >= 0:
            parts[0] = parts[0][comma + 1 :]
    if len(parts) == 3:
        # The form of RFC 850: 06-Nov-94.
        first = parts[0].split("-")
        if len(first) == 3:
            parts = first + parts[1:]
    if len(parts) == 4:
        last = parts[3]
        sign = last.find("+")
        if sign == -1:
            sign = last.find("-")
        if sign > 0:
            parts[3:] = [last[:sign], last[sign:]]
        else:
            parts.append("")
    if len(parts) < 5:
        return None
    day, month, year, clock, zone = parts[:5]
    if not (day and month and year):
        return None
    month = month.lower()
    if month[:3] not in [name.lower() for name in _MONTHS]:
        day, month = month, day.lower()
        if month[:3] not in [name.lower() for name in _MONTHS]:
            return None
    number = [name.lower() for name in _MONTHS].index(month[:3]) + 1
    if len(month) > 3 and not _LONG_MONTHS[number - 1].startswith(month):
        return None
    day = day.removesuffix(",")
    if ":" in year:
        year, clock = clock, year
    year = year.removesuffix(",")
    if year and not year[0].isdigit():
        year, zone = zone, year
    clock = clock.removesuffix(",").split(":")
    if len(clock) == 1 and "." in clock[0]:
        clock = clock[0].split(".")
    if len(clock) == 2:
        clock.append("0")
    if len(clock) != 3:
        return None
    try:
        year, day = int(year), int(day)
        hour, minute, second = map(int, clock)
    except ValueError:
        return None
    if year < 100:
        # Two digits: RFC 5322 and POSIX agree on where the century turns.
        year += 1900 if year > 68 else 2000
    offset = None
    zone = zone.lower()
    if zone in _ZONES:
        offset = _ZONES[zone]
    else:
        try:
            offset = int(zone)
        except ValueError:
            pass
        if offset == 0 and zone.startswith("-"):
            offset = None
    if offset:
        sign = -1 if offset < 0 else 1
        offset = abs(offset)
        offset = sign * ((offset // 100) * 3600 + (offset % 100) * 60)
    return [year, number, day, hour, minute, second, 0, 1, -1, offset]


def parsedate_tz(data):
    """Ten numbers: those of `time.struct_time`, and the offset from UTC in seconds; None for what is no date."""
    found = _parsedate_tz(data)
    if not found:
        return None
    if found[9] is None:
        found[9] = 0
    return tuple(found)


def parsedate(data):
    """Nine numbers, as `time.mktime` takes them; None for what is no date."""
    found = parsedate_tz(data)
    return found[:9] if isinstance(found, tuple) else found


def mktime_tz(data):
    """The timestamp of what `parsedate_tz` returned."""
    if data[9] is None:
        return time.mktime(data[:8] + (-1,))
    import datetime

    when = datetime.datetime(*data[:6], tzinfo=datetime.timezone.utc)
    return int(when.timestamp()) - data[9]


def parsedate_to_datetime(data):
    """The datetime of a date; naive if its offset is -0000."""
    found = _parsedate_tz(data)
    if found is None:
        raise ValueError(f"Invalid date value or format {str(data)!r}")
    import datetime

    if found[9] is None:
        return datetime.datetime(*found[:6])
    return datetime.datetime(*found[:6], tzinfo=datetime.timezone(datetime.timedelta(seconds=found[9])))


def localtime(dt=None):
    """`dt`, now by default, in the zone of this machine."""
    import datetime

    return (datetime.datetime.now() if dt is None else dt).astimezone()


# Addresses.


def formataddr(pair, charset="utf-8"):
    """`Name <address>` of a pair; a name that is not ASCII is encoded."""
    name, address = pair
    address.encode("ascii")
    if not name:
        return address
    try:
        name.encode("ascii")
    except UnicodeEncodeError:
        from base64 import b64encode

        return f"=?{charset}?b?{b64encode(name.encode(charset)).decode('ascii')}?= <{address}>"
    quotes = '"' if _SPECIALS.search(name) else ""
    name = _TO_ESCAPE.sub(r"\\\g<0>", name)
    return f"{quotes}{name}{quotes} <{address}>"


def _tokens(text):
    """Atoms, quoted texts, comments and specials of an address list, as (kind, text)."""
    pos, end = 0, len(text)
    while pos < end:
        char = text[pos]
        if char in " \t\r\n":
            pos += 1
        elif char == '"':
            out = []
            pos += 1
            while pos < end and text[pos] != '"':
                if text[pos] == "\\" and pos + 1 < end:
                    pos += 1
                out.append(text[pos])
                pos += 1
            pos += 1
            yield "quoted", "".join(out)
        elif char == "(":
            depth, out = 1, []
            pos += 1
            while pos < end and depth:
                if text[pos] == "\\" and pos + 1 < end:
                    pos += 1
                    out.append(text[pos])
                elif text[pos] == "(":
                    depth += 1
                    out.append("(")
                elif text[pos] == ")":
                    depth -= 1
                    if depth:
                        out.append(")")
                else:
                    out.append(text[pos])
                pos += 1
            yield "comment", "".join(out)
        elif char in "<>@,:;.":
            yield "special", char
            pos += 1
        else:
            start = pos
            while pos < end and text[pos] not in ' \t\r\n"(<>@,:;.':
                pos += 1
            yield "atom", text[start:pos]


def _parse_list(text):
    """(name, address) of each address; groups are flattened."""
    found, words, address, comments = [], [], None, []
    in_angles = False
    plain = []

    def end():
        nonlocal words, address, comments, plain
        name = " ".join(words)
        if address is None:
            whole = "".join(plain)
            if whole:
                found.append((" ".join(comments), whole))
            elif comments:
                found.append(("", ""))
        else:
            told = f" ({' '.join(comments)})" if comments and name else " ".join(comments)
            found.append((name + told, address))
        words, address, comments, plain = [], None, [], []

    glue = False
    for kind, token in _tokens(text):
        if kind == "comment":
            comments.append(token)
        elif in_angles:
            if kind == "special" and token == ">":
                in_angles = False
            elif kind == "special" and token == ":":
                # A route, which nobody uses; the address follows it.
                address = ""
            else:
                address += quote_local(token) if kind == "quoted" else token
        elif kind == "special":
            if token == "<":
                in_angles, address = True, ""
                plain = []
            elif token == ",":
                end()
            elif token == ":":
                words, plain = [], []
            elif token == ";":
                if plain or address is not None:
                    end()
            elif token == "@" or token == ".":
                plain.append(token)
                if token == "." and words:
                    words[-1] += "."
                glue = True
        else:
            words.append(token)
            if plain and not glue:
                plain.append(" ")
            plain.append(quote_local(token) if kind == "quoted" else token)
            glue = False
    if plain or address is not None or comments or glue:
        end()
    return found


def quote_local(text):
    """A quoted local part keeps its quotes in the address."""
    return f'"{quote(text)}"'


def _is_sound(pairs, n_wanted):
    return len(pairs) == n_wanted and all(address.count("@") <= 1 or '"' in address for _, address in pairs)


def getaddresses(fieldvalues, *, strict=True):
    """(name, address) of each address of several headers; `('', '')` where `strict` finds something amiss."""
    values = [str(value) for value in fieldvalues]
    if strict:
        for value in values:
            bare = value.replace("\\\\", "").replace('\\"', "")
            if bare.count("(") != bare.count(")") or bare.count('"') % 2:
                return [("", "")]
    found = []
    for value in values:
        pairs = _parse_list(value)
        if strict and any(address.count("@") > 1 and '"' not in address for _, address in pairs):
            return [("", "")]
        found += pairs or [("", "")] if strict else pairs
    return found


def parseaddr(addr, *, strict=True):
    """(name, address) of one address, `('', '')` for what is none."""
    if isinstance(addr, list):
        addr = addr[0] if addr else ""
    if not isinstance(addr, str):
        return ("", "")
    pairs = getaddresses([addr], strict=strict)
    if not pairs or strict and len(pairs) > 1:
        return ("", "")
    return pairs[0]


def make_msgid(idstring=None, domain=None):
    """An identifier no other message has."""
    import os
    import random
    import socket

    moment = int(time.time() * 100)
    chance = random.getrandbits(64)
    middle = "" if idstring is None else "." + idstring
    return f"<{moment}.{os.getpid()}.{chance}{middle}@{socket.getfqdn() if domain is None else domain}>"


# Parameters with charset and language (RFC 2231).


def decode_rfc2231(s):
    """(charset, language, text) of `utf-8'en'text`."""
    parts = s.split("'", 2)
    return (None, None, s) if len(parts) <= 2 else tuple(parts)


def encode_rfc2231(s, charset=None, language=None):
    """Percent-encoded, with charset and language in front."""
    from urllib.parse import quote as percent

    s = percent(s, safe="", encoding=charset or "ascii")
    if charset is None and language is None:
        return s
    return f"{charset}'{language or ''}'{s}"


_CONTINUED = re.compile(r"(\w+)\*(?:([0-9]+))?(\*?)", re.ASCII)


def decode_params(params):
    """Parameters with their continuations joined: `name*0*`, `name*1`."""
    from urllib.parse import unquote as percent

    out = [params[0]]
    pieces = {}
    for name, value in params[1:]:
        encoded = name.endswith("*")
        value = unquote(value)
        found = _CONTINUED.fullmatch(name)
        if found:
            number = None if found[2] is None else int(found[2])
            pieces.setdefault(found[1], []).append((number, value, encoded))
        else:
            out.append((name, f'"{quote(value)}"'))
    for name, found in pieces.items():
        found.sort(key=lambda piece: piece[0] or 0)
        encoded = any(piece[2] for piece in found)
        whole = "".join(percent(value, encoding="latin-1") if is_encoded else value for _, value, is_encoded in found)
        if encoded:
            charset, language, value = decode_rfc2231(whole)
            out.append((name, (charset, language, f'"{quote(value)}"')))
        else:
            out.append((name, f'"{quote(whole)}"'))
    return out


def collapse_rfc2231_value(value, errors="replace", fallback_charset="us-ascii"):
    """The text of a parameter that may be (charset, language, text)."""
    if not isinstance(value, tuple) or len(value) != 3:
        return unquote(value)
    charset, _, text = value
    raw = bytes(text, "raw-unicode-escape")
    try:
        return str(raw, charset or fallback_charset, errors)
    except LookupError:
        return unquote(text)
