"""Who says what float a value is, and what numbers return of their own classes."""

import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(category.__name__, message)


class Text(str):
    def __float__(self):
        return 2.5


class Twice(float):
    def __float__(self):
        return self


class Odd:
    def __int__(self):
        return True

    __index__ = __int__


print(float(Text("1")), type(float(Twice(3))), int(Odd()), [10, 20][Odd()])
nan = float("nan")
print(float.from_number(nan) is nan, 0.0 ** float("-inf"), (-0.0) ** float("-inf"))
try:
    0.0 ** -1
except ZeroDivisionError as error:
    print(error)
try:
    "%c" % Odd
except TypeError as error:
    print(error)
