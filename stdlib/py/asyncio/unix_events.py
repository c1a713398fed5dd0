"""The event loop of Unix systems."""

from . import events, selector_events

__all__ = ('SelectorEventLoop', 'EventLoop')


class _UnixSelectorEventLoop(selector_events.BaseSelectorEventLoop):
    """The event loop."""


class _UnixDefaultEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    """The policy of Unix systems."""

    _loop_factory = _UnixSelectorEventLoop


SelectorEventLoop = _UnixSelectorEventLoop
_DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
EventLoop = SelectorEventLoop
