"""Parsing of dates and times by a format: what time.strptime() and datetime.strptime() do."""

import time
from datetime import date as datetime_date, timedelta as datetime_timedelta, \
    timezone as datetime_timezone

__all__ = []

_WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
_MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september',
           'october', 'november', 'december']

# Directive -> regular expression; those of names are added below.
_PATTERNS = {
    'd': r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    'f': r"(?P<f>[0-9]{1,6})",
    'H': r"(?P<H>2[0-3]|[0-1]\d|\d| \d)",
    'k': r"(?P<H>2[0-3]|[0-1]\d|\d| \d)",
    'I': r"(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])",
    'l': r"(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])",
    'G': r"(?P<G>\d\d\d\d)",
    'j': r"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])",
    'm': r"(?P<m>1[0-2]|0[1-9]|[1-9])",
    'M': r"(?P<M>[0-5]\d|\d)",
    'S': r"(?P<S>6[0-1]|[0-5]\d|\d)",
    'U': r"(?P<U>5[0-3]|[0-4]\d|\d)",
    'W': r"(?P<W>5[0-3]|[0-4]\d|\d)",
    'w': r"(?P<w>[0-6])",
    'u': r"(?P<u>[1-7])",
    'V': r"(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)",
    'y': r"(?P<y>\d\d)",
    'Y': r"(?P<Y>\d\d\d\d)",
    'z': r"(?P<z>([+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?)|(?-i:Z))",
    'A': "(?P<A>" + '|'.join(sorted(_WEEKDAYS, key=len, reverse=True)) + ")",
    'a': "(?P<a>" + '|'.join([name[:3] for name in _WEEKDAYS]) + ")",
    'B': "(?P<B>" + '|'.join(sorted(_MONTHS, key=len, reverse=True)) + ")",
    'b': "(?P<b>" + '|'.join([name[:3] for name in _MONTHS]) + ")",
    'p': "(?P<p>am|pm)",
    '%': '%',
}
_PATTERNS['P'] = _PATTERNS['p']
_COMPOSED = {'T': '%H:%M:%S', 'R': '%H:%M', 'r': '%I:%M:%S %p',
             'c': '%a %b %d %H:%M:%S %Y', 'x': '%m/%d/%y', 'X': '%H:%M:%S', 'e': '%d'}
_REGEX_META = '\\.^$*+?(){}[]|'
_cache = {}


def _zone_names():
    return frozenset({'utc', 'gmt', time.tzname[0].lower(), time.tzname[1].lower()})


def _pattern(format):
    """The regular expression for a format."""
    result = []
    pos = 0
    day_of_month_in_format = year_in_format = False
    while pos < len(format):
        char = format[pos]
        pos += 1
        if char.isspace():
            while pos < len(format) and format[pos].isspace():
                pos += 1
            result.append(r'\s+')
            continue
        if char != '%':
            result.append('\\' + char if char in _REGEX_META else char)
            continue
        if pos >= len(format):
            raise IndexError
        directive = format[pos]
        pos += 1
        if directive == 'Z':
            names = '|'.join(sorted(_zone_names(), key=len, reverse=True))
            result.append(f"(?P<Z>{names})")
        elif directive in _COMPOSED:
            inner = _COMPOSED[directive]
            result.append(_pattern(inner)[0] if '%' in inner else inner)
            if directive in 'cxe':
                day_of_month_in_format = True
            if directive in 'cx':
                year_in_format = True
        else:
            result.append(_PATTERNS[directive])
            if directive == 'd':
                day_of_month_in_format = True
            elif directive in 'YyG':
                year_in_format = True
    return ''.join(result), day_of_month_in_format and not year_in_format


