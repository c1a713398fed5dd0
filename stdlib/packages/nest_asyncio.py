"""Event loops inside running ones.

The runtime can do it; `apply()` allows it. Tasks of the outer run go on while an inner one waits.
"""

from asyncio import base_events, events

__all__ = ('apply',)


def apply(loop=None):
    """Let `asyncio.run()` and `run_until_complete()` be called while a loop runs."""
    if loop is not None and not isinstance(loop, base_events.BaseEventLoop):
        raise ValueError(f"Can't patch loop of type {type(loop)}")
    base_events._nesting = True
    events._BaseDefaultEventLoopPolicy._makes_loops = True
