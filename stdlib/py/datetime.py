"""Dates, times, durations and time zones."""

import time as _time
from operator import index as _index

from _ouro import qualified as _qualified
from _strftime import DAYS as _DAYS, MONTHS as _MONTHS, strftime as _format

__all__ = ("date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC")

MINYEAR = 1
MAXYEAR = 9999
_MAX_ORDINAL = 3652059
_DAY_US = 86400 * 10**6
_BEFORE_MONTH = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_EPOCH_ORDINAL = 719163


# Calendar.

def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in_month(year, month):
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days_before_year(year):
    y = year - 1
    return y * 365 + y // 4 - y // 100 + y // 400


def _ordinal(year, month, day):
    return _days_before_year(year) + _BEFORE_MONTH[month] + (month > 2 and _is_leap(year)) + day


def _from_ordinal(n):
    """Year, month and day of an ordinal, 1 being 1 January of year 1."""
    n -= 1
    n400, n = divmod(n, 146097)
    n100, n = divmod(n, 36524)
    n4, n = divmod(n, 1461)
    n1, n = divmod(n, 365)
    year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1
    if n1 == 4 or n100 == 4:
        return year - 1, 12, 31
    leap = n1 == 3 and (n4 != 24 or n100 == 3)
    month = (n + 50) >> 5
    before = _BEFORE_MONTH[month] + (month > 2 and leap)
    if before > n:
        month -= 1
        before = _BEFORE_MONTH[month] + (month > 2 and leap)
    return year, month, n - before + 1


def _iso_week_one(year):
    """The ordinal of the Monday that begins the year's first ISO week."""
    first = _ordinal(year, 1, 1)
    weekday = (first + 6) % 7
    monday = first - weekday
    return monday + 7 if weekday > 3 else monday


def _from_isocalendar(year, week, day):
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {year}")
    if not 0 < week < 53:
        out_of_range = True
        if week == 53:
            first_weekday = _ordinal(year, 1, 1) % 7
            if first_weekday == 4 or (first_weekday == 3 and _is_leap(year)):
                out_of_range = False
        if out_of_range:
            raise ValueError(f"Invalid week: {week}")
    if not 0 < day < 8:
        raise ValueError(f"Invalid weekday: {day} (range is [1, 7])")
    ordinal = _iso_week_one(year) + (week - 1) * 7 + day - 1
    if not 1 <= ordinal <= _MAX_ORDINAL:
        year = MAXYEAR + 1 if ordinal > 1 else MINYEAR - 1
        raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {year}")
    return _from_ordinal(ordinal)


# Checks.

_missing = object()


def _arguments(required, values, extra, positional, total):
    """Complains about the arguments of a constructor as CPython's do: too many, then not ints, then too few."""
    if extra:
        given = positional + len(extra)
        if given > total:
            raise TypeError(f"function takes at most {total} arguments ({given} given)")
        raise TypeError(f"function takes at most {positional} positional arguments ({given} given)")
    for position, (name, value) in enumerate(zip(required, values), 1):
        if value is _missing:
            raise TypeError(f"function missing required argument '{name}' (pos {position})")
        _int32(value)


def _int32(n):
    n = _index(n)
    if not -2**63 <= n < 2**63:
        raise OverflowError("Python int too large to convert to C long")
    if not -2**31 <= n < 2**31:
        kind = "greater than maximum" if n > 0 else "less than minimum"
        raise OverflowError(f"signed integer is {kind}")
    return n


def _check_date(year, month, day):
    if type(year) is type(month) is type(day) is int and 0 < day < 29 and 0 < month < 13 and 0 < year < 10000:
        return year, month, day
    year, month, day = _int32(year), _int32(month), _int32(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {year}")
    if not 1 <= month <= 12:
        raise ValueError(f"month must be in 1..12, not {month}")
    limit = _days_in_month(year, month)
    if not 1 <= day <= limit:
        raise ValueError(f"day {day} must be in range 1..{limit} for month {month} in year {year}")
    return year, month, day


def _check_time(hour, minute, second, microsecond, fold):
    if (type(hour) is type(minute) is type(second) is type(microsecond) is type(fold) is int and 0 <= hour < 24
            and 0 <= minute < 60 and 0 <= second < 60 and 0 <= microsecond < 1000000 and 0 <= fold < 2):
        return hour, minute, second, microsecond, fold
    hour, minute, second = _int32(hour), _int32(minute), _int32(second)
    microsecond, fold = _int32(microsecond), _int32(fold)
    if not 0 <= hour <= 23:
        raise ValueError(f"hour must be in 0..23, not {hour}")
    if not 0 <= minute <= 59:
        raise ValueError(f"minute must be in 0..59, not {minute}")
    if not 0 <= second <= 59:
        raise ValueError(f"second must be in 0..59, not {second}")
    if not 0 <= microsecond <= 999999:
        raise ValueError(f"microsecond must be in 0..999999, not {microsecond}")
    if fold not in (0, 1):
        raise ValueError(f"fold must be either 0 or 1, not {fold}")
    return hour, minute, second, microsecond, fold


def _check_tzinfo(tz):
    if tz is not None and not isinstance(tz, tzinfo):
        raise TypeError(f"tzinfo argument must be None or of a tzinfo subclass, not type '{type(tz).__name__}'")


def _check_offset(name, offset):
    """What utcoffset() and dst() of a tzinfo may return."""
    if offset is None:
        return None
    if not isinstance(offset, timedelta):
        raise TypeError(f"tzinfo.{name}() must return None or a timedelta, not '{type(offset).__name__}'")
    if not -_ONE_DAY < offset < _ONE_DAY:
        raise ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and"
                         f" timedelta(hours=24), not {offset!r}")
    return offset


def _check_name(name):
    if name is not None and not isinstance(name, str):
        raise TypeError(f"tzinfo.tzname() must return None or a string, not '{type(name).__name__}'")
    return name


# Text.

def _time_text(hour, minute, second, micro, timespec):
    match timespec:
        case "auto":
            return (f"{hour:02d}:{minute:02d}:{second:02d}.{micro:06d}" if micro
                    else f"{hour:02d}:{minute:02d}:{second:02d}")
        case "seconds":
            return f"{hour:02d}:{minute:02d}:{second:02d}"
        case "hours":
            return f"{hour:02d}"
        case "minutes":
            return f"{hour:02d}:{minute:02d}"
        case "milliseconds":
            return f"{hour:02d}:{minute:02d}:{second:02d}.{micro // 1000:03d}"
        case "microseconds":
            return f"{hour:02d}:{minute:02d}:{second:02d}.{micro:06d}"
    if not isinstance(timespec, str):
        raise TypeError(f"isoformat() argument 'timespec' must be str, not {type(timespec).__name__}")
    raise ValueError("Unknown timespec value")


