"""How objects say that they can be rendered."""


def is_renderable(check_object):
    """True for strings and for objects that render themselves."""
    return isinstance(check_object, str) or hasattr(check_object, '__rich__') or hasattr(
        check_object, '__rich_console__')


def rich_cast(renderable):
    """Follow `__rich__()` to what it stands for."""
    seen = set()
    while hasattr(renderable, '__rich__') and not isinstance(renderable, type):
        # An object that answers every name is no renderable.
        if hasattr(renderable, '_a_name_that_nobody_has'):
            return repr(renderable)
        renderable = renderable.__rich__()
        if type(renderable) in seen:
            break
        seen.add(type(renderable))
    return renderable
