"""What is said when a loop waits and nothing can wake it any more."""

import sys

from _asyncio import Task, _unfinished_tasks, _wait_of

# More tasks than that are counted, not shown.
_MOST_SHOWN = 50
_LONGEST_REPR = 200
# Attributes with the frame of a coroutine, and with what it awaits.
_LINKS = (('cr_frame', 'cr_await'), ('gi_frame', 'gi_yieldfrom'), ('ag_frame', 'ag_await'))


def _is_loops_own(handler):
    """Whether a signal's handler is Ctrl-C's usual one, or what a Runner puts in its place: those only end the program."""
    import _signal
    from . import runners
    if handler is _signal.default_int_handler:
        return True
    method = getattr(handler, 'func', None)
    return getattr(method, '__func__', None) is runners.Runner._on_sigint


def report(loop, handlers):
    """Writes the report, unless a handler may still wake the loop or nothing is waited for; says whether it did."""
    if not all(map(_is_loops_own, handlers)):
        return False
    tasks = _unfinished_tasks(loop)
    awaited = getattr(loop, '_awaited', None)
    if not tasks and awaited is None:
        return False
    if sys.stderr is not None:
        if sys.stdout is not None:
            sys.stdout.flush()
        sys.stderr.write('\n'.join(_lines(tasks, awaited)) + '\n')
        sys.stderr.flush()
    return True


def _lines(tasks, awaited):
    lines = ['Nothing is ready and nothing can wake the event loop: the program can never continue.']
    edges = {}
    if awaited is not None and not isinstance(awaited, Task):
        lines.append(f'run_until_complete() waits for {_show(awaited)}')
    children = _children_of(tasks)
    for task in tasks:
        what, others = _waits_for(task, children)
        edges[task] = others
        if len(edges) <= _MOST_SHOWN:
            lines.append(f'{_name(task)} waits for {what}')
            lines += _stack(task)
    if len(tasks) > _MOST_SHOWN:
        lines.append(f'... and {len(tasks) - _MOST_SHOWN} more tasks')
    circle = _circle(edges)
    if circle and len(circle) > 2:
        lines.append('They wait for each other: ' + ' -> '.join(_name(task) for task in circle))
    return lines


def _children_of(tasks):
    """For each task or future, the tasks of this loop that it awaits by way of `gather`, `wait`, a task group or the like."""
    children = {}
    for task in tasks:
        for parent in task._asyncio_awaited_by or ():
            children.setdefault(parent, []).append(task)
    return children


def _name(task):
    try:
        return f'task {task.get_name()!r}'
    except Exception:
        return object.__repr__(task)


def _names(tasks):
    if len(tasks) == 1:
        return _name(tasks[0])
    names = ', '.join(repr(task.get_name()) for task in tasks[:10])
    return f'tasks {names}' + (f' and {len(tasks) - 10} more' if len(tasks) > 10 else '')


def _show(thing):
    try:
        text = repr(thing)
    except Exception:
        text = object.__repr__(thing)
    return text if len(text) <= _LONGEST_REPR else text[:_LONGEST_REPR] + '...'


def _frames(task):
    """The frames of its coroutine, outermost first."""
    frames = []
    coro = task.get_coro()
    while coro is not None:
        for frame_name, next_name in _LINKS:
            if hasattr(coro, frame_name):
                frame = getattr(coro, frame_name)
                coro = getattr(coro, next_name, None)
                break
        else:
            break
        if frame is not None:
            frames.append(frame)
    return frames


def _is_ours(frame):
    name = frame.f_globals.get('__name__')
    return isinstance(name, str) and name.partition('.')[0] == 'asyncio'


def _waits_for(task, children):
    """Words for what the task waits for, and the tasks among it."""
    wait = _wait_of(task)
    if wait is None:
        return 'a run of the loop inside it', []
    how, thing, holder = wait
    if how is None:
        if isinstance(thing, Task):
            return _name(thing), [thing]
        others = children.get(task)
        if others:
            return _names(others), others
        for frame in _outermost_first(task):
            if _is_ours(frame) and 'self' in frame.f_locals:
                return f"{frame.f_code.co_qualname}() of {_show(frame.f_locals['self'])}", []
        return f'{_show(thing)}, which nothing will complete', []
    if how == 'Queue.put':
        thing = thing[0]
    what = _show(thing)
    if how == 'Queue.get':
        return f'an item of {what}', []
    if how == 'Queue.put':
        return f'room in {what}', []
    if how == 'Event.wait':
        return f'{what} to be set', []
    if holder is None:
        return what, []
    if holder is False:
        return f'{what}, held by a task that has ended', []
    if holder is task:
        return f'{what}, which it holds itself', [holder]
    return f'{what}, held by {_name(holder)}', [holder]


def _outermost_first(task):
    """The library's frames that the task stands in, behind the program's own."""
    frames = _frames(task)
    end = len(frames)
    while end and _is_ours(frames[end - 1]):
        end -= 1
    return frames[end:]


def _stack(task):
    import linecache
    lines = []
    for frame in _frames(task):
        if _is_ours(frame):
            continue
        code, line = frame.f_code, frame.f_lineno
        lines.append(f'  File "{code.co_filename}", line {line}, in {code.co_name}')
        # What was typed at a prompt is in no file.
        text = linecache._getline_from_code(code, line) or linecache.getline(code.co_filename, line, frame.f_globals)
        text = text.strip()
        if text:
            lines.append(f'    {text}')
    return lines


def _circle(edges):
    """Tasks of which each waits for the next and the last for the first, if there are such."""
    safe = set()
    for start in edges:
        path, places = [], {}
        stack = [(start, iter(edges[start]))]
        path.append(start)
        places[start] = 0
        while stack:
            task, left = stack[-1]
            for other in left:
                if other in places:
                    return path[places[other]:] + [other]
                if other not in safe and other in edges:
                    places[other] = len(path)
                    path.append(other)
                    stack.append((other, iter(edges[other])))
                    break
            else:
                stack.pop()
                safe.add(task)
                del places[path.pop()]
    return None
