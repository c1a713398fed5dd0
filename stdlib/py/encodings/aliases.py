"""Alternative names of encodings, normalised, with the module that CPython has for each."""

from _codecs import _aliases

aliases = _aliases()
del _aliases
