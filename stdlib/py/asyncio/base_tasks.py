"""How tasks and their stacks are shown."""

from . import base_futures, coroutines


def _task_repr_info(task):
    info = base_futures._future_repr_info(task)
    if task.cancelling() and not task.done():
        info[0] = 'cancelling'
    info.insert(1, f'name={task.get_name()!r}')
    waiter = task._fut_waiter
    if waiter is not None:
        info.insert(2, f'wait_for={waiter!r}')
    if task._coro:
        info.insert(2, f'coro=<{coroutines._format_coroutine(task._coro)}>')
    return info


def _task_repr(task):
    key = id(task)
    if key in base_futures._showing:
        return '...'
    base_futures._showing.add(key)
    try:
        info = ' '.join(_task_repr_info(task))
    finally:
        base_futures._showing.discard(key)
    return f'<{type(task).__name__} {info}>'


def _task_get_stack(task, limit):
    frames = []
    coro = task._coro
    for name in ('cr_frame', 'gi_frame', 'ag_frame'):
        if hasattr(coro, name):
            frame = getattr(coro, name)
            break
    else:
        frame = None
    if frame is not None:
        while frame is not None and (limit is None or len(frames) < limit):
            frames.append(frame)
            frame = frame.f_back
        frames.reverse()
    elif task._exception is not None:
        tb = task._exception.__traceback__
        while tb is not None and (limit is None or len(frames) < limit):
            frames.append(tb.tb_frame)
            tb = tb.tb_next
    return frames


def _task_print_stack(task, limit, file):
    import linecache
    import traceback
    entries = []
    checked = set()
    for frame in task.get_stack(limit=limit):
        line, code = frame.f_lineno, frame.f_code
        if code.co_filename not in checked:
            checked.add(code.co_filename)
            linecache.checkcache(code.co_filename)
        text = linecache.getline(code.co_filename, line, frame.f_globals)
        entries.append((code.co_filename, line, code.co_name, text))
    exc = task._exception
    if not entries:
        print(f'No stack for {task!r}', file=file)
    elif exc is not None:
        print(f'Traceback for {task!r} (most recent call last):', file=file)
    else:
        print(f'Stack for {task!r} (most recent call last):', file=file)
    traceback.print_list(entries, file=file)
    if exc is not None:
        for line in traceback.format_exception_only(exc.__class__, exc):
            print(line, file=file, end='')
