"""Formatting of dates and times in the C locale, for `datetime` (and whoever has the fields of a time)."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")

# What the modifiers E and O may stand before.
_MODIFIED = {"E": "cCxXyYpPrRTDuntgzZ", "O": "bBCdeghHIlkmMpPrRSTDntuUVwWyzZ"}
_COMPOSED = {
    "c": "%a %b %e %H:%M:%S %Y", "D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M", "T": "%H:%M:%S",
    "r": "%I:%M:%S %p", "x": "%m/%d/%y", "X": "%H:%M:%S", "+": "%a %b %e %H:%M:%S %Z %Y",
}


def _iso(t):
    """ISO year and week of a time tuple."""
    year, week = t[0], (t[7] - 1 - t[6] + 10) // 7
    if week < 1:
        year -= 1
        return year, _weeks(year)
    if week > _weeks(year):
        return year + 1, 1
    return year, week


def _weeks(year):
    def last_day(y):
        return (y + y // 4 - y // 100 + y // 400) % 7
    return 53 if last_day(year) == 4 or last_day(year - 1) == 3 else 52


def _number(directive, t):
    """The number behind a directive, its width and its padding; None if it is no number."""
    hour = t[3]
    match directive:
        case "Y":
            return t[0], 4, "0"
        case "C":
            return t[0] // 100, 2, "0"
        case "y":
            return t[0] % 100, 2, "0"
        case "m":
            return t[1], 2, "0"
        case "d":
            return t[2], 2, "0"
        case "e":
            return t[2], 2, " "
        case "H":
            return hour, 2, "0"
        case "k":
            return hour, 2, " "
        case "I":
            return (hour - 1) % 12 + 1, 2, "0"
        case "l":
            return (hour - 1) % 12 + 1, 2, " "
        case "M":
            return t[4], 2, "0"
        case "S":
            return t[5], 2, "0"
        case "j":
            return t[7], 3, "0"
        case "w":
            return (t[6] + 1) % 7, 1, "0"
        case "u":
            return t[6] + 1, 1, "0"
        case "U":
            return (t[7] + 6 - (t[6] + 1) % 7) // 7, 2, "0"
        case "W":
            return (t[7] + 6 - t[6]) // 7, 2, "0"
        case "G":
            return _iso(t)[0], 4, "0"
        case "g":
            return _iso(t)[0] % 100, 2, "0"
        case "V":
            return _iso(t)[1], 2, "0"
    return None


def _text(directive, t):
    """The text behind a directive, or None."""
    match directive:
        case "a":
            return DAYS[t[6]][:3]
        case "A":
            return DAYS[t[6]]
        case "b" | "h":
            return MONTHS[t[1] - 1][:3]
        case "B":
            return MONTHS[t[1] - 1]
        case "p":
            return "AM" if t[3] < 12 else "PM"
        case "P":
            return "am" if t[3] < 12 else "pm"
        case "n":
            return "\n"
        case "t":
            return "\t"
        case "%":
            return "%"
    return None


def strftime(format, t, extra=None):
    """Format a time tuple (nine items). `extra(directive)` gives the text of further directives, or None."""
    out = []
    at = 0
    while True:
        percent = format.find("%", at)
        if percent < 0:
            out.append(format[at:])
            return "".join(out)
        out.append(format[at:percent])
        at = percent + 1
        # Flags, width and modifier as the GNU C library has them.
        pad = None
        upper = swap = False
        while at < len(format) and format[at] in "_-0^#":
            match format[at]:
                case "^":
                    upper = True
                case "#":
                    swap = True
                case flag:
                    pad = {"_": " ", "-": "", "0": "0"}[flag]
            at += 1
        start = at
        while at < len(format) and format[at] in "0123456789":
            at += 1
        width = int(format[start:at]) if at > start else None
        modifier = None
        if at < len(format) and format[at] in "EO":
            modifier = format[at]
            at += 1
        plain = at == percent + 1
        colons = at
        while at < len(format) and format[at] == ":":
            at += 1
        directive = format[colons:at + 1]
        at += 1
        if modifier and directive not in _MODIFIED[modifier]:
            out.append(format[percent:at])
            continue
        text = None
        if extra is not None:
            # With flags the C library is asked, which knows nothing of the object.
            text = extra(directive) if plain else "" if directive in ("z", "Z") else None
        if text is None and directive in _COMPOSED:
            text = strftime(_COMPOSED[directive], t, extra)
        fill = " "
        if text is None:
            number = _number(directive, t)
            if number is not None:
                value, digits, fill = number
                if pad is not None:
                    fill = pad
                text = str(value)
                if fill:
                    text = text.rjust(max(digits, width or 0), fill)
            else:
                text = _text(directive, t)
                if text is None:
                    out.append(format[percent:at])
                    continue
        if upper and directive != "P":
            text = text.upper()
        elif swap:
            if directive not in _COMPOSED and directive != "P":
                text = text.lower() if directive in ("p", "Z") else text.upper()
        if width is not None:
            if pad is not None:
                fill = pad or fill
            text = text.rjust(min(width, 1 << 16), fill or " ")
        out.append(text)
