"""Parsing of dates and times by format, in the C locale: `time.strptime`, `datetime.strptime`."""

import re
import time
from _strftime import DAYS, MONTHS

__all__ = []


def _names(names):
    return "(?P<{}>" + "|".join(sorted((name.lower() for name in names), key=len, reverse=True)) + ")"


_DIRECTIVES = {
    "d": r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    "e": r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    "f": r"(?P<f>[0-9]{1,6})",
    "H": r"(?P<H>2[0-3]|[0-1]\d|\d| \d)",
    "k": r"(?P<H>2[0-3]|[0-1]\d|\d| \d)",
    "I": r"(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])",
    "l": r"(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])",
    "G": r"(?P<G>\d\d\d\d)",
    "j": r"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])",
    "m": r"(?P<m>1[0-2]|0[1-9]|[1-9])",
    "M": r"(?P<M>[0-5]\d|\d)",
    "S": r"(?P<S>6[0-1]|[0-5]\d|\d)",
    "U": r"(?P<U>5[0-3]|[0-4]\d|\d)",
    "W": r"(?P<W>5[0-3]|[0-4]\d|\d)",
    "w": r"(?P<w>[0-6])",
    "u": r"(?P<u>[1-7])",
    "V": r"(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)",
    "y": r"(?P<y>\d\d)",
    "Y": r"(?P<Y>\d\d\d\d)",
    "z": r"(?P<z>[+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?|(?-i:Z))",
    "A": _names(DAYS).format("A"),
    "a": _names(name[:3] for name in DAYS).format("a"),
    "B": _names(MONTHS).format("B"),
    "b": _names(name[:3] for name in MONTHS).format("b"),
    "p": r"(?P<p>am|pm)",
    "P": r"(?P<p>am|pm)",
    "%": "%",
    "Od": r"(?P<d>\d\d|\d| \d)",
    "Oe": r"(?P<d>\d\d|\d| \d)",
    "Om": r"(?P<m>\d\d|\d| \d)",
    "Oy": r"(?P<y>\d\d|\d| \d)",
    "OC": r"(?P<C>\d\d|\d| \d)",
    "OH": r"(?P<H>\d\d|\d| \d)",
    "OI": r"(?P<I>\d\d|\d| \d)",
    "OM": r"(?P<M>\d\d|\d| \d)",
    "OS": r"(?P<S>\d\d|\d| \d)",
    "Ow": r"(?P<w>\d)",
    "Op": r"(?P<p>am|pm)",
}
_COMPOSED = {
    "c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "r": "%I:%M:%S %p", "R": "%H:%M",
    "T": "%H:%M:%S",
}

_cache = {}
_MAXCACHE = 50


_AMBIGUOUS = """\
Parsing dates involving a day of month without a year specified is ambiguous
and fails to parse leap day. The default behavior will change in Python 3.15
to either always raise an exception or to use a different default year (TBD).
To avoid trouble, add a specific year to the input & format.
See https://github.com/python/cpython/issues/70647."""


def _pattern(format, depth):
    """The compiled pattern of a format; `depth` calls up is who asked for it."""
    found = _cache.get((format, time.tzname))
    if found is not None:
        return found
    zones = {"utc", "gmt", *(name.lower() for name in time.tzname if name)}
    directives = dict(_DIRECTIVES, Z=_names(zones).format("Z"))
    used = set()

    def expand(text):
        out = []
        at = 0
        while at < len(text):
            c = text[at]
            at += 1
            if c.isspace():
                if not out or out[-1] != r"\s+":
                    out.append(r"\s+")
                continue
            if c == "'":
                # Some locales write another apostrophe.
                out.append("['\u02bc]")
                continue
            if c != "%":
                out.append(re.escape(c) if c in r"\.^$*+?(){}[]|" else c)
                continue
            while at < len(text) and text[at] in "-_0^#":
                at += 1
            while at < len(text) and text[at] in "0123456789":
                at += 1
            directive = text[at:at + 1]
            at += 1
            if not directive:
                raise ValueError(f"stray % in format '{format}'")
            if directive in "OE" and at < len(text):
                directive += text[at]
                at += 1
            used.add(directive)
            if directive in _COMPOSED:
                out.append(expand(_COMPOSED[directive]))
                continue
            part = directives.get(directive)
            if part is None:
                raise ValueError(f"'{directive}' is a bad directive in format '{format}'")
            out.append(part)
        return "".join(out)

    text = expand(format)
    if "d" in used and not used & {"Y", "y", "G"}:
        import warnings
        warnings.warn(_AMBIGUOUS, DeprecationWarning, stacklevel=depth)
    pattern = re.compile(text, re.IGNORECASE)
    if len(_cache) >= _MAXCACHE:
        _cache.clear()
    _cache[format, time.tzname] = pattern
    return pattern


