"""What locks and queues share."""

from _asyncio import _get_running_loop


class _LoopBoundMixin:
    """Belongs to the first loop that waits on it."""

    _loop = None

    def _get_loop(self):
        loop = _get_running_loop()
        if self._loop is None:
            self._loop = loop
        if loop is not self._loop:
            raise RuntimeError(f'{self!r} is bound to a different event loop')
        return loop
