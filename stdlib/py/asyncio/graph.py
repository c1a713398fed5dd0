"""Who awaits whom: call graphs of tasks and futures."""

import sys

from _asyncio import current_task, isfuture

from . import events

__all__ = ('capture_call_graph', 'format_call_graph', 'print_call_graph', 'FrameCallGraphEntry', 'FutureCallGraph')


def _value_class(name, fields, doc):
    """A small frozen value type; `dataclasses` costs too much to import for two of them."""

    def __init__(self, *args, **kwargs):
        values = dict(zip(fields, args), **kwargs)
        if len(args) > len(fields) or set(values) != set(fields):
            raise TypeError(f'{name}() takes the arguments {", ".join(fields)}')
        for field in fields:
            object.__setattr__(self, field, values[field])

    def __setattr__(self, field, value):
        import dataclasses
        raise dataclasses.FrozenInstanceError(f'cannot assign to field {field!r}')

    def __repr__(self):
        return f"{name}({', '.join(f'{field}={getattr(self, field)!r}' for field in fields)})"

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in fields)

    def __hash__(self):
        return hash(tuple(getattr(self, field) for field in fields))

    return type(name, (), {
        '__doc__': doc, '__module__': __name__, '__slots__': tuple(fields), '__match_args__': tuple(fields),
        '__init__': __init__, '__setattr__': __setattr__, '__repr__': __repr__, '__eq__': __eq__, '__hash__': __hash__,
    })


FrameCallGraphEntry = _value_class('FrameCallGraphEntry', ('frame',), 'One frame of a call stack.')
FutureCallGraph = _value_class('FutureCallGraph', ('future', 'call_stack', 'awaited_by'),
                               'A future, its frames from the innermost out, and the graphs of those that await it.')


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


def capture_call_graph(future=None, /, *, depth=1, limit=None):
    """Capture the async call graph of a future, or of the current task."""
    loop = events._get_running_loop()
    if future is None:
        if loop is None:
            raise RuntimeError('no running event loop')
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
            frames = frames[:limit] if limit > 0 else frames[limit:] if limit < 0 else []
        awaited_by = tuple(_graph_of(parent, limit) for parent in future._asyncio_awaited_by or ())
        return FutureCallGraph(future, tuple(frames), awaited_by)
    if not isfuture(future):
        raise TypeError(f'{future!r} object does not appear to be compatible with asyncio.Future')
    if loop is not None and future is current_task(loop):
        return capture_call_graph(depth=depth + 1, limit=limit)
    return _graph_of(future, limit)


def _code_name(frame):
    """How a frame is shown, and where."""
    import types
    generator = getattr(frame, 'f_generator', None)
    code = frame.f_code
    if generator is None:
        return f'{code.co_qualname}()'
    if isinstance(generator, types.AsyncGeneratorType):
        return f'async generator {generator.__qualname__}()'
    if isinstance(generator, types.CoroutineType):
        return f'async {generator.__qualname__}()'
    return f'generator {generator.__qualname__}()'


def format_call_graph(future=None, /, *, depth=1, limit=None):
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


def print_call_graph(future=None, /, *, file=None, depth=1, limit=None):
    """Print the async call graph."""
    print(format_call_graph(future, depth=depth + 1, limit=limit), file=file)