def _days_before_year(year):
    y = year - 1
    return y * 365 + y // 4 - y // 100 + y // 400


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def _ordinal(year, month, day):
    return (_days_before_year(year) + _DAYS_BEFORE_MONTH[month - 1]
            + (month > 2 and _is_leap(year)) + day)


def _from_ordinal(n):
    """Year, month and day of an ordinal."""
    year = n * 400 // 146097 + 1
    while _days_before_year(year) >= n:
        year -= 1
    while _days_before_year(year + 1) < n:
        year += 1
    rest = n - _days_before_year(year)
    month = 12
    while _DAYS_BEFORE_MONTH[month - 1] + (month > 2 and _is_leap(year)) >= rest:
        month -= 1
    return year, month, rest - _DAYS_BEFORE_MONTH[month - 1] - (month > 2 and _is_leap(year))


def _offset(text):
    """Seconds and microseconds of a UTC offset like +hh:mm:ss.ffffff."""
    if text == "Z":
        return 0, 0
    z = text
    if z[3] == ":":
        z = z[:3] + z[4:]
        if len(z) > 5:
            if z[5] != ":":
                raise ValueError(f"Inconsistent use of : in {text}")
            z = z[:5] + z[6:]
    seconds = int(z[1:3]) * 3600 + int(z[3:5]) * 60 + int(z[5:7] or 0)
    micro = int((z[8:] + "000000")[:6])
    if z[0] == "-":
        return -seconds, -micro
    return seconds, micro


