"""Recursion inside __del__ is reported and does not end the process."""
import sys

seen = []
sys.unraisablehook = lambda unraisable: seen.append(unraisable.exc_type.__name__)


class Endless:
    def __del__(self):
        self.__del__()


class Chained:
    made = 0

    def __del__(self):
        if Chained.made < 5_000:
            Chained.made += 1
            Chained()


Endless()
print(seen)
Chained()
print(Chained.made)
