"""Stand-in for the package rich: styled text, markup, tables and panels on terminals.

An installed rich takes its place. The console protocol is the same, so objects with `__rich_console__` work.
"""

__all__ = ['get_console', 'reconfigure', 'print', 'inspect', 'print_json']

_console = None


def get_console():
    """The console that everything uses which was given none."""
    global _console
    if _console is None:
        from .console import Console
        _console = Console()
    return _console


def reconfigure(*args, **kwargs):
    """Give that console other settings."""
    from .console import Console
    get_console().__dict__ = Console(*args, **kwargs).__dict__


def print(*objects, sep=' ', end='\n', file=None, flush=False):
    """`print` with markup, colours and pretty containers."""
    from .console import Console
    console = get_console() if file is None else Console(file=file)
    return console.print(*objects, sep=sep, end=end)


def print_json(json=None, *, data=None, indent=2, highlight=True, skip_keys=False, ensure_ascii=False,
               check_circular=True, allow_nan=True, default=None, sort_keys=False):
    """Print JSON with colours."""
    get_console().print_json(json, data=data, indent=indent, highlight=highlight, skip_keys=skip_keys,
                             ensure_ascii=ensure_ascii, check_circular=check_circular, allow_nan=allow_nan,
                             default=default, sort_keys=sort_keys)


def inspect(*args, **kwargs):
    """Not here."""
    raise NotImplementedError('rich.inspect() is not supported')
