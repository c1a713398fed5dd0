"""The loop's readiness of descriptors."""

from . import base_events

__all__ = ('BaseSelectorEventLoop',)


class BaseSelectorEventLoop(base_events.BaseEventLoop):
    """An event loop that waits for descriptors."""

    def __init__(self, selector=None):
        if selector is not None:
            raise NotImplementedError('event loops take no selector: they poll by themselves')
        super().__init__()
