"""Things side by side."""


class Columns:
    """Not here."""

    def __init__(self, *args, **kwargs):
        raise NotImplementedError('rich.columns.Columns is not supported')
