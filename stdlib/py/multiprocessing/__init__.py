"""Work in other processes, with the interface of threads.

What is public here are the methods of the default context (`context.py`).
"""

import sys as _sys

from . import context

_default = context._default_context
# Reading `reducer` loads what pickles; programs without children do without.
__all__ = sorted(name for name in dir(_default) if not name.startswith('_') and name != 'reducer')
globals().update({name: getattr(_default, name) for name in __all__})

SUBDEBUG = 5
SUBWARNING = 25

# What is pickled in the main program by its name there is looked for under this name in children.
if '__main__' in _sys.modules:
    _sys.modules['__mp_main__'] = _sys.modules['__main__']


def __getattr__(name):
    if name == 'reducer':
        return _default.reducer
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
