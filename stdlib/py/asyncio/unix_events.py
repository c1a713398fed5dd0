"""The event loop of Unix systems."""

from . import events, selector_events

__all__ = ('SelectorEventLoop', 'EventLoop')


class _UnixSelectorEventLoop(selector_events.BaseSelectorEventLoop):
    """The event loop."""

    def __init__(self, selector=None):
        super().__init__(selector)


class _UnixDefaultEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    """The policy of Unix systems."""

    _loop_factory = _UnixSelectorEventLoop


SelectorEventLoop = _UnixSelectorEventLoop
_DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
EventLoop = SelectorEventLoop