def _offset_text(offset, separator=":"):
    """+hh:mm[:ss[.ffffff]] of a UTC offset, or ''."""
    if offset is None:
        return ""
    us = offset._days * _DAY_US + offset._seconds * 10**6 + offset._microseconds
    sign = "+"
    if us < 0:
        sign, us = "-", -us
    seconds, micro = divmod(us, 10**6)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{sign}{hour:02d}{separator}{minute:02d}"
    if second or micro:
        text += f"{separator}{second:02d}"
        if micro:
            text += f".{micro:06d}"
    return text


def _strftime(obj, format, t):
    """Format a date, datetime or time; %f, %z and %Z are about the object itself."""
    if not isinstance(format, str):
        raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")

    def extra(directive):
        match directive:
            case "f":
                return f"{getattr(obj, 'microsecond', 0):06d}"
            case "z":
                return _offset_text(obj.utcoffset(), "") if hasattr(obj, "utcoffset") else ""
            case ":z":
                return _offset_text(obj.utcoffset()) if hasattr(obj, "utcoffset") else ""
            case "Z":
                return (obj.tzname() or "") if hasattr(obj, "tzname") else ""
            case "s":
                if isinstance(obj, datetime):
                    return str(int(obj.replace(tzinfo=None).timestamp()))
                return str(int(datetime(*t[:6]).timestamp()))
        return None

    return _format(format, t, extra)


def _digits(text, start, length):
    part = text[start:start + length]
    if len(part) != length or not (part.isascii() and part.isdigit()):
        raise ValueError
    return int(part)


def _parse_date(text):
    """Year, month, day of YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D] or YYYYWww[D]."""
    year = _digits(text, 0, 4)
    separated = text[4:5] == "-"
    at = 5 if separated else 4
    if text[at:at + 1] == "W":
        week = _digits(text, at + 1, 2)
        rest = text[at + 3:]
        day = 1
        if rest:
            if separated:
                if rest[0] != "-":
                    raise ValueError
                rest = rest[1:]
            if len(rest) != 1:
                raise ValueError
            day = _digits(rest, 0, 1)
        try:
            return _from_isocalendar(year, week, day)
        except ValueError:
            raise ValueError from None
    month = _digits(text, at, 2)
    at += 2
    if separated:
        if text[at:at + 1] != "-":
            raise ValueError
        at += 1
    day = _digits(text, at, 2)
    if at + 2 != len(text):
        raise ValueError
    return year, month, day


def _parse_clock(text):
    """Hour, minute, second and microsecond of hh[:mm[:ss[.f]]] or without colons."""
    parts = [0, 0, 0]
    at = 0
    separated = text[2:3] == ":"
    for i in range(3):
        parts[i] = _digits(text, at, 2)
        at += 2
        if at == len(text):
            return (*parts, 0)
        if i == 2:
            break
        if separated:
            if text[at] != ":":
                raise ValueError
            at += 1
        elif text[at] in ".,":
            raise ValueError
    if text[at] in ".,":
        at += 1
    elif separated:
        raise ValueError
    fraction = text[at:]
    if not fraction or not (fraction.isascii() and fraction.isdigit()):
        raise ValueError
    return (*parts, int(fraction[:6].ljust(6, "0")))


def _parse_time(text):
    """Hour, minute, second, microsecond, tzinfo, and whether it is the midnight that ends a day."""
    if len(text) < 2:
        raise ValueError
    zone_at = -1
    for i, c in enumerate(text):
        if c in "+-Z":
            zone_at = i
            break
    clock = text if zone_at < 0 else text[:zone_at]
    hour, minute, second, micro = _parse_clock(clock)
    tz = None
    if zone_at >= 0:
        zone = text[zone_at + 1:]
        if text[zone_at] == "Z":
            if zone:
                raise ValueError
            tz = UTC
        else:
            if len(zone) in (0, 1, 3) and not zone[2:3] == ".":
                raise ValueError
            zh, zm, zs, zu = _parse_clock(zone)
            if zh > 23 or zm > 59 or zs > 59:
                if zm > 59:
                    raise ValueError(f"minute must be in 0..59, not {zm}")
                if zs > 59:
                    raise ValueError(f"second must be in 0..59, not {zs}")
                delta = timedelta(hours=zh, minutes=zm, seconds=zs, microseconds=zu)
                raise ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and"
                                 f" timedelta(hours=24), not {delta!r}")
            delta = timedelta(hours=zh, minutes=zm, seconds=zs, microseconds=zu)
            if not delta:
                tz = UTC
            else:
                tz = timezone(-delta if text[zone_at] == "-" else delta)
    ends_day = hour == 24
    if ends_day:
        if minute or second or micro:
            raise ValueError("minute, second, and microsecond must be 0 when hour is 24")
        hour = 0
    return hour, minute, second, micro, tz, ends_day


def _fields_repr(obj, fields):
    cls = type(obj)
    name = f"datetime.{cls.__name__}" if cls in _own_classes else cls.__name__
    return f"{name}({fields})"


# Durations.

def _divide_nearest(a, b):
    """a / b rounded to the nearest integer, ties to even."""
    q, r = divmod(a, b)
    r *= 2
    greater = r > b if b > 0 else r < b
    if greater or (r == b and q % 2 == 1):
        q += 1
    return q


