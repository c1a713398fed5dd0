# A package on sys.path takes the place of an embedded stand-in of its name, as a whole: no module of one is mixed with those of the other.
import importlib.util
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '_installed'))
print(os.path.basename(importlib.util.find_spec('nest_asyncio').origin))

import nest_asyncio
print(nest_asyncio.__doc__, hasattr(nest_asyncio, 'apply'))

import rich.text
print(rich.__doc__, rich.text.name)
for name in ('rich.console', 'rich.panel'):
    print(importlib.util.find_spec(name))
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        print(error)
