"""find_spec works for modules that were imported already; genericpath can be imported first."""
import genericpath
import importlib.util
import json
import math

for name in ("math", "json", "json.decoder", "genericpath", "no_such_module"):
    spec = importlib.util.find_spec(name)
    print(name, spec and spec.name)
print(genericpath.os.name, math.pi > 3, json.dumps(1))
try:
    importlib.util.find_spec("__main__")
except ValueError as error:
    print(error)
try:
    compile("t'{lambda x: 1}'", "", "eval")
except SyntaxError as error:
    print(error.msg)