def _strptime(data_string, format="%a %b %d %H:%M:%S %Y"):
    """Returns (fields of struct_time, microseconds, UTC offset in seconds and its fraction)."""
    for index, arg in enumerate([data_string, format]):
        if not isinstance(arg, str):
            msg = "strptime() argument {} must be str, not {}"
            raise TypeError(msg.format(index, type(arg)))
    import re
    compiled = _cache.get((format, time.tzname))
    if compiled is None:
        try:
            text, ambiguous = _pattern(format)
        except KeyError as err:
            bad_directive = err.args[0]
            raise ValueError("'%s' is a bad directive in format '%s'"
                             % (bad_directive, format)) from None
        except IndexError:
            raise ValueError("stray %% in format '%s'" % format) from None
        if ambiguous:
            import warnings
            warnings.warn("Parsing dates involving a day of month without a year specified is "
                          "ambiguous and fails to parse leap day. The default behavior will "
                          "change in Python 3.15 to either always raise an exception or to use "
                          "a different default year (TBD). To avoid trouble, add a specific "
                          "year to the input & format. "
                          "See https://github.com/python/cpython/issues/70647.",
                          DeprecationWarning, skip_file_prefixes=(__file__,)
                          if '__file__' in globals() else ())
        compiled = re.compile(text, re.IGNORECASE)
        if len(_cache) > 5:
            _cache.clear()
        _cache[format, time.tzname] = compiled
    found = compiled.match(data_string)
    if not found:
        raise ValueError("time data %r does not match format %r" % (data_string, format))
    if len(data_string) != found.end():
        raise ValueError("unconverted data remains: %s" % data_string[found.end():])

    iso_year = year = None
    month = day = 1
    hour = minute = second = fraction = 0
    tz = -1
    gmtoff = None
    gmtoff_fraction = 0
    iso_week = week_of_year = None
    week_of_year_start = None
    weekday = julian = None
    groups = found.groupdict()
    for key in groups:
        value = groups[key]
        if key == 'y':
            year = int(value)
            year += 2000 if year <= 68 else 1900
        elif key == 'Y':
            year = int(value)
        elif key == 'G':
            iso_year = int(value)
        elif key == 'm':
            month = int(value)
        elif key == 'B':
            month = _MONTHS.index(value.lower()) + 1
        elif key == 'b':
            month = [name[:3] for name in _MONTHS].index(value.lower()) + 1
        elif key == 'd':
            day = int(value)
        elif key == 'H':
            hour = int(value)
        elif key == 'I':
            hour = int(value)
            ampm = (groups.get('p') or '').lower()
            if ampm in ('', 'am'):
                if hour == 12:
                    hour = 0
            elif hour != 12:
                hour += 12
        elif key == 'M':
            minute = int(value)
        elif key == 'S':
            second = int(value)
        elif key == 'f':
            fraction = int(value + '0' * (6 - len(value)))
        elif key == 'A':
            weekday = _WEEKDAYS.index(value.lower())
        elif key == 'a':
            weekday = [name[:3] for name in _WEEKDAYS].index(value.lower())
        elif key == 'w':
            weekday = (int(value) + 6) % 7
        elif key == 'u':
            weekday = int(value) - 1
        elif key == 'j':
            julian = int(value)
        elif key in ('U', 'W'):
            week_of_year = int(value)
            week_of_year_start = 6 if key == 'U' else 0
        elif key == 'V':
            iso_week = int(value)
        elif key == 'z' and value:
            if value == 'Z':
                gmtoff = 0
            else:
                gmtoff, gmtoff_fraction = _parse_offset(value)
        elif key == 'Z':
            name = value.lower()
            zones = [{'utc', 'gmt', time.tzname[0].lower()}, {time.tzname[1].lower()}]
            for index, names in enumerate(zones):
                if name in names:
                    if time.tzname[0] == time.tzname[1] and time.daylight and (
                            name not in ("utc", "gmt")):
                        # Ambiguous.
                        break
                    tz = index
                    break

    if iso_year is not None:
        if julian is not None:
            raise ValueError("Day of the year directive '%j' is not compatible with ISO year "
                             "directive '%G'. Use '%Y' instead.")
        if iso_week is None or weekday is None:
            raise ValueError("ISO year directive '%G' must be used with the ISO week directive "
                             "'%V' and a weekday directive ('%A', '%a', '%w', or '%u').")
    elif iso_week is not None:
        if year is None or weekday is None:
            raise ValueError("ISO week directive '%V' must be used with the ISO year directive "
                             "'%G' and a weekday directive ('%A', '%a', '%w', or '%u').")
        raise ValueError("ISO week directive '%V' is incompatible with the year directive "
                         "'%Y'. Use the ISO year '%G' instead.")

    leap_year_fix = False
    if year is None:
        if month == 2 and day == 29:
            year = 1904     # A leap year, so that the day is accepted.
            leap_year_fix = True
        else:
            year = 1900
    if julian is None and weekday is not None:
        if week_of_year is not None:
            julian = _julian_from_u_or_w(year, week_of_year, weekday, week_of_year_start == 0)
        elif iso_year is not None and iso_week is not None:
            result = datetime_date.fromisocalendar(iso_year, iso_week, weekday + 1)
            year, month, day = result.year, result.month, result.day
            julian = result.toordinal() - datetime_date(year, 1, 1).toordinal() + 1
        if julian is not None and julian <= 0:
            year -= 1
            leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            julian += 366 if leap else 365
    if julian is None:
        julian = (datetime_date(year, month, day).toordinal()
                  - datetime_date(year, 1, 1).toordinal() + 1)
    else:
        result = datetime_date.fromordinal(
            julian - 1 + datetime_date(year, 1, 1).toordinal())
        year, month, day = result.year, result.month, result.day
    if weekday is None:
        weekday = datetime_date(year, month, day).weekday()
    if leap_year_fix:
        year = 1900
    return ((year, month, day, hour, minute, second, weekday, julian, tz, groups.get('Z'), gmtoff),
            fraction, gmtoff_fraction)