class timedelta:
    """A duration: timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)

All arguments are optional and default to 0.
Arguments may be integers or floats, and may be positive or negative."""

    __slots__ = "_days", "_seconds", "_microseconds", "_hash"

    def __new__(cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        total = 0
        left = 0.0
        for name, value, factor in (
                ("microseconds", microseconds, 1), ("milliseconds", milliseconds, 1000),
                ("seconds", seconds, 10**6), ("minutes", minutes, 60 * 10**6),
                ("hours", hours, 3600 * 10**6), ("days", days, _DAY_US), ("weeks", weeks, 7 * _DAY_US)):
            if isinstance(value, int):
                total += value * factor
            elif isinstance(value, float):
                whole = int(value)
                total += whole * factor
                fraction = value - whole
                if fraction:
                    fraction *= factor
                    whole = int(fraction)
                    total += whole
                    left += fraction - whole
            else:
                raise TypeError(f"unsupported type for timedelta {name} component: {type(value).__name__}")
        if left:
            whole = round(left)
            if abs(whole - left) == 0.5:
                odd = total & 1
                whole = int(2.0 * round((left + odd) * 0.5) - odd)
            total += whole
        return _delta(cls, total)

    @property
    def days(self):
        """Number of days."""
        return self._days

    @property
    def seconds(self):
        """Number of seconds (>= 0 and less than 1 day)."""
        return self._seconds

    @property
    def microseconds(self):
        """Number of microseconds (>= 0 and less than 1 second)."""
        return self._microseconds

    def _us(self):
        return self._days * _DAY_US + self._seconds * 10**6 + self._microseconds

    def total_seconds(self):
        """Total seconds in the duration."""
        return self._us() / 10**6

    def __repr__(self):
        parts = []
        if self._days:
            parts.append(f"days={self._days}")
        if self._seconds:
            parts.append(f"seconds={self._seconds}")
        if self._microseconds:
            parts.append(f"microseconds={self._microseconds}")
        return _fields_repr(self, ", ".join(parts) or "0")

    def __str__(self):
        minutes, second = divmod(self._seconds, 60)
        hour, minute = divmod(minutes, 60)
        text = f"{hour}:{minute:02d}:{second:02d}"
        if self._days:
            plural = "" if abs(self._days) == 1 else "s"
            text = f"{self._days} day{plural}, {text}"
        if self._microseconds:
            text += f".{self._microseconds:06d}"
        return text

    def __add__(self, other):
        if isinstance(other, timedelta):
            return _delta(timedelta, self._us() + other._us())
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return _delta(timedelta, self._us() - other._us())
        return NotImplemented

    def __rsub__(self, other):
        if isinstance(other, timedelta):
            return _delta(timedelta, other._us() - self._us())
        return NotImplemented

    def __neg__(self):
        return _delta(timedelta, -self._us())

    def __pos__(self):
        return self if type(self) is timedelta else _delta(timedelta, self._us())

    def __abs__(self):
        return -self if self._days < 0 else +self

    def __mul__(self, other):
        if isinstance(other, int):
            return _delta(timedelta, self._us() * other)
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            return _delta(timedelta, _divide_nearest(self._us() * a, b))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._us() // other._us()
        if isinstance(other, int):
            return _delta(timedelta, self._us() // other)
        return NotImplemented

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._us() / other._us()
        if isinstance(other, int):
            if other == 0:
                raise ZeroDivisionError("division by zero")
            return _delta(timedelta, _divide_nearest(self._us(), other))
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            if a == 0:
                raise ZeroDivisionError("division by zero")
            return _delta(timedelta, _divide_nearest(b * self._us(), a))
        return NotImplemented

    def __mod__(self, other):
        if isinstance(other, timedelta):
            return _delta(timedelta, self._us() % other._us())
        return NotImplemented

    def __divmod__(self, other):
        if isinstance(other, timedelta):
            quotient, rest = divmod(self._us(), other._us())
            return quotient, _delta(timedelta, rest)
        return NotImplemented

    def __eq__(self, other):
        return self._us() == other._us() if isinstance(other, timedelta) else NotImplemented

    def __lt__(self, other):
        return self._us() < other._us() if isinstance(other, timedelta) else NotImplemented

    def __le__(self, other):
        return self._us() <= other._us() if isinstance(other, timedelta) else NotImplemented

    def __gt__(self, other):
        return self._us() > other._us() if isinstance(other, timedelta) else NotImplemented

    def __ge__(self, other):
        return self._us() >= other._us() if isinstance(other, timedelta) else NotImplemented

    def __hash__(self):
        if self._hash == -1:
            self._hash = hash((self._days, self._seconds, self._microseconds))
        return self._hash

    def __bool__(self):
        return self._days != 0 or self._seconds != 0 or self._microseconds != 0

    def __reduce__(self):
        return self.__class__, (self._days, self._seconds, self._microseconds)


def _delta(cls, us):
    """A duration of so many microseconds."""
    rest, micro = divmod(us, 10**6)
    days, seconds = divmod(rest, 86400)
    if not -999999999 <= days <= 999999999:
        if not -2**31 <= days < 2**31:
            raise OverflowError("Python int too large to convert to C int")
        raise OverflowError(f"days={days}; must have magnitude <= 999999999")
    self = object.__new__(cls)
    self._days = days
    self._seconds = seconds
    self._microseconds = micro
    self._hash = -1
    return self


timedelta.min = timedelta(-999999999)
timedelta.max = timedelta(days=999999999, hours=23, minutes=59, seconds=59, microseconds=999999)
timedelta.resolution = timedelta(microseconds=1)
_ONE_DAY = timedelta(1)
_ZERO = timedelta(0)


# Dates.

class IsoCalendarDate(tuple):
    """The result of date.isocalendar() or datetime.isocalendar()

This object may be accessed either as a tuple of
  ((year, week, weekday))
or via the object attributes as named in the above tuple."""

    __slots__ = ()
    __module__ = "datetime"

    def __new__(cls, year, week, weekday, /):
        return super().__new__(cls, (year, week, weekday))

    @property
    def year(self):
        return self[0]

    @property
    def week(self):
        return self[1]

    @property
    def weekday(self):
        return self[2]

    def __reduce__(self):
        return tuple, (tuple(self),)

    def __repr__(self):
        return f"{type(self).__module__}.{type(self).__name__}(year={self[0]}, week={self[1]}, weekday={self[2]})"


def _check_strptime(*args):
    for position, arg in enumerate(args, 1):
        if not isinstance(arg, str):
            kind = "None" if arg is None else type(arg).__name__
            raise TypeError(f"strptime() argument {position} must be str, not {kind}")


class date:
    """date(year, month, day) --> date object"""

    __slots__ = "_year", "_month", "_day", "_hash"

    def __new__(cls, year=_missing, month=_missing, day=_missing, *extra):
        if month is _missing and isinstance(year, (bytes, str)):
            state = _state(year, 4, 2)
            if state is not None:
                return _date(cls, state[0] * 256 + state[1], state[2], state[3])
        if day is _missing or month is _missing or extra:
            _arguments(("year", "month", "day"), (year, month, day), extra, 3, 3)
        return _date(cls, *_check_date(year, month, day))

    @classmethod
    def fromtimestamp(cls, t, /):
        """Create a date from a POSIX timestamp."""
        if t is None:
            raise TypeError("'NoneType' object cannot be interpreted as an integer")
        y, m, d, *_ = _time.localtime(t)
        return cls(y, m, d)

    @classmethod
    def today(cls):
        """Current date or datetime: same as self.__class__.fromtimestamp(time.time())."""
        return cls.fromtimestamp(_time.time())

    @classmethod
    def fromordinal(cls, n, /):
        """Construct a date corresponding to a proleptic Gregorian ordinal."""
        n = _int32(n)
        if n < 1:
            raise ValueError("ordinal must be >= 1")
        if n > _MAX_ORDINAL:
            year = n * 400 // 146097 + 1
            raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {max(year, MAXYEAR + 1)}")
        return cls(*_from_ordinal(n))

    @classmethod
    def fromisoformat(cls, string, /):
        """Construct a date from a string in ISO 8601 format."""
        if not isinstance(string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            if len(string) not in (7, 8, 10):
                raise ValueError
            year, month, day = _parse_date(string)
        except ValueError as err:
            if err.args:
                raise
            raise ValueError(f"Invalid isoformat string: {string!r}") from None
        return cls(year, month, day)

    @classmethod
    def fromisocalendar(cls, year, week, day):
        """Construct a date from the ISO year, week number and weekday."""
        return cls(*_from_isocalendar(_index(year), _index(week), _index(day)))

    @classmethod
    def strptime(cls, string, format, /):
        """Parse string according to the given date format (like time.strptime())."""
        _check_strptime(string, format)
        import _strptime
        return _strptime._strptime_date(cls, string, format)

    @property
    def year(self):
        return self._year

    @property
    def month(self):
        return self._month

    @property
    def day(self):
        return self._day

    def __repr__(self):
        return _fields_repr(self, f"{self._year}, {self._month}, {self._day}")

    def ctime(self):
        """Return ctime() style string."""
        weekday = _DAYS[self.weekday()][:3]
        return f"{weekday} {_MONTHS[self._month - 1][:3]} {self._day:2d} 00:00:00 {self._year:04d}"

    def strftime(self, format):
        """format -> strftime() style string."""
        return _strftime(self, format, self.timetuple())

    def __format__(self, format, /):
        if not isinstance(format, str):
            raise TypeError(f"__format__() argument 1 must be str, not {type(format).__name__}")
        return self.strftime(format) if format else str(self)

    def isoformat(self):
        """Return string in ISO 8601 format, YYYY-MM-DD."""
        return f"{self._year:04d}-{self._month:02d}-{self._day:02d}"

    __str__ = isoformat

    def timetuple(self):
        """Return time tuple, compatible with time.localtime()."""
        return _struct_time(self, 0, 0, 0, -1)

    def toordinal(self):
        """Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."""
        return _ordinal(self._year, self._month, self._day)

    def replace(self, /, year=None, month=None, day=None):
        """Return date with new specified fields."""
        if year is None:
            year = self._year
        if month is None:
            month = self._month
        if day is None:
            day = self._day
        return type(self)(year, month, day)

    __replace__ = replace

    def weekday(self):
        """Return the day of the week represented by the date.
Monday == 0 ... Sunday == 6"""
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        """Return the day of the week represented by the date.
Monday == 1 ... Sunday == 7"""
        return self.toordinal() % 7 or 7

    def isocalendar(self):
        """Return a named tuple containing ISO year, week number, and weekday."""
        year = self._year
        today = _ordinal(year, self._month, self._day)
        week, day = divmod(today - _iso_week_one(year), 7)
        if week < 0:
            year -= 1
            week, day = divmod(today - _iso_week_one(year), 7)
        elif week >= 52 and today >= _iso_week_one(year + 1):
            year += 1
            week = 0
        return IsoCalendarDate(year, week + 1, day + 1)

    def _date_key(self):
        return (self._year * 12 + self._month) * 31 + self._day

    def __eq__(self, other):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._date_key() == other._date_key()
        return NotImplemented

    def __lt__(self, other):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._date_key() < other._date_key()
        return NotImplemented

    def __le__(self, other):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._date_key() <= other._date_key()
        return NotImplemented

    def __gt__(self, other):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._date_key() > other._date_key()
        return NotImplemented

    def __ge__(self, other):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._date_key() >= other._date_key()
        return NotImplemented

    def __hash__(self):
        if self._hash == -1:
            self._hash = hash(self._date_state())
        return self._hash

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        return type(self).fromordinal(_ordinal_in_range(self.toordinal() + other._days))

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return type(self).fromordinal(_ordinal_in_range(self.toordinal() - other._days))
        if isinstance(other, date) and not isinstance(other, datetime):
            return timedelta(self.toordinal() - other.toordinal())
        return NotImplemented

    def _date_state(self):
        high, low = divmod(self._year, 256)
        return bytes((high, low, self._month, self._day))

    def __reduce__(self):
        return self.__class__, (self._date_state(),)


def _date(cls, year, month, day):
    self = object.__new__(cls)
    self._year = year
    self._month = month
    self._day = day
    self._hash = -1
    return self


def _ordinal_in_range(n):
    if 1 <= n <= _MAX_ORDINAL:
        return n
    raise OverflowError("date value out of range")


def _check_tzinfo_state(tz):
    if tz is not None and not isinstance(tz, _tzinfo_class):
        raise TypeError("bad tzinfo state arg")


def _state(value, length, month_at):
    """The bytes of a pickled object, or None if it is something else."""
    if isinstance(value, str):
        try:
            value = value.encode("latin1")
        except UnicodeEncodeError:
            raise ValueError("Failed to encode latin1 string when unpickling a date object. pickle.load(data, "
                             "encoding='latin1') is assumed.") from None
    if len(value) == length and (month_at is None or 1 <= value[month_at] & 0x7f <= 12):
        return value
    return None


def _struct_time(obj, hour, minute, second, dst):
    ordinal = obj.toordinal()
    yday = ordinal - _ordinal(obj._year, 1, 1) + 1
    return _time.struct_time(
        (obj._year, obj._month, obj._day, hour, minute, second, (ordinal + 6) % 7, yday, dst))


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
date.resolution = _ONE_DAY


# Time zones.

class tzinfo:
    """Abstract base class for time zone info objects."""

    __slots__ = ()

    def tzname(self, dt, /):
        """datetime -> string name of time zone."""
        raise NotImplementedError("a tzinfo subclass must implement tzname()")

    def utcoffset(self, dt, /):
        """datetime -> timedelta showing offset from UTC, negative values indicating West of UTC."""
        raise NotImplementedError("a tzinfo subclass must implement utcoffset()")

    def dst(self, dt, /):
        """datetime -> DST offset as timedelta positive east of UTC."""
        raise NotImplementedError("a tzinfo subclass must implement dst()")

    def fromutc(self, dt, /):
        """datetime in UTC -> datetime in local time."""
        if not isinstance(dt, datetime):
            raise TypeError("fromutc: argument must be a datetime")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        offset = dt.utcoffset()
        if offset is None:
            raise ValueError("fromutc: non-None utcoffset() result required")
        dst = dt.dst()
        if dst is None:
            raise ValueError("fromutc: non-None dst() result required")
        delta = offset - dst
        if delta:
            dt += delta
            dst = dt.dst()
            if dst is None:
                raise ValueError("fromutc: tz.dst() gave inconsistent results; cannot convert")
        return dt + dst

    def __reduce__(self):
        args = getattr(self, "__getinitargs__", tuple)()
        return self.__class__, args, self.__getstate__()


class timezone(tzinfo):
    """Fixed offset from UTC implementation of tzinfo."""

    __slots__ = "_offset", "_name"

    def __new__(cls, offset, name=_missing):
        if not isinstance(offset, timedelta):
            raise TypeError("timezone() argument 1 must be datetime.timedelta, not " + _type_name(offset))
        if name is _missing:
            name = None
            if not offset:
                return cls.utc
        elif not isinstance(name, str):
            found = "None" if name is None else type(name).__name__
            raise TypeError(f"timezone() argument 2 must be str, not {found}")
        if not -_ONE_DAY < offset < _ONE_DAY:
            raise ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and"
                             f" timedelta(hours=24), not {offset!r}")
        return _timezone(offset, name)

    def __init_subclass__(cls):
        raise TypeError("type 'datetime.timezone' is not an acceptable base type")

    def __getinitargs__(self):
        """pickle support"""
        return (self._offset,) if self._name is None else (self._offset, self._name)

    def __reduce__(self):
        return timezone, self.__getinitargs__()

    def __eq__(self, other):
        return self._offset == other._offset if isinstance(other, timezone) else NotImplemented

    def __hash__(self):
        return hash(self._offset)

    def __repr__(self):
        if self is timezone.utc:
            return "datetime.timezone.utc"
        if self._name is None:
            return f"datetime.timezone({self._offset!r})"
        return f"datetime.timezone({self._offset!r}, {self._name!r})"

    def __str__(self):
        if self._name is not None:
            return self._name
        return "UTC" + _offset_text(self._offset) if self._offset else "UTC"

    def _check(self, dt, name):
        if dt is not None and not isinstance(dt, datetime):
            raise TypeError(f"{name}(dt) argument must be a datetime instance or None, not {type(dt).__name__}")

    def utcoffset(self, dt, /):
        """Return fixed offset."""
        self._check(dt, "utcoffset")
        return self._offset

    def tzname(self, dt, /):
        """If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'."""
        self._check(dt, "tzname")
        return str(self)

    def dst(self, dt, /):
        """Return None."""
        self._check(dt, "dst")
        return None

    def fromutc(self, dt, /):
        """datetime in UTC -> datetime in local time."""
        if not isinstance(dt, datetime):
            raise TypeError("fromutc: argument must be a datetime instance")
        if dt.tzinfo is not self:
            raise ValueError("fromutc: dt.tzinfo is not self")
        return dt + self._offset


def _timezone(offset, name=None):
    self = object.__new__(timezone)
    self._offset = offset
    self._name = name
    return self


def _type_name(value):
    cls = type(value)
    return cls.__name__ if cls.__module__ in ("builtins", "__main__") else f"{cls.__module__}.{cls.__name__}"


UTC = timezone.utc = _timezone(_ZERO)
timezone.min = _timezone(-timedelta(hours=23, minutes=59))
timezone.max = _timezone(timedelta(hours=23, minutes=59))


# Times of day.

class time:
    """time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object

All arguments are optional. tzinfo may be None, or an instance of
a tzinfo subclass. The remaining arguments may be ints."""

    __slots__ = "_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold", "_hash"

    def __new__(cls, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *extra, fold=0):
        if extra:
            _arguments((), (), extra, 5, 6)
        if isinstance(hour, (bytes, str)):
            state = _state(hour, 6, None)
            if state is not None and state[0] & 0x7f < 24:
                tz = minute or None
                _check_tzinfo_state(tz)
                micro = (state[3] * 256 + state[4]) * 256 + state[5]
                return _make_time(cls, state[0] & 0x7f, state[1], state[2], micro, tz, state[0] >> 7)
        hour, minute, second, microsecond, fold = _check_time(hour, minute, second, microsecond, fold)
        _check_tzinfo(tzinfo)
        return _make_time(cls, hour, minute, second, microsecond, tzinfo, fold)

    @classmethod
    def strptime(cls, string, format, /):
        """Parse string according to the given time format (like time.strptime())."""
        _check_strptime(string, format)
        import _strptime
        return _strptime._strptime_time_of_day(cls, string, format)

    @classmethod
    def fromisoformat(cls, string, /):
        """Construct a time from a string in ISO 8601 format."""
        if not isinstance(string, str):
            raise TypeError("fromisoformat: argument must be str")
        text = string.removeprefix("T")
        try:
            hour, minute, second, micro, tz, _ends_day = _parse_time(text)
        except ValueError as err:
            if err.args:
                raise
            raise ValueError(f"Invalid isoformat string: {string!r}") from None
        return cls(hour, minute, second, micro, tz)

    @property
    def hour(self):
        return self._hour

    @property
    def minute(self):
        return self._minute

    @property
    def second(self):
        return self._second

    @property
    def microsecond(self):
        return self._microsecond

    @property
    def tzinfo(self):
        return self._tzinfo

    @property
    def fold(self):
        return self._fold

    def _compare(self, other, equality=False):
        """Difference in microseconds; None if the two cannot be compared and only equality is asked."""
        a = self._clock_us()
        b = other._clock_us()
        if self._tzinfo is other._tzinfo:
            return a - b
        a_offset, b_offset = self.utcoffset(), other.utcoffset()
        if a_offset == b_offset:
            return a - b
        if a_offset is None or b_offset is None:
            if equality:
                return None
            raise TypeError("can't compare offset-naive and offset-aware times")
        return (a - a_offset._us()) - (b - b_offset._us())

    def _clock_us(self):
        return ((self._hour * 60 + self._minute) * 60 + self._second) * 10**6 + self._microsecond

    def __eq__(self, other):
        return self._compare(other, True) == 0 if isinstance(other, time) else NotImplemented

    def __lt__(self, other):
        return self._compare(other) < 0 if isinstance(other, time) else NotImplemented

    def __le__(self, other):
        return self._compare(other) <= 0 if isinstance(other, time) else NotImplemented

    def __gt__(self, other):
        return self._compare(other) > 0 if isinstance(other, time) else NotImplemented

    def __ge__(self, other):
        return self._compare(other) >= 0 if isinstance(other, time) else NotImplemented

    def __hash__(self):
        if self._hash == -1:
            base = self.replace(fold=0) if self._fold else self
            offset = base.utcoffset()
            self._hash = hash(self._clock_us() - offset._us()) if offset else hash(self._clock_us())
        return self._hash

    def __repr__(self):
        fields = f"{self._hour}, {self._minute}"
        if self._second or self._microsecond:
            fields += f", {self._second}"
        if self._microsecond:
            fields += f", {self._microsecond}"
        if self._tzinfo is not None:
            fields += f", tzinfo={self._tzinfo!r}"
        if self._fold:
            fields += ", fold=1"
        return _fields_repr(self, fields)

    def isoformat(self, timespec="auto"):
        """Return the time formatted according to ISO."""
        return _time_text(self._hour, self._minute, self._second, self._microsecond, timespec) + _offset_text(
            self.utcoffset())

    __str__ = isoformat

    def strftime(self, format):
        """format -> strftime() style string."""
        return _strftime(self, format, (1900, 1, 1, self._hour, self._minute, self._second, 0, 1, -1))

    def __format__(self, format, /):
        if not isinstance(format, str):
            raise TypeError(f"__format__() argument 1 must be str, not {type(format).__name__}")
        return self.strftime(format) if format else str(self)

    def utcoffset(self):
        """Return self.tzinfo.utcoffset(self)."""
        return None if self._tzinfo is None else _check_offset("utcoffset", self._tzinfo.utcoffset(None))

    def tzname(self):
        """Return self.tzinfo.tzname(self)."""
        return None if self._tzinfo is None else _check_name(self._tzinfo.tzname(None))

    def dst(self):
        """Return self.tzinfo.dst(self)."""
        return None if self._tzinfo is None else _check_offset("dst", self._tzinfo.dst(None))

    def replace(self, /, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, *, fold=None):
        """Return time with new specified fields."""
        return type(self)(
            self._hour if hour is None else hour,
            self._minute if minute is None else minute,
            self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond,
            self._tzinfo if tzinfo is True else tzinfo,
            fold=self._fold if fold is None else fold)

    __replace__ = replace

    def _time_state(self, protocol):
        high, low = divmod(self._microsecond, 65536)
        middle, low = divmod(low, 256)
        hour = self._hour + 128 if self._fold and protocol > 3 else self._hour
        state = bytes((hour, self._minute, self._second, high, middle, low))
        return (state,) if self._tzinfo is None else (state, self._tzinfo)

    def __reduce_ex__(self, protocol, /):
        return self.__class__, self._time_state(protocol)

    def __reduce__(self):
        return self.__reduce_ex__(2)


def _make_time(cls, hour, minute, second, microsecond, tz, fold):
    self = object.__new__(cls)
    self._hour = hour
    self._minute = minute
    self._second = second
    self._microsecond = microsecond
    self._tzinfo = tz
    self._fold = fold
    self._hash = -1
    return self


time.min = time(0, 0, 0)
time.max = time(23, 59, 59, 999999)
time.resolution = timedelta(microseconds=1)
_time_class = time
_tzinfo_class = tzinfo


# Dates with times.

class datetime(date):
    """datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])

The year, month and day arguments are required. tzinfo may be None, or an
instance of a tzinfo subclass. The remaining arguments may be ints."""

    __slots__ = "_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold"

    def __new__(cls, year=_missing, month=_missing, day=_missing, hour=0, minute=0, second=0, microsecond=0,
                tzinfo=None, *extra, fold=0):
        if day is _missing and isinstance(year, (bytes, str)):
            state = _state(year, 10, 2)
            if state is not None:
                month = None if month is _missing else month
                _check_tzinfo_state(month)
                micro = (state[7] * 256 + state[8]) * 256 + state[9]
                return _datetime(cls, state[0] * 256 + state[1], state[2] & 0x7f, state[3], state[4],
                                 state[5], state[6], micro, month, state[2] >> 7)
        if day is _missing or month is _missing or year is _missing or extra:
            _arguments(("year", "month", "day"), (year, month, day), extra, 8, 9)
        _check_tzinfo(tzinfo)
        try:
            year, month, day = _check_date(year, month, day)
            hour, minute, second, microsecond, fold = _check_time(hour, minute, second, microsecond, fold)
        except (TypeError, ValueError, OverflowError):
            # An argument that is no machine integer comes before any that is out of range.
            for number in (year, month, day, hour, minute, second, microsecond, fold):
                _int32(number)
            raise
        return _datetime(cls, year, month, day, hour, minute, second, microsecond, tzinfo, fold)

    @property
    def hour(self):
        return self._hour

    @property
    def minute(self):
        return self._minute

    @property
    def second(self):
        return self._second

    @property
    def microsecond(self):
        return self._microsecond

    @property
    def tzinfo(self):
        return self._tzinfo

    @property
    def fold(self):
        return self._fold

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        """timestamp[, tz] -> tz's local time from POSIX timestamp."""
        _check_tzinfo(tz)
        seconds, micro = _split_timestamp(timestamp)
        if tz is None:
            return _local(cls, seconds, micro)
        return tz.fromutc(_utc(cls, seconds, micro, tz))

    @classmethod
    def utcfromtimestamp(cls, timestamp, /):
        """Construct a naive UTC datetime from a POSIX timestamp."""
        import warnings
        warnings.warn("datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future"
                      " version. Use timezone-aware objects to represent datetimes in UTC:"
                      " datetime.datetime.fromtimestamp(timestamp, datetime.UTC).",
                      DeprecationWarning, stacklevel=2)
        return _utc(cls, *_split_timestamp(timestamp), None)

    @classmethod
    def now(cls, tz=None):
        """Returns new datetime object representing current time local to tz.

  tz
    Timezone object.

If no tz is specified, uses local timezone."""
        _check_tzinfo(tz)
        seconds, ns = divmod(_time.time_ns(), 10**9)
        if tz is None:
            return _local(cls, seconds, ns // 1000)
        return tz.fromutc(_utc(cls, seconds, ns // 1000, tz))

    @classmethod
    def today(cls):
        """Current date or datetime: same as self.__class__.fromtimestamp(time.time())."""
        return cls.fromtimestamp(_time.time())

    @classmethod
    def utcnow(cls):
        """Return a new datetime representing UTC day and time."""
        import warnings
        warnings.warn("datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version."
                      " Use timezone-aware objects to represent datetimes in UTC:"
                      " datetime.datetime.now(datetime.UTC).", DeprecationWarning, stacklevel=2)
        seconds, ns = divmod(_time.time_ns(), 10**9)
        return _utc(cls, seconds, ns // 1000, None)

    @classmethod
    def combine(cls, date, time, tzinfo=True):
        """date, time -> datetime with same date and time fields"""
        if not isinstance(date, _date_class):
            raise TypeError(f"combine() argument 1 must be datetime.date, not {_type_name(date)}")
        if not isinstance(time, _time_class):
            raise TypeError(f"combine() argument 2 must be datetime.time, not {_type_name(time)}")
        if tzinfo is True:
            tzinfo = time._tzinfo
        return cls(date._year, date._month, date._day, time._hour, time._minute, time._second,
                   time._microsecond, tzinfo, fold=time._fold)

    @classmethod
    def fromisoformat(cls, string, /):
        """Construct a date from a string in ISO 8601 format."""
        if not isinstance(string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            if len(string) < 7:
                raise ValueError
            split = _date_end(string)
            year, month, day = _parse_date(string[:split])
            hour = minute = second = micro = 0
            tz, ends_day = None, False
            if split < len(string):
                hour, minute, second, micro, tz, ends_day = _parse_time(string[split + 1:])
        except ValueError as err:
            if err.args:
                raise
            raise ValueError(f"Invalid isoformat string: {string!r}") from None
        if ends_day:
            year, month, day = _check_date(year, month, day)
            n = _ordinal(year, month, day) + 1
            if n > _MAX_ORDINAL:
                raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {MAXYEAR + 1}")
            year, month, day = _from_ordinal(n)
        return cls(year, month, day, hour, minute, second, micro, tz)

    @classmethod
    def strptime(cls, string, format, /):
        """string, format -> new datetime parsed from a string (like time.strptime())."""
        _check_strptime(string, format)
        import _strptime
        return _strptime._strptime_datetime(cls, string, format)

    def timetuple(self):
        """Return time tuple, compatible with time.localtime()."""
        dst = self.dst()
        dst = -1 if dst is None else int(bool(dst))
        return _struct_time(self, self._hour, self._minute, self._second, dst)

    def utctimetuple(self):
        """Return UTC time tuple, compatible with time.localtime()."""
        offset = self.utcoffset()
        obj = self.replace(tzinfo=None)
        if offset:
            obj -= offset
        return _struct_time(obj, obj._hour, obj._minute, obj._second, 0)

    def timestamp(self):
        """Return POSIX timestamp as float."""
        if self._tzinfo is None:
            return _local_seconds(self) + self._microsecond / 1e6
        return (self - _EPOCH).total_seconds()

    def date(self):
        """Return date object with same year, month and day."""
        return _date(_date_class, self._year, self._month, self._day)

    def time(self):
        """Return time object with same time but with tzinfo=None."""
        return _make_time(_time_class, self._hour, self._minute, self._second, self._microsecond, None, self._fold)

    def timetz(self):
        """Return time object with same time and tzinfo."""
        return _make_time(_time_class, self._hour, self._minute, self._second, self._microsecond, self._tzinfo,
                          self._fold)

    def replace(self, /, year=None, month=None, day=None, hour=None, minute=None, second=None,
                microsecond=None, tzinfo=True, *, fold=None):
        """Return datetime with new specified fields."""
        return type(self)(
            self._year if year is None else year,
            self._month if month is None else month,
            self._day if day is None else day,
            self._hour if hour is None else hour,
            self._minute if minute is None else minute,
            self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond,
            self._tzinfo if tzinfo is True else tzinfo,
            fold=self._fold if fold is None else fold)

    __replace__ = replace

    def astimezone(self, tz=None):
        """tz -> convert to local time in new timezone tz"""
        if tz is not None and not isinstance(tz, _tzinfo_class):
            raise TypeError(f"astimezone() argument 1 must be datetime.tzinfo, not {_type_name(tz)}")
        own = self._tzinfo
        offset = own.utcoffset(self) if own is not None else None
        offset = _check_offset("utcoffset", offset)
        if offset is None:
            seconds = _local_seconds(self)
            # In a gap the zone is the one on the other side of it, which the reading was meant in.
            other = _local_seconds(self.replace(fold=1 - self._fold))
            if other != seconds and (other > seconds) == self._fold:
                seconds = other
            own = _local_zone(seconds)
            offset = own._offset
        if tz is own:
            return self
        utc = (self.replace(tzinfo=None) - offset).replace(tzinfo=UTC)
        if tz is None:
            tz = _local_zone((utc - _EPOCH) // timedelta(seconds=1))
        return tz.fromutc(utc.replace(tzinfo=tz))

    def ctime(self):
        """Return ctime() style string."""
        weekday = _DAYS[self.weekday()][:3]
        return (f"{weekday} {_MONTHS[self._month - 1][:3]} {self._day:2d}"
                f" {self._hour:02d}:{self._minute:02d}:{self._second:02d} {self._year:04d}")

    def isoformat(self, sep="T", timespec="auto"):
        """[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM]."""
        if not isinstance(sep, str) or len(sep) != 1:
            found = "not a string of length " + str(len(sep)) if isinstance(sep, str) else "not " + type(sep).__name__
            raise TypeError(f"isoformat() argument 1 must be a unicode character, {found}")
        return (f"{self._year:04d}-{self._month:02d}-{self._day:02d}{sep}"
                + _time_text(self._hour, self._minute, self._second, self._microsecond, timespec)
                + _offset_text(self.utcoffset()))

    def __repr__(self):
        fields = f"{self._year}, {self._month}, {self._day}, {self._hour}, {self._minute}"
        if self._second or self._microsecond:
            fields += f", {self._second}"
        if self._microsecond:
            fields += f", {self._microsecond}"
        if self._fold:
            fields += ", fold=1"
        if self._tzinfo is not None:
            fields += f", tzinfo={self._tzinfo!r}"
        return _fields_repr(self, fields)

    def __str__(self):
        return self.isoformat(sep=" ")

    def utcoffset(self):
        """Return self.tzinfo.utcoffset(self)."""
        return None if self._tzinfo is None else _check_offset("utcoffset", self._tzinfo.utcoffset(self))

    def tzname(self):
        """Return self.tzinfo.tzname(self)."""
        return None if self._tzinfo is None else _check_name(self._tzinfo.tzname(self))

    def dst(self):
        """Return self.tzinfo.dst(self)."""
        return None if self._tzinfo is None else _check_offset("dst", self._tzinfo.dst(self))

    def _naive_us(self):
        """Microseconds since the day before the first."""
        return (self.toordinal() * _DAY_US
                + ((self._hour * 60 + self._minute) * 60 + self._second) * 10**6 + self._microsecond)

    def _compare(self, other, equality=False):
        """Difference in microseconds; None if the two cannot be equal or compared and only equality is asked."""
        if self._tzinfo is other._tzinfo:
            return self._naive_us() - other._naive_us()
        a_offset, b_offset = self.utcoffset(), other.utcoffset()
        if equality:
            # A time in a gap or fold, whose offset depends on fold, equals nothing in another zone.
            if a_offset != self.replace(fold=not self._fold).utcoffset():
                return None
            if b_offset != other.replace(fold=not other._fold).utcoffset():
                return None
        if a_offset == b_offset:
            return self._naive_us() - other._naive_us()
        if a_offset is None or b_offset is None:
            if equality:
                return None
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return (self._naive_us() - a_offset._us()) - (other._naive_us() - b_offset._us())

    def __eq__(self, other):
        return self._compare(other, True) == 0 if isinstance(other, datetime) else NotImplemented

    def __lt__(self, other):
        return self._compare(other) < 0 if isinstance(other, datetime) else NotImplemented

    def __le__(self, other):
        return self._compare(other) <= 0 if isinstance(other, datetime) else NotImplemented

    def __gt__(self, other):
        return self._compare(other) > 0 if isinstance(other, datetime) else NotImplemented

    def __ge__(self, other):
        return self._compare(other) >= 0 if isinstance(other, datetime) else NotImplemented

    def __hash__(self):
        if self._hash == -1:
            base = self.replace(fold=0) if self._fold else self
            offset = base.utcoffset()
            if offset is None:
                self._hash = hash(self._naive_us())
            else:
                self._hash = hash(_delta(timedelta, self._naive_us() - offset._us()))
        return self._hash

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        return _from_us(type(self), self._naive_us() + other._us(), self._tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return _from_us(type(self), self._naive_us() - other._us(), self._tzinfo)
        if not isinstance(other, datetime):
            return NotImplemented
        difference = self._naive_us() - other._naive_us()
        if self._tzinfo is other._tzinfo:
            return _delta(timedelta, difference)
        a_offset, b_offset = self.utcoffset(), other.utcoffset()
        if a_offset == b_offset:
            return _delta(timedelta, difference)
        if a_offset is None or b_offset is None:
            raise TypeError("can't subtract offset-naive and offset-aware datetimes")
        return _delta(timedelta, difference - a_offset._us() + b_offset._us())

    def _datetime_state(self, protocol):
        high_year, low_year = divmod(self._year, 256)
        high, low = divmod(self._microsecond, 65536)
        middle, low = divmod(low, 256)
        month = self._month + 128 if self._fold and protocol > 3 else self._month
        state = bytes((high_year, low_year, month, self._day, self._hour, self._minute, self._second, high,
                       middle, low))
        return (state,) if self._tzinfo is None else (state, self._tzinfo)

    def __reduce_ex__(self, protocol, /):
        return self.__class__, self._datetime_state(protocol)

    def __reduce__(self):
        return self.__reduce_ex__(2)


_date_class = date


def _datetime(cls, year, month, day, hour, minute, second, microsecond, tz, fold):
    self = object.__new__(cls)
    self._year = year
    self._month = month
    self._day = day
    self._hour = hour
    self._minute = minute
    self._second = second
    self._microsecond = microsecond
    self._tzinfo = tz
    self._fold = fold
    self._hash = -1
    return self


def _from_us(cls, us, tz):
    """The datetime so many microseconds after the day before the first."""
    rest, micro = divmod(us, 10**6)
    days, seconds = divmod(rest, 86400)
    year, month, day = _from_ordinal(_ordinal_in_range(days))
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if cls is datetime:
        return _datetime(cls, year, month, day, hour, minute, second, micro, tz, 0)
    return cls(year, month, day, hour, minute, second, micro, tz)


def _date_end(text):
    """Where the date of an ISO text ends; one separator may follow."""
    if len(text) == 7:
        return 7
    if text[4] == "-":
        if text[5] == "W":
            if len(text) < 8:
                raise ValueError
            if len(text) > 8 and text[8] == "-":
                if len(text) == 9:
                    raise ValueError
                if len(text) > 10 and text[10].isdigit() and text[10].isascii():
                    # The dash is the separator: YYYY-Www-hh.
                    return 8
                return 10
            return 8
        return 10
    if text[4] == "W":
        # YYYYWww or YYYYWwwd: as many digits as there are decide.
        at = 7
        while at < len(text) and text[at].isascii() and text[at].isdigit():
            at += 1
        if at < 9:
            return at
        return 7 if at % 2 == 0 else 8
    return 8


def _split_timestamp(timestamp):
    """Whole seconds and microseconds, rounded half to even."""
    if isinstance(timestamp, float):
        if timestamp != timestamp:
            raise ValueError("Invalid value NaN (not a number)")
        if abs(timestamp) > 1e18:
            raise OverflowError("timestamp out of range for platform time_t")
        whole = int(timestamp // 1)
        micro = round((timestamp - whole) * 10**6)
        if micro == 10**6:
            whole, micro = whole + 1, 0
        return whole, micro
    return _index(timestamp), 0


def _utc(cls, seconds, micro, tz):
    days, rest = divmod(seconds, 86400)
    n = days + _EPOCH_ORDINAL
    if not 1 <= n <= _MAX_ORDINAL:
        year = 1970 + seconds // 31556952
        if abs(seconds) > 67768036191676799:
            raise OverflowError("timestamp out of range for platform time_t")
        raise ValueError(f"year must be in {MINYEAR}..{MAXYEAR}, not {year}")
    year, month, day = _from_ordinal(n)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    if cls is datetime:
        return _datetime(cls, year, month, day, hour, minute, second, micro, tz, 0)
    return cls(year, month, day, hour, minute, second, micro, tz)


def _local(cls, seconds, micro):
    """The naive local datetime of a POSIX time; fold says that it is the second of two."""
    if not -62135596800 - 86400 <= seconds <= 253402300799 + 86400:
        return _utc(cls, seconds, micro, None)
    t = _time.localtime(seconds)
    made = cls(t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, min(t.tm_sec, 59), micro)
    # Was the clock put back within the last day? Then the same reading occurred before.
    earlier = _time.localtime(seconds - 86400)
    change = (t.tm_gmtoff or 0) - (earlier.tm_gmtoff or 0)
    if change < 0:
        before = _time.localtime(seconds + change)
        if before[:6] == t[:6]:
            made = made.replace(fold=1)
    return made


def _local_seconds(dt):
    """The POSIX time of a naive local datetime, without its microseconds."""
    wanted = (dt.toordinal() - _EPOCH_ORDINAL) * 86400 + (dt._hour * 60 + dt._minute) * 60 + dt._second

    def local(seconds):
        t = _time.localtime(seconds)
        days = _ordinal(t.tm_year, t.tm_mon, t.tm_mday) - _EPOCH_ORDINAL
        return days * 86400 + (t.tm_hour * 60 + t.tm_min) * 60 + t.tm_sec

    first_offset = local(wanted) - wanted
    first = wanted - first_offset
    first_back = local(first)
    if first_back == wanted:
        # Perhaps a second solution, a fold away.
        second = first + (86400 if dt._fold else -86400)
        second_offset = local(second) - second
        if first_offset == second_offset:
            return first
    else:
        second_offset = first_back - first
    second = wanted - second_offset
    if local(second) == wanted:
        return second
    if first_back == wanted:
        return first
    # In a gap: fold chooses the offset before or after it.
    return (max, min)[dt._fold](first, second)


def _local_zone(seconds):
    """The local time zone at a POSIX time."""
    t = _time.localtime(seconds)
    return _timezone(timedelta(seconds=t.tm_gmtoff), t.tm_zone)


datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_own_classes = (timedelta, date, tzinfo, timezone, time, datetime, IsoCalendarDate)
for _class in _own_classes:
    _qualified(_class)
del _class