def _strptime(data_string, format="%a %b %d %H:%M:%S %Y", depth=4):
    """A tuple of the fields, the microseconds and the part of the UTC offset below a second."""
    for index, arg in enumerate([data_string, format]):
        if not isinstance(arg, str):
            raise TypeError(f"strptime() argument {index} must be str, not {type(arg)}")
    found = _pattern(format, depth + 1).match(data_string)
    if not found:
        raise ValueError(f"time data {data_string!r} does not match format {format!r}")
    if len(data_string) != found.end():
        raise ValueError(f"unconverted data remains: {data_string[found.end():]}")
    fields = found.groupdict()

    def number(name):
        return int(fields[name]) if fields.get(name) is not None else None

    year = number("Y")
    if (short := number("y")) is not None:
        year = short + (2000 if short <= 68 else 1900)
    iso_year = number("G")
    month = number("m") or 1
    for key, length in (("B", None), ("b", 3)):
        if fields.get(key) is not None:
            month = [name[:length].lower() for name in MONTHS].index(fields[key].lower()) + 1
    day = number("d")
    hour = number("H") or 0
    if (hour12 := number("I")) is not None:
        hour = hour12 % 12
        if (fields.get("p") or "").lower() == "pm":
            hour += 12
    minute = number("M") or 0
    second = number("S") or 0
    fraction = int((fields.get("f") or "").ljust(6, "0")) if fields.get("f") else 0
    weekday = None
    for key, length in (("A", None), ("a", 3)):
        if fields.get(key) is not None:
            weekday = [name[:length].lower() for name in DAYS].index(fields[key].lower())
    if (w := number("w")) is not None:
        weekday = 6 if w == 0 else w - 1
    if (u := number("u")) is not None:
        weekday = u - 1
    julian = number("j")
    week = number("U")
    week_starts_monday = False
    if (monday_week := number("W")) is not None:
        week, week_starts_monday = monday_week, True
    iso_week = number("V")

    tz = -1
    zone = None
    offset = offset_fraction = None
    if fields.get("z"):
        offset, offset_fraction = _offset(fields["z"])
    if fields.get("Z") is not None:
        name = zone = fields["Z"]
        if name.lower() in ("utc", "gmt"):
            zone, tz = name.upper(), 0
        for value, known in enumerate(time.tzname):
            if known.lower() == name.lower():
                zone = known
                if not (time.tzname[0] == time.tzname[1] and time.daylight and known.lower() not in ("utc", "gmt")):
                    tz = value
                break

    if iso_year is not None:
        if julian is not None:
            raise ValueError("Day of the year directive '%j' is not compatible with ISO year directive"
                             " '%G'. Use '%Y' instead.")
        if iso_week is None or weekday is None:
            raise ValueError("ISO year directive '%G' must be used with the ISO week directive '%V' and"
                             " a weekday directive ('%A', '%a', '%w', or '%u').")
    elif iso_week is not None:
        if year is None or weekday is None:
            raise ValueError("ISO week directive '%V' must be used with the ISO year directive '%G' and"
                             " a weekday directive ('%A', '%a', '%w', or '%u').")
        raise ValueError("ISO week directive '%V' is incompatible with the year directive '%Y'. Use the"
                         " ISO year '%G' instead.")

    leap_default = False
    if year is None:
        if month == 2 and day == 29:
            # 29 February without a year: any leap year will do for the check.
            year, leap_default = 1904, True
        else:
            year = 1900
    if julian is None and weekday is not None:
        if week is not None:
            first = (_ordinal(year, 1, 1) + 6) % 7
            if not week_starts_monday:
                first = (first + 1) % 7
                day_of_week = (weekday + 1) % 7
            else:
                day_of_week = weekday
            if week == 0:
                julian = 1 + day_of_week - first
            else:
                julian = 1 + (7 - first) % 7 + 7 * (week - 1) + day_of_week
        elif iso_year is not None and iso_week is not None:
            fourth = (_ordinal(iso_year, 1, 4) + 6) % 7
            ordinal = _ordinal(iso_year, 1, 4) - fourth + (iso_week - 1) * 7 + weekday
            year, month, day = _from_ordinal(ordinal)
            if iso_week == 53 and _iso_weeks(iso_year) < 53:
                raise ValueError(f"Invalid week: {iso_week}")
            julian = ordinal - _ordinal(year, 1, 1) + 1
        if julian is not None and julian <= 0:
            year -= 1
            julian += 366 if _is_leap(year) else 365
    if julian is None:
        day = 1 if day is None else day
        limit = (31, 28 + _is_leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
        if not 1 <= day <= limit:
            raise ValueError(
                f"day {day} must be in range 1..{limit} for month {month} in year {year}")
        julian = _ordinal(year, month, day) - _ordinal(year, 1, 1) + 1
    else:
        year, month, day = _from_ordinal(julian - 1 + _ordinal(year, 1, 1))
    if weekday is None:
        weekday = (_ordinal(year, month, day) + 6) % 7
    if leap_default:
        year = 1900
    return ((year, month, day, hour, minute, second, weekday, julian, tz, zone, offset), fraction,
            offset_fraction)


def _iso_weeks(year):
    def last_day(y):
        return (y + y // 4 - y // 100 + y // 400) % 7
    return 53 if last_day(year) == 4 or last_day(year - 1) == 3 else 52


def _strptime_time(data_string, format="%a %b %d %H:%M:%S %Y"):
    """A time.struct_time."""
    fields = _strptime(data_string, format, 3)[0]
    return time.struct_time(fields[:time._STRUCT_TM_ITEMS])


def _tzinfo(datetime_module, fields, offset_fraction):
    zone, offset = fields[-2:]
    if offset is None:
        return None
    delta = datetime_module.timedelta(seconds=offset, microseconds=offset_fraction)
    return datetime_module.timezone(delta, zone) if zone else datetime_module.timezone(delta)


def _strptime_datetime(cls, data_string, format):
    import datetime
    fields, fraction, offset_fraction = _strptime(data_string, format, 4)
    tz = _tzinfo(datetime, fields, offset_fraction)
    if tz is not None:
        return cls(*fields[:6], fraction, tzinfo=tz)
    return cls(*fields[:6], fraction)


def _strptime_date(cls, data_string, format):
    fields = _strptime(data_string, format, 4)[0]
    return cls(*fields[:3])


def _strptime_time_of_day(cls, data_string, format):
    import datetime
    fields, fraction, offset_fraction = _strptime(data_string, format, 4)
    tz = _tzinfo(datetime, fields, offset_fraction)
    if tz is not None:
        return cls(*fields[3:6], fraction, tzinfo=tz)
    return cls(*fields[3:6], fraction)
