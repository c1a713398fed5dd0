"""The loop's readiness of descriptors."""

from . import base_events

__all__ = ('BaseSelectorEventLoop',)


class BaseSelectorEventLoop(base_events.BaseEventLoop):
    """An event loop that waits for descriptors."""
