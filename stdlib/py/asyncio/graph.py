"""Who awaits whom: call graphs of tasks and futures."""

import dataclasses
import io
import sys
import types

from _asyncio import Future, current_task, isfuture

from . import events

__all__ = ('capture_call_graph', 'format_call_graph', 'print_call_graph', 'FrameCallGraphEntry', 'FutureCallGraph')


@dataclasses.dataclass(frozen=True, slots=True)
class FrameCallGraphEntry:
    """One frame of a call stack."""

    frame: types.FrameType


@dataclasses.dataclass(frozen=True, slots=True)
class FutureCallGraph:
    """A future, its frames from the innermost out, and the graphs of those that await it."""

    future: Future
    call_stack: tuple['FrameCallGraphEntry', ...]
    awaited_by: tuple['FutureCallGraph', ...]


def _frames_of(future, limit):
    """The frames of a task's coroutine, innermost first."""
    frames = []
    get_coro = getattr(future, 'get_coro', None)
    coro = get_coro() if get_coro is not None else None
    while coro is not None:
        if hasattr(coro, 'cr_await'):
            frame, coro = coro.cr_frame, coro.cr_await
        elif hasattr(coro, 'ag_await'):
            frame, coro = coro.ag_frame, coro.ag_await
        else:
            break
        if frame is not None:
            frames.append(FrameCallGraphEntry(frame))
    if limit is not None:
        frames = frames[:limit] if limit > 0 else frames[limit:] if limit < 0 else []
    frames.reverse()
    return frames


def _graph_of(future, limit):
    if not isfuture(future):
        raise TypeError(f'{future!r} object does not appear to be compatible with asyncio.Future')
    awaited_by = tuple(_graph_of(parent, limit) for parent in future._asyncio_awaited_by or ())
    return FutureCallGraph(future, tuple(_frames_of(future, limit)), awaited_by)


def capture_call_graph(future: Future | None = None, /, *, depth: int = 1,
                       limit: int | None = None) -> FutureCallGraph | None:
    """Capture the async call graph of a future, or of the current task."""
    loop = events._get_running_loop()
    if future is None:
        if loop is None:
            raise RuntimeError('capture_call_graph() is called outside of a running event loop and no *future* to introspect '
                               'was provided')
        future = current_task(loop)
        if future is None:
            return None
        frames = []
        frame = sys._getframe(depth)
        coro = future.get_coro()
        while frame is not None:
            is_async = frame.f_generator is not None
            frames.append(FrameCallGraphEntry(frame))
            if is_async and frame.f_back is not None and frame.f_back.f_generator is None:
                # What called the coroutine's outermost frame is the loop.
                break
            frame = frame.f_back
        if limit is not None:
            # These begin at the innermost: the ends are the other way round.
            frames = frames[-limit:] if limit > 0 else frames[:-limit] if limit < 0 else []
        awaited_by = tuple(_graph_of(parent, limit) for parent in future._asyncio_awaited_by or ())
        return FutureCallGraph(future, tuple(frames), awaited_by)
    if not isfuture(future):
        raise TypeError(f'{future!r} object does not appear to be compatible with asyncio.Future')
    if loop is not None and future is current_task(loop):
        return capture_call_graph(depth=depth + 1, limit=limit)
    return _graph_of(future, limit)


def _code_name(frame):
    """How a frame is shown, and where."""
    generator = getattr(frame, 'f_generator', None)
    code = frame.f_code
    if generator is None:
        return f'{code.co_qualname}()'
    if isinstance(generator, types.AsyncGeneratorType):
        return f'async generator {generator.__qualname__}()'
    if isinstance(generator, types.CoroutineType):
        return f'async {generator.__qualname__}()'
    return f'generator {generator.__qualname__}()'


def format_call_graph(future: Future | None = None, /, *, depth: int = 1, limit: int | None = None) -> str:
    """Return the async call graph as text."""

    def render(graph, lines, level):
        future = graph.future
        indent = '    ' * level
        name = f'name={future.get_name()!r}, ' if hasattr(future, 'get_name') else ''
        lines.append(f'{indent}* {type(future).__name__}({name}id={id(future):#x})')
        if graph.call_stack:
            lines.append(f'{indent}  + Call stack:')
            for entry in graph.call_stack:
                frame = entry.frame
                lines.append(f'{indent}  |   File {frame.f_code.co_filename!r}, line {frame.f_lineno}, '
                             f'in {_code_name(frame)}')
        if graph.awaited_by:
            lines.append(f'{indent}  + Awaited by:')
            for parent in graph.awaited_by:
                render(parent, lines, level + 1)

    graph = capture_call_graph(future, depth=depth + 1, limit=limit)
    if graph is None:
        return ''
    lines = []
    render(graph, lines, 0)
    return '\n'.join(lines)


def print_call_graph(future: Future | None = None, /, *, file: io.Writer[str] | None = None, depth: int = 1,
                     limit: int | None = None) -> None:
    """Print the async call graph."""
    print(format_call_graph(future, depth=depth, limit=limit), file=file)
