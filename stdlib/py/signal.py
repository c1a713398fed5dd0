"""Handlers of signals, with enums for the numbers.

Natives used: `_signal` (everything but the enums).
"""

import _signal
from _signal import *
from enum import IntEnum as _IntEnum
from functools import wraps as _wraps

_names = globals()

_IntEnum._convert_(
    'Signals', __name__,
    lambda name: name.isupper() and (name.startswith('SIG') and not name.startswith('SIG_')
                                     or name.startswith('CTRL_')))
_IntEnum._convert_('Handlers', __name__, lambda name: name in ('SIG_DFL', 'SIG_IGN'))
_IntEnum._convert_('Sigmasks', __name__,
                   lambda name: name in ('SIG_BLOCK', 'SIG_UNBLOCK', 'SIG_SETMASK'))


def _int_to_enum(value, enum_klass):
    """A member for a number, if there is one."""
    if not isinstance(value, int):
        return value
    try:
        return enum_klass(value)
    except ValueError:
        return value


def _enum_to_int(value):
    try:
        return int(value)
    except (ValueError, TypeError):
        return value


def _like(native):
    """Documents a function as the native one it wraps."""
    def decorate(function):
        return _wraps(native)(function)
    return decorate


@_like(_signal.signal)
def signal(signalnum, handler):
    old = _signal.signal(_enum_to_int(signalnum), _enum_to_int(handler))
    return _int_to_enum(old, Handlers)


@_like(_signal.getsignal)
def getsignal(signalnum):
    return _int_to_enum(_signal.getsignal(signalnum), Handlers)


@_like(_signal.pthread_sigmask)
def pthread_sigmask(how, mask):
    return {_int_to_enum(one, Signals) for one in _signal.pthread_sigmask(how, mask)}


@_like(_signal.sigpending)
def sigpending():
    return {_int_to_enum(one, Signals) for one in _signal.sigpending()}


@_like(_signal.sigwait)
def sigwait(sigset):
    return _int_to_enum(_signal.sigwait(sigset), Signals)


@_like(_signal.valid_signals)
def valid_signals():
    return {_int_to_enum(one, Signals) for one in _signal.valid_signals()}


del _names
