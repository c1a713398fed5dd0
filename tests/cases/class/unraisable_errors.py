"""Errors in finalisers: what is printed of them."""
import re
import sys


class Item:
    def __init__(self, error):
        self.error = error

    def __del__(self):
        raise self.error


class Stream:
    """Shows what is written with addresses taken out."""

    def write(self, text):
        sys.stdout.write(re.sub("0x[0-9a-f]+", "ADDRESS", text))

    def flush(self):
        pass


def ignores():
    try:
        yield
    except GeneratorExit:
        yield


sys.stderr = Stream()
Item(ValueError("with text"))
Item(ValueError)
generator = ignores()
next(generator)
del generator
