"""Progress of an iteration."""

from math import ceil
from time import monotonic

from .text import Text


def _clock(seconds):
    if seconds is None:
        return '-:--:--'
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f'{hours:d}:{minutes:02d}:{seconds:02d}'


def _bar(console, completed, total, width=40):
    """The bar as Text: the part that is done and the rest."""
    ascii_only = console.options.ascii_only
    full, half_right, half_left = ('-', ' ', ' ') if ascii_only else ('━', '╸', '╺')
    halves = int(width * 2 * completed / total) if total else width * 2
    finished = completed >= total
    style = 'bar.finished' if finished else 'bar.complete'
    bar = Text(no_wrap=True, end='')
    count, half = divmod(halves, 2)
    if count:
        bar.append(full * count, style)
    if half:
        bar.append(half_right, style)
    if console.no_color or console.color_system is None:
        return bar.append(' ' * (width - len(bar)))
    rest = width - len(bar)
    if rest and not half and count:
        bar.append(half_left, 'bar.back')
        rest -= 1
    return bar.append(full * rest, 'bar.back')


def track(sequence, description='Working...', total=None, completed=0, auto_refresh=True, console=None,
          transient=False, get_time=None, refresh_per_second=10, style='bar.back', complete_style='bar.complete',
          finished_style='bar.finished', pulse_style='bar.pulse', update_period=0.1, disable=False, show_speed=True):
    """Iterate and show how far it is: on a terminal all the time, elsewhere at the end."""
    from rich import get_console
    console = console or get_console()
    if total is None:
        from operator import length_hint
        total = length_hint(sequence, -1)
    if total < 0:
        raise NotImplementedError('rich.progress.track() of a sequence without a length is not supported')
    if disable:
        yield from sequence
        return
    now = get_time or monotonic
    started = shown = now()
    interactive = console.is_interactive

    def line():
        elapsed = now() - started
        remaining = None
        if completed >= total:
            remaining = elapsed
        elif completed and elapsed > 0:
            remaining = ceil((total - completed) * elapsed / completed)
        text = console.render_str(description, highlight=False) if description else Text()
        parts = [text] if description else []
        parts.append(_bar(console, completed, total))
        parts.append(Text(f'{completed / total * 100 if total else 0:>3.0f}%', 'progress.percentage'))
        parts.append(Text(_clock(remaining), 'progress.elapsed' if completed >= total else 'progress.remaining'))
        return Text(' ', end='', no_wrap=True).join(parts)

    def show(last=False):
        if interactive:
            console._control('\r\x1b[2K')
            if last and transient:
                return
            console.print(line(), end='\n' if last else '', no_wrap=True)
        elif last and not transient:
            console.print(line(), end='\n', no_wrap=True)
    if interactive:
        show()
    try:
        for item in sequence:
            yield item
            completed += 1
            if interactive and now() - shown >= 1 / refresh_per_second:
                shown = now()
                show()
    finally:
        show(last=True)


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(name)
    if name in ('Progress', 'BarColumn', 'TextColumn', 'SpinnerColumn', 'TimeElapsedColumn', 'TimeRemainingColumn',
                'MofNCompleteColumn', 'TaskProgressColumn', 'DownloadColumn', 'TransferSpeedColumn'):
        raise NotImplementedError(f'rich.progress.{name} is not supported')
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
