import sys
print('in sys.modules:', __name__ in sys.modules, __spec__._initializing)
raise LookupError('while executing')
