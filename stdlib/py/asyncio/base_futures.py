"""How futures are shown."""

from _asyncio import isfuture

from .format_helpers import _format_callback_source

_PENDING = 'PENDING'
_CANCELLED = 'CANCELLED'
_FINISHED = 'FINISHED'


def _format_callbacks(callbacks):
    def show(pair):
        return _format_callback_source(pair[0], ())

    if len(callbacks) > 2:
        text = f'{show(callbacks[0])}, <{len(callbacks) - 2} more>, {show(callbacks[-1])}'
    else:
        text = ', '.join(map(show, callbacks))
    return f'cb=[{text}]'


def _future_repr_info(future):
    info = [future._state.lower()]
    if future._state == _FINISHED:
        if future._exception is not None:
            info.append(f'exception={future._exception!r}')
        else:
            import reprlib
            info.append(f'result={reprlib.repr(future._result)}')
    if future._callbacks:
        info.append(_format_callbacks(future._callbacks))
    if future._source_traceback:
        frame = future._source_traceback[-1]
        info.append(f'created at {frame[0]}:{frame[1]}')
    return info


# Futures whose repr is under way: one may be, through its result, inside itself.
_showing = set()


def _future_repr(future):
    key = id(future)
    if key in _showing:
        return '...'
    _showing.add(key)
    try:
        info = ' '.join(_future_repr_info(future))
    finally:
        _showing.discard(key)
    return f'<{type(future).__name__} {info}>'