def _parse_offset(text):
    """Seconds and microseconds of +HH[:]MM[[:]SS[.ffffff]]."""
    z = text
    if z[3] == ':':
        z = z[:3] + z[4:]
        if len(z) > 5:
            if z[5] != ':':
                raise ValueError(f"Inconsistent use of : in {text}")
            z = z[:5] + z[6:]
    seconds = int(z[1:3]) * 3600 + int(z[3:5]) * 60 + int(z[5:7] or 0)
    rest = z[8:]
    fraction = int(rest + '0' * (6 - len(rest))) if rest else 0
    if z.startswith('-'):
        return -seconds, -fraction
    return seconds, fraction


def _julian_from_u_or_w(year, week_of_year, day_of_week, week_starts_Mon):
    """The day of the year of a weekday in a numbered week."""
    first_weekday = datetime_date(year, 1, 1).weekday()
    if not week_starts_Mon:
        first_weekday = (first_weekday + 1) % 7
        day_of_week = (day_of_week + 1) % 7
    week_0_length = (7 - first_weekday) % 7
    if week_of_year == 0:
        return 1 + day_of_week - first_weekday
    return 1 + week_0_length + 7 * (week_of_year - 1) + day_of_week


def _strptime_time(data_string, format="%a %b %d %H:%M:%S %Y"):
    """What time.strptime() returns."""
    return time.struct_time(_strptime(data_string, format)[0][:time._STRUCT_TM_ITEMS])


def _strptime_datetime_date(cls, data_string, format="%a %b %d %Y"):
    """What date.strptime() returns."""
    fields = _strptime(data_string, format)[0]
    return cls(*fields[:3])


def _parse_tz(tzname, gmtoff, gmtoff_fraction):
    if gmtoff is None:
        return None
    delta = datetime_timedelta(seconds=gmtoff, microseconds=gmtoff_fraction)
    return datetime_timezone(delta, tzname) if tzname else datetime_timezone(delta)


def _strptime_datetime_time(cls, data_string, format="%H:%M:%S"):
    """What time.strptime() of datetime returns."""
    fields, fraction, gmtoff_fraction = _strptime(data_string, format)
    return cls(*fields[3:6], fraction, _parse_tz(*fields[-2:], gmtoff_fraction))


def _strptime_datetime_datetime(cls, data_string, format="%a %b %d %H:%M:%S %Y"):
    """What datetime.strptime() returns."""
    fields, fraction, gmtoff_fraction = _strptime(data_string, format)
    return cls(*fields[:6], fraction, _parse_tz(*fields[-2:], gmtoff_fraction))
