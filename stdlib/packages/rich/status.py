"""A message while something is under way."""


class Status:
    """Shows a line on a terminal until it ends; nothing elsewhere. The spinner stands still."""

    def __init__(self, status, *, console=None, spinner='dots', spinner_style='status.spinner', speed=1.0,
                 refresh_per_second=12.5):
        from rich import get_console
        self.status, self.console, self.spinner_style = status, console or get_console(), spinner_style
        self._shown = False

    def update(self, status=None, *, spinner=None, spinner_style=None, speed=None):
        self.status = self.status if status is None else status
        self.spinner_style = spinner_style or self.spinner_style
        if self._shown:
            self._erase()
            self._show()

    def _show(self):
        from .text import Text
        line = Text.assemble(('⠋', self.spinner_style), ' ')
        line.append_text(self.console.render_str(self.status) if isinstance(self.status, str) else self.status)
        self.console.print(line, end='', crop=True, no_wrap=True)

    def _erase(self):
        self.console._control('\r\x1b[2K')

    def start(self):
        if self.console.is_interactive and not self._shown:
            self._shown = True
            self._show()

    def stop(self):
        if self._shown:
            self._shown = False
            self._erase()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()
