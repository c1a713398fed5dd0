# Tracebacks show no level for warn() that raises, nor between an import statement and the module it executes.
import os
import sys
import traceback
import warnings
from importlib.machinery import PathFinder

warnings.simplefilter('error')
try:
    warnings.warn('as an error')
except UserWarning:
    traceback.print_exc()


class Finder:
    def find_spec(name, path, target):
        if name == 'refused':
            raise ImportError('refused by the finder')
        return PathFinder.find_spec(name, [os.path.join(os.path.dirname(os.path.abspath(__file__)), '_found')])


sys.meta_path.insert(0, Finder)
for name in ['breaks', 'refused']:
    try:
        __import__(name)
    except Exception:
        traceback.print_exc()
