"""Tracebacks in a panel: the plain text of CPython's, in colours, without the source around it."""

import sys

from .panel import Panel
from .text import Text


class Traceback:
    """The traceback of an exception, or of the one that is handled."""

    def __init__(self, trace=None, *, width=100, extra_lines=3, theme=None, word_wrap=False, show_locals=False,
                 suppress=(), max_frames=100, **others):
        if show_locals or suppress or others or trace is not None:
            name = next(iter(others), 'show_locals' if show_locals else 'suppress' if suppress else 'trace')
            raise NotImplementedError(f'rich.traceback: {name} is not supported')
        self._exception = sys.exception()
        if self._exception is None:
            raise ValueError("Value for 'trace' required if not called in except: block")
        self.width = width

    @classmethod
    def from_exception(cls, exc_type, exc_value, traceback, *, width=100, **settings):
        made = cls.__new__(cls)
        made._exception = exc_value.with_traceback(traceback)
        made.width = width
        return made

    def __rich_console__(self, console, options):
        import traceback
        lines = ''.join(traceback.format_exception(self._exception)).rstrip('\n')
        body, _, last = lines.rpartition('\n')
        body = body.partition('\n')[2]
        if body:
            from .containers import Constrain
            yield Constrain(Panel(Text(body), title='[traceback.title]Traceback [dim](most recent call last)',
                                  border_style='traceback.border', padding=(0, 1)), self.width)
        kind, colon, message = last.partition(': ')
        yield Text.assemble((kind + colon, 'traceback.exc_type'), message)


def install(*, console=None, width=100, extra_lines=3, theme=None, word_wrap=False, show_locals=False,
            suppress=(), max_frames=100, **others):
    """Show uncaught exceptions that way; what showed them before."""
    if show_locals or suppress or others:
        name = next(iter(others), 'show_locals' if show_locals else 'suppress')
        raise NotImplementedError(f'rich.traceback.install({name}) is not supported')
    from .console import Console
    target = console or Console(stderr=True)
    before = sys.excepthook

    def hook(kind, value, traceback):
        target.print(Traceback.from_exception(kind, value, traceback, width=width))
    sys.excepthook = hook
    return before
