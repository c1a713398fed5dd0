"""Local times that occur twice, and those that a change of the clock skips."""

import os
import time
from datetime import date, datetime, timedelta, timezone

os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
time.tzset()
gap = datetime(2024, 3, 10, 2, 30)
for fold in (0, 1):
    local = gap.replace(fold=fold)
    print(local.timestamp(), local.astimezone(timezone.utc), local.astimezone())
back = datetime(2024, 11, 3, 1, 30)
for fold in (0, 1):
    local = back.replace(fold=fold)
    print(local.timestamp(), local.astimezone(timezone.utc), datetime.fromtimestamp(local.timestamp()).fold)
os.environ["TZ"] = "AAA-1BBB-2,J360/0,J2/0"
time.tzset()
print([datetime.fromtimestamp(seconds).fold for seconds in (-1, 79200, 82799, 82800)])


class Day(date):
    pass


class Outer:
    class Moment(datetime):
        pass


print(repr(Day(1, 2, 3)), repr(Outer.Moment(1, 2, 3)), repr(date(1, 2, 3)), repr(timedelta(1)))
for make in (lambda: timezone(timedelta(0), None), lambda: datetime(bytes([7, 232, 3, 10, 2, 30, 0, 0, 0, 0]), "x")):
    try:
        make()
    except TypeError as error:
        print(error)
