"""The repr of a group shows a sequence of another class as it was when the group was made."""

from collections import deque

errors = deque([ValueError(1), TypeError(2)])
group = ExceptionGroup("group", errors)
errors.clear()
print(repr(group), group.exceptions)
errors = [ValueError(1), TypeError(2)]
group = ExceptionGroup("group", errors)
errors.clear()
print(repr(group), group.args)


class Silent(list):
    def __repr__(self):
        return None


class SilentSequence(deque):
    def __repr__(self):
        return None


print(repr(ExceptionGroup("group", Silent([ValueError(1)]))))
try:
    ExceptionGroup("group", SilentSequence([ValueError(1)]))
except TypeError as error:
    print(error)
