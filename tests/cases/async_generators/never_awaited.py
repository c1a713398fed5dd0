"""Steps that were made and dropped, generators closed by the end of their last reference."""
import re
import sys
import warnings


class Stream:
    """Shows what is written with addresses taken out."""

    def write(self, text):
        sys.stdout.write(re.sub("0x[0-9a-f]+", "ADDRESS", text))

    def flush(self):
        pass


sys.stderr = Stream()
warnings.simplefilter("always")


async def numbers():
    try:
        yield 1
    except GeneratorExit:
        yield 2


numbers().asend(None)
numbers().athrow(ValueError)
step = numbers().aclose()
del step
generator = numbers()
try:
    generator.asend(None).send(None)
except StopIteration as stop:
    print(stop.value)
del generator
