"""Exceptions of graphs."""


class GraphRecursionError(RecursionError):
    """A graph took as many steps as it may and was not at its end."""
