"""Calendars of months and years as lists, as text, as HTML."""

import datetime
import sys
from enum import IntEnum, global_enum
from itertools import chain, repeat

__all__ = ['IllegalMonthError', 'IllegalWeekdayError', 'setfirstweekday', 'firstweekday', 'isleap', 'leapdays',
           'weekday', 'monthrange', 'monthcalendar', 'prmonth', 'month', 'prcal', 'calendar', 'timegm', 'month_name',
           'month_abbr', 'day_name', 'day_abbr', 'Calendar', 'TextCalendar', 'HTMLCalendar', 'LocaleTextCalendar',
           'LocaleHTMLCalendar', 'weekheader', 'Day', 'Month', 'JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE',
           'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER', 'MONDAY', 'TUESDAY', 'WEDNESDAY',
           'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

error = ValueError


class IllegalMonthError(ValueError, IndexError):
    """A number that is no month's."""

    def __init__(self, month):
        self.month = month

    def __str__(self):
        return f'bad month number {self.month!r}; must be 1-12'


class IllegalWeekdayError(ValueError):
    """A number that is no day's of the week."""

    def __init__(self, weekday):
        self.weekday = weekday

    def __str__(self):
        return f'bad weekday number {self.weekday!r}; must be 0 (Monday) to 6 (Sunday)'


@global_enum
class Month(IntEnum):
    """The months, from 1."""

    JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE = range(1, 7)
    JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = range(7, 13)


@global_enum
class Day(IntEnum):
    """The days of the week, from 0."""

    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


mdays = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class _Names:
    """Names that strftime() gives for dates; an index or a slice finds them."""

    def __init__(self, format, dates):
        self._format, self._dates = format, dates

    def _name(self, date):
        return date.strftime(self._format) if date else ''

    def __getitem__(self, i):
        found = self._dates[i]
        return list(map(self._name, found)) if isinstance(i, slice) else self._name(found)

    def __len__(self):
        return len(self._dates)


_days = [datetime.date(2001, 1, number) for number in range(1, 8)]
_months = [None, *(datetime.date(2001, number, 1) for number in range(1, 13))]
day_name, day_abbr = _Names('%A', _days), _Names('%a', _days)
month_name, month_abbr = _Names('%B', _months), _Names('%b', _months)
standalone_month_name, standalone_month_abbr = month_name, month_abbr


def isleap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def leapdays(y1, y2):
    """How many leap years there are from y1 up to y2, without it."""
    before = [(year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400 for year in (y1, y2)]
    return before[1] - before[0]


def weekday(year, month, day):
    """The day of the week; years that `datetime` does not know are counted on by 400."""
    if year < datetime.MINYEAR or year > datetime.MAXYEAR:
        year = year % 400 + 2000
    date = datetime.date(year, month, day)
    return Day(date.weekday())


def _validate_month(month):
    if month < 1 or month > 12:
        raise IllegalMonthError(month)


def _monthlen(year, month):
    return mdays[month] + (month == 2 and isleap(year))


def monthrange(year, month):
    """On which day of the week a month starts, and how long it is."""
    _validate_month(month)
    return weekday(year, month, 1), _monthlen(year, month)


def _neighbour(year, month, by):
    number = year * 12 + month - 1 + by
    return number // 12, number % 12 + 1


class Calendar:
    """Weeks of months as lists; `firstweekday` is where they start."""

    def __init__(self, firstweekday=0):
        self.firstweekday = firstweekday

    def getfirstweekday(self):
        return self._firstweekday % 7

    def setfirstweekday(self, firstweekday):
        self._firstweekday = firstweekday

    firstweekday = property(getfirstweekday, setfirstweekday)

    def iterweekdays(self):
        """The days of a week."""
        first = self.firstweekday
        return (number % 7 for number in range(first, first + 7))

    def itermonthdays(self, year, month):
        """The days of a month in whole weeks; those of other months are 0."""
        first, length = monthrange(year, month)
        before = (first - self.firstweekday) % 7
        return chain(repeat(0, before), range(1, length + 1), repeat(0, -(before + length) % 7))

    def itermonthdays2(self, year, month):
        """(day, day of the week)"""
        first = self.firstweekday
        for place, day in enumerate(self.itermonthdays(year, month), first):
            yield day, place % 7

    def itermonthdays3(self, year, month):
        """(year, month, day), also for the days of other months"""
        first, length = monthrange(year, month)
        before = (first - self.firstweekday) % 7
        previous, following = _neighbour(year, month, -1), _neighbour(year, month, 1)
        last = _monthlen(*previous)
        for day in range(last - before + 1, last + 1):
            yield *previous, day
        for day in range(1, length + 1):
            yield year, month, day
        for day in range(1, -(before + length) % 7 + 1):
            yield *following, day

    def itermonthdays4(self, year, month):
        """(year, month, day, day of the week)"""
        first = self.firstweekday
        for place, date in enumerate(self.itermonthdays3(year, month)):
            yield *date, (first + place) % 7

    def itermonthdates(self, year, month):
        """Dates"""
        return (datetime.date(*date) for date in self.itermonthdays3(year, month))

    @staticmethod
    def _weeks(days):
        days = list(days)
        return [days[start:start + 7] for start in range(0, len(days), 7)]

    def monthdatescalendar(self, year, month):
        return self._weeks(self.itermonthdates(year, month))

    def monthdays2calendar(self, year, month):
        return self._weeks(self.itermonthdays2(year, month))

    def monthdayscalendar(self, year, month):
        return self._weeks(self.itermonthdays(year, month))

    @staticmethod
    def _year(year, width, of_month):
        months = [of_month(year, month) for month in Month]
        return [months[start:start + width] for start in range(0, 12, width)]

    def yeardatescalendar(self, year, width=3):
        return self._year(year, width, self.monthdatescalendar)

    def yeardays2calendar(self, year, width=3):
        return self._year(year, width, self.monthdays2calendar)

    def yeardayscalendar(self, year, width=3):
        return self._year(year, width, self.monthdayscalendar)


class TextCalendar(Calendar):
    """Months and years as text."""

    def prweek(self, theweek, width):
        print(self.formatweek(theweek, width), end='')

    def formatday(self, day, weekday, width):
        return (f'{day:2}' if day else '').center(width)

    def formatweek(self, theweek, width):
        return ' '.join(self.formatday(day, weekday, width) for day, weekday in theweek)

    def formatweekday(self, day, width):
        names = day_name if width >= 9 else day_abbr
        return names[day][:width].center(width)

    def formatweekheader(self, width):
        return ' '.join(self.formatweekday(day, width) for day in self.iterweekdays())

    def formatmonthname(self, theyear, themonth, width, withyear=True):
        _validate_month(themonth)
        name = standalone_month_name[themonth]
        return (f'{name} {theyear!r}' if withyear else name).center(width)

    def prmonth(self, theyear, themonth, w=0, l=0):
        print(self.formatmonth(theyear, themonth, w, l), end='')

    def formatmonth(self, theyear, themonth, w=0, l=0):
        """A month; a day is `w` wide, a week `l` lines high."""
        width, height = max(2, w), max(1, l)
        lines = [self.formatmonthname(theyear, themonth, 7 * (width + 1) - 1), self.formatweekheader(width)]
        lines += (self.formatweek(week, width) for week in self.monthdays2calendar(theyear, themonth))
        return ''.join(line.rstrip() + '\n' * height for line in lines)

    def formatyear(self, theyear, w=2, l=1, c=6, m=3):
        """A year; `c` spaces between months, `m` of them side by side."""
        width, height, gap = max(2, w), max(1, l), max(2, c)
        column = 7 * (width + 1) - 1
        ends = '\n' * height
        out = [repr(theyear).center(column * m + gap * (m - 1)).rstrip(), ends]
        header = self.formatweekheader(width)
        for row, months in enumerate(self.yeardays2calendar(theyear, m)):
            first = m * row + 1
            names = [self.formatmonthname(theyear, number, column, False) for number in range(first, first + len(months))]
            out += [ends, formatstring(names, column, gap).rstrip(), ends,
                    formatstring([header] * len(months), column, gap).rstrip(), ends]
            for number in range(max(map(len, months))):
                weeks = [self.formatweek(month[number], width) if number < len(month) else '' for month in months]
                out += [formatstring(weeks, column, gap).rstrip(), ends]
        return ''.join(out)

    def pryear(self, theyear, w=0, l=0, c=6, m=3):
        print(self.formatyear(theyear, w, l, c, m), end='')


class HTMLCalendar(Calendar):
    """Months and years as tables of HTML."""

    cssclasses = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
    cssclasses_weekday_head = cssclasses
    cssclass_noday = 'noday'
    cssclass_month_head = cssclass_month = 'month'
    cssclass_year_head = cssclass_year = 'year'

    def formatday(self, day, weekday):
        if not day:
            return f'<td class="{self.cssclass_noday}">&nbsp;</td>'
        return f'<td class="{self.cssclasses[weekday]}">{day}</td>'

    def formatweek(self, theweek):
        return f'<tr>{"".join(self.formatday(*day) for day in theweek)}</tr>'

    def formatweekday(self, day):
        return f'<th class="{self.cssclasses_weekday_head[day]}">{day_abbr[day]}</th>'

    def formatweekheader(self):
        return f'<tr>{"".join(map(self.formatweekday, self.iterweekdays()))}</tr>'

    def formatmonthname(self, theyear, themonth, withyear=True):
        _validate_month(themonth)
        name = standalone_month_name[themonth]
        text = f'{name} {theyear}' if withyear else name
        return f'<tr><th colspan="7" class="{self.cssclass_month_head}">{text}</th></tr>'

    def formatmonth(self, theyear, themonth, withyear=True):
        rows = [f'<table border="0" cellpadding="0" cellspacing="0" class="{self.cssclass_month}">',
                self.formatmonthname(theyear, themonth, withyear=withyear), self.formatweekheader(),
                *map(self.formatweek, self.monthdays2calendar(theyear, themonth)), '</table>', '']
        return '\n'.join(rows)

    def formatyear(self, theyear, width=3):
        width = max(width, 1)
        out = [f'<table border="0" cellpadding="0" cellspacing="0" class="{self.cssclass_year}">\n',
               f'<tr><th colspan="{width}" class="{self.cssclass_year_head}">{theyear}</th></tr>']
        for start in range(1, 13, width):
            cells = (f'<td>{self.formatmonth(theyear, number, withyear=False)}</td>'
                     for number in range(start, min(start + width, 13)))
            out.append(f'<tr>{"".join(cells)}</tr>')
        return ''.join(out) + '</table>'

    def formatyearpage(self, theyear, width=3, css='calendar.css', encoding=None):
        """A whole page, as bytes."""
        encoding = encoding or sys.getdefaultencoding()
        return self._page(theyear, width, css, encoding).encode(encoding, 'xmlcharrefreplace')

    def _page(self, theyear, width, css, encoding):
        style = '' if css is None else f'<link rel="stylesheet" type="text/css" href="{css}" />\n'
        return (f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
                '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html>\n<head>\n<meta http-equiv="Content-Type" '
                f'content="text/html; charset={encoding}" />\n{style}<title>Calendar for {theyear}</title>\n'
                f'</head>\n<body>\n{self.formatyear(theyear, width)}</body>\n</html>\n')


class LocaleTextCalendar(TextCalendar):
    """Text in the language of another locale: not supported."""

    def __init__(self, firstweekday=0, locale=None):
        raise NotImplementedError('calendar.LocaleTextCalendar is not supported')


class LocaleHTMLCalendar(HTMLCalendar):
    """HTML in the language of another locale: not supported."""

    def __init__(self, firstweekday=0, locale=None):
        raise NotImplementedError('calendar.LocaleHTMLCalendar is not supported')


c = TextCalendar()
firstweekday, monthcalendar = c.getfirstweekday, c.monthdayscalendar
prweek, week, weekheader = c.prweek, c.formatweek, c.formatweekheader
prmonth, month, calendar, prcal = c.prmonth, c.formatmonth, c.formatyear, c.pryear


def setfirstweekday(firstweekday):
    """On which day the weeks of the functions here start."""
    if not Day.MONDAY <= firstweekday <= Day.SUNDAY:
        raise IllegalWeekdayError(firstweekday)
    c.firstweekday = firstweekday


_colwidth, _spacing = 20, 6


def format(cols, colwidth=_colwidth, spacing=_spacing):
    """Print texts in columns."""
    print(formatstring(cols, colwidth, spacing))


def formatstring(cols, colwidth=_colwidth, spacing=_spacing):
    """Texts in columns."""
    return (' ' * spacing).join(text.center(colwidth) for text in cols)


EPOCH = 1970
_EPOCH_ORD = datetime.date(EPOCH, 1, 1).toordinal()


def timegm(tuple):
    """Seconds since the epoch of a time in UTC, as time.gmtime() gives it."""
    year, month, day, hour, minute, second = tuple[:6]
    days = datetime.date(year, month, 1).toordinal() - _EPOCH_ORD + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def main(args=None):
    """Print the calendar of a year or a month."""
    import argparse
    parser = argparse.ArgumentParser()
    text, html = parser.add_argument_group('text only arguments'), parser.add_argument_group('html only arguments')
    text.add_argument('-w', '--width', type=int, default=2, help='width of date column (default 2)')
    text.add_argument('-l', '--lines', type=int, default=1, help='number of lines for each week (default 1)')
    text.add_argument('-s', '--spacing', type=int, default=6, help='spacing between months (default 6)')
    text.add_argument('-m', '--months', type=int, default=3, help='months per row (default 3)')
    html.add_argument('-c', '--css', default='calendar.css', help='CSS to use for page')
    parser.add_argument('-L', '--locale', default=None, help='locale to use for month and weekday names')
    parser.add_argument('-e', '--encoding', default=None, help='encoding to use for output (default utf-8)')
    parser.add_argument('-t', '--type', default='text', choices=('text', 'html'), help='output type (text or html)')
    parser.add_argument('-f', '--first-weekday', type=int, default=0,
                        help='weekday (0 is Monday, 6 is Sunday) to start each week (default 0)')
    parser.add_argument('year', nargs='?', type=int, help='year number')
    parser.add_argument('month', nargs='?', type=int, help='month number (1-12, text only)')
    options = parser.parse_args(args)
    if options.locale and not options.encoding:
        parser.error('if --locale is specified --encoding is required')
    if options.locale:
        raise NotImplementedError('calendar --locale is not supported')
    year = datetime.date.today().year if options.year is None else options.year
    encoding = options.encoding or 'utf-8'
    if options.type == 'html':
        if options.month:
            parser.error('incorrect number of arguments')
        page = HTMLCalendar(options.first_weekday).formatyearpage(year, css=options.css, encoding=encoding)
        sys.stdout.buffer.write(page)
        return
    table = TextCalendar(options.first_weekday)
    if options.month is None:
        out = table.formatyear(year, options.width, options.lines, options.spacing, options.months)
    else:
        out = table.formatmonth(year, options.month, options.width, options.lines)
    if options.encoding:
        sys.stdout.buffer.write(out.encode(options.encoding))
    else:
        sys.stdout.write(out)


if __name__ == '__main__':
    main()
