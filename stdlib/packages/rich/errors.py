"""Exceptions of the package."""


class ConsoleError(Exception):
    """Base of all others."""


class StyleError(Exception):
    """Something about a style."""


class StyleSyntaxError(ConsoleError):
    """A style definition that cannot be parsed."""


class MissingStyle(StyleError):
    """No such style in the theme, nor a definition of one."""


class StyleStackError(ConsoleError):
    """A theme was taken away that was not put there."""


class NotRenderableError(ConsoleError):
    """What a console cannot show."""


class MarkupError(ConsoleError):
    """Tags that do not fit together."""


class LiveError(ConsoleError):
    """Live displays that exclude each other."""


class NoAltScreen(ConsoleError):
    """Needs the alternative screen."""
