import sys
def attempt(statement):
    try: exec(statement, {"__name__": "m", "__package__": ""})
    except ImportError as e: print(type(e).__name__, e, e.name)
attempt("import nowhere.at.all")
attempt("from math import nothing")
attempt("from . import x")
attempt("import _half_a")
attempt("import math.sub")
import _package.inner as inner
print(inner.where, sys.modules["_package"].order, inner.__package__, inner.__name__)
from _package import *
print(sorted(n for n in globals() if n.startswith("public") or n == "hidden"))
import importlib
print(importlib.import_module(".inner", "_package") is inner)
