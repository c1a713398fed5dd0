"""The console: prints what can be rendered to a terminal, or as plain text to anything else."""

import os
import sys
from time import monotonic

from . import errors
from .color import ColorSystem
from .containers import Group, Renderables, Styled
from .emoji import replace_codes
from .highlighter import NullHighlighter, ReprHighlighter
from .markup import render as render_markup
from .measure import Measurement
from .protocol import rich_cast
from .segment import Segment
from .style import Style
from .text import Text
from .theme import DEFAULT, ThemeStack

__all__ = ['Capture', 'CaptureError', 'Console', 'ConsoleDimensions', 'ConsoleOptions', 'ConsoleRenderable', 'Group',
           'NewLine', 'RenderResult', 'RenderableType', 'ThemeContext', 'get_console', 'group']

RenderableType = object
RenderResult = object
_SYSTEMS = {'standard': ColorSystem.STANDARD, '256': ColorSystem.EIGHT_BIT, 'truecolor': ColorSystem.TRUECOLOR}
_TERMINALS = {'kitty': ColorSystem.EIGHT_BIT, '256color': ColorSystem.EIGHT_BIT, '16color': ColorSystem.STANDARD}
_KEEP = object()
_null_highlighter = NullHighlighter()


class CaptureError(Exception):
    """The capture has no result yet."""


class NewLine:
    """Empty lines."""

    def __init__(self, count=1):
        self.count = count

    def __rich_console__(self, console, options):
        yield Segment('\n' * self.count)


class _HasConsole(type):
    def __instancecheck__(cls, instance):
        return hasattr(type(instance), '__rich_console__')


class ConsoleRenderable(metaclass=_HasConsole):
    """What has a method `__rich_console__`."""


class _Size(tuple):
    width = property(lambda self: self[0])
    height = property(lambda self: self[1])

    def __new__(cls, width, height):
        return tuple.__new__(cls, (width, height))

    def __repr__(self):
        return f'ConsoleDimensions(width={self[0]}, height={self[1]})'


ConsoleDimensions = _Size


class ConsoleOptions:
    """What renderables are told about the room they have."""

    legacy_windows = False

    def __init__(self, size, legacy_windows=False, min_width=1, max_width=80, is_terminal=False, encoding='utf-8',
                 max_height=25, justify=None, overflow=None, no_wrap=False, highlight=None, markup=None,
                 height=None):
        self.size, self.min_width, self.max_width, self.is_terminal = size, min_width, max_width, is_terminal
        self.encoding, self.max_height, self.justify, self.overflow = encoding, max_height, justify, overflow
        self.no_wrap, self.highlight, self.markup, self.height = no_wrap, highlight, markup, height

    @property
    def ascii_only(self):
        return not self.encoding.startswith('utf')

    def copy(self):
        options = object.__new__(ConsoleOptions)
        options.__dict__ |= self.__dict__
        return options

    def update(self, *, width=_KEEP, min_width=_KEEP, max_width=_KEEP, justify=_KEEP, overflow=_KEEP,
               no_wrap=_KEEP, highlight=_KEEP, markup=_KEEP, height=_KEEP):
        options = self.copy()
        if width is not _KEEP:
            options.min_width = options.max_width = max(0, width)
        if height is not _KEEP:
            if height is not None:
                options.max_height = height
            options.height = None if height is None else max(0, height)
        for name, value in (('min_width', min_width), ('max_width', max_width), ('justify', justify),
                            ('overflow', overflow), ('no_wrap', no_wrap), ('markup', markup)):
            if value is not _KEEP:
                setattr(options, name, value)
        if highlight is not _KEEP and highlight is not None:
            options.highlight = highlight
        return options

    def update_width(self, width):
        options = self.copy()
        options.size = self.size
        options.min_width = options.max_width = max(0, width)
        return options

    def update_height(self, height):
        options = self.copy()
        options.max_height = options.height = height
        return options

    def reset_height(self):
        options = self.copy()
        options.height = None
        return options

    def update_dimensions(self, width, height):
        options = self.update_width(width)
        options.height = options.max_height = height
        return options


class Capture:
    """Keeps what is printed while it is entered."""

    def __init__(self, console):
        self._console = console
        self._result = None

    def __enter__(self):
        self._console.begin_capture()
        return self

    def __exit__(self, *exc_info):
        self._result = self._console.end_capture()

    def get(self):
        if self._result is None:
            raise CaptureError('Capture result is not available until context manager exits.')
        return self._result


class ThemeContext:
    """Uses a theme while it is entered."""

    def __init__(self, console, theme, inherit=True):
        self.console, self.theme, self.inherit = console, theme, inherit

    def __enter__(self):
        self.console.push_theme(self.theme, inherit=self.inherit)
        return self

    def __exit__(self, *exc_info):
        self.console.pop_theme()


class _LogRender:
    """A line of a log: time, message, place."""

    def __init__(self, show_time, show_path, time_format):
        self.show_time, self.show_path, self.time_format = show_time, show_path, time_format
        self._last_time = None

    def __call__(self, console, renderables, log_time, path, line_no, link_path):
        from .table import Table
        output = Table.grid(padding=(0, 1))
        output.expand = True
        row = []
        if self.show_time:
            output.add_column(style='log.time')
            form = self.time_format
            shown = form(log_time) if callable(form) else Text(log_time.strftime(form))
            if shown == self._last_time:
                row.append(Text(' ' * len(shown)))
            else:
                row.append(shown)
                self._last_time = shown
        output.add_column(ratio=1, style='log.message', overflow='fold')
        row.append(Renderables(renderables))
        if self.show_path and path:
            output.add_column(style='log.path')
            place = Text()
            place.append(path, style=f'link file://{link_path}' if link_path else '')
            if line_no:
                place.append(':')
                place.append(f'{line_no}', style=f'link file://{link_path}#{line_no}' if link_path else '')
            row.append(place)
        output.add_row(*row)
        return output


class Console:
    """Prints with styles."""

    _environ = os.environ
    is_jupyter = False
    legacy_windows = False

    def __init__(self, *, color_system='auto', force_terminal=None, force_jupyter=None, force_interactive=None,
                 soft_wrap=False, theme=None, stderr=False, file=None, quiet=False, width=None, height=None,
                 style=None, no_color=None, tab_size=8, record=False, markup=True, emoji=True, emoji_variant=None,
                 highlight=True, log_time=True, log_path=True, log_time_format='[%X]', highlighter=ReprHighlighter(),
                 legacy_windows=None, safe_box=True, get_datetime=None, get_time=None, _environ=None):
        if force_jupyter or legacy_windows:
            name = 'force_jupyter' if force_jupyter else 'legacy_windows'
            raise NotImplementedError(f'Console({name}=True) is not supported')
        if _environ is not None:
            self._environ = _environ
        environ = self._environ
        columns, lines = environ.get('COLUMNS', ''), environ.get('LINES', '')
        self._width = int(columns) if width is None and columns.isdigit() else width
        self._height = int(lines) if height is None and lines.isdigit() else height
        self.tab_size, self.record, self.soft_wrap, self.quiet, self.stderr = tab_size, record, soft_wrap, quiet, stderr
        self._markup, self._emoji, self._emoji_variant, self._highlight = markup, emoji, emoji_variant, highlight
        self._force_terminal, self._file = force_terminal, file
        if color_system is None:
            self._color_system = None
        elif color_system == 'auto':
            self._color_system = self._detect_color_system()
        elif color_system == 'windows':
            raise NotImplementedError("Console(color_system='windows') is not supported")
        else:
            self._color_system = _SYSTEMS[color_system]
        self._log_render = _LogRender(log_time, log_path, log_time_format)
        self.highlighter = highlighter or _null_highlighter
        self.safe_box = safe_box
        self._get_datetime = get_datetime
        self.get_time = get_time or monotonic
        self.style = style
        self.no_color = environ.get('NO_COLOR', '') != '' if no_color is None else no_color
        if force_interactive is None and environ.get('TTY_INTERACTIVE') in ('0', '1'):
            force_interactive = environ['TTY_INTERACTIVE'] == '1'
        if force_interactive is None:
            force_interactive = self.is_terminal and not self.is_dumb_terminal
        self.is_interactive = force_interactive
        self._theme_stack = ThemeStack(DEFAULT if theme is None else theme)
        self._record_buffer, self._buffer, self._depth = [], [], 0
        self._hooks = []

    def __repr__(self):
        return f'<console width={self.width} {self._color_system!s}>'

    @property
    def file(self):
        return self._file or (sys.stderr if self.stderr else sys.stdout)

    @file.setter
    def file(self, new_file):
        self._file = new_file

    @property
    def get_datetime(self):
        if self._get_datetime is None:
            from datetime import datetime
            return datetime.now
        return self._get_datetime

    def _detect_color_system(self):
        if not self.is_terminal or self.is_dumb_terminal:
            return None
        if self._environ.get('COLORTERM', '').strip().lower() in ('truecolor', '24bit'):
            return ColorSystem.TRUECOLOR
        terminal = self._environ.get('TERM', '').strip().lower()
        return _TERMINALS.get(terminal.rpartition('-')[2], ColorSystem.STANDARD)

    @property
    def color_system(self):
        return next((name for name, system in _SYSTEMS.items() if system == self._color_system), None)

    @property
    def encoding(self):
        return (getattr(self.file, 'encoding', 'utf-8') or 'utf-8').lower()

    @property
    def is_terminal(self):
        if self._force_terminal is not None:
            return self._force_terminal
        compatible = self._environ.get('TTY_COMPATIBLE', '')
        if compatible in ('0', '1'):
            return compatible == '1'
        forced = self._environ.get('FORCE_COLOR')
        if forced is not None:
            return forced != ''
        isatty = getattr(self.file, 'isatty', None)
        try:
            return isatty is not None and isatty()
        except ValueError:
            # A file that has been closed.
            return False

    @property
    def is_dumb_terminal(self):
        return self.is_terminal and self._environ.get('TERM', '').lower() in ('dumb', 'unknown')

    @property
    def options(self):
        size = self.size
        return ConsoleOptions(size, max_width=size.width, max_height=size.height, encoding=self.encoding,
                              is_terminal=self.is_terminal)

    @property
    def size(self):
        if self._width is not None and self._height is not None:
            return _Size(self._width, self._height)
        width = height = None
        if self.is_dumb_terminal:
            width, height = 80, 25
        else:
            for descriptor in (0, 1, 2):
                try:
                    width, height = os.get_terminal_size(descriptor)
                    break
                except (ValueError, OSError):
                    pass
        columns, lines = self._environ.get('COLUMNS', ''), self._environ.get('LINES', '')
        width = int(columns) if columns.isdigit() else width
        height = int(lines) if lines.isdigit() else height
        return _Size(self._width if self._width is not None else width or 80,
                     self._height if self._height is not None else height or 25)

    @size.setter
    def size(self, new_size):
        self._width, self._height = new_size

    @property
    def width(self):
        return self.size.width

    @width.setter
    def width(self, width):
        self._width = width

    @property
    def height(self):
        return self.size.height

    @height.setter
    def height(self, height):
        self._height = height

    # Output is gathered while a method of the console runs, and written at once.

    def __enter__(self):
        self._depth += 1
        return self

    def __exit__(self, *exc_info):
        self._depth -= 1
        self._flush()

    def begin_capture(self):
        self._depth += 1

    def end_capture(self):
        rendered = self._render_buffer(self._buffer)
        self._buffer.clear()
        self._depth -= 1
        self._flush()
        return rendered

    def capture(self):
        return Capture(self)

    def push_theme(self, theme, *, inherit=True):
        self._theme_stack.push_theme(theme, inherit=inherit)

    def pop_theme(self):
        self._theme_stack.pop_theme()

    def use_theme(self, theme, *, inherit=True):
        return ThemeContext(self, theme, inherit)

    def push_render_hook(self, hook):
        self._hooks.append(hook)

    def pop_render_hook(self):
        self._hooks.pop()

    def bell(self):
        self._control('\x07')

    def clear(self, home=True):
        self._control('\x1b[2J\x1b[H' if home else '\x1b[2J')

    def show_cursor(self, show=True):
        if self.is_terminal:
            self._control('\x1b[?25h' if show else '\x1b[?25l')
            return True
        return False

    def set_window_title(self, title):
        if self.is_terminal:
            self._control(f'\x1b]0;{title}\x07')
            return True
        return False

    def _control(self, codes):
        if not self.is_dumb_terminal:
            with self:
                self._buffer.append(Segment(codes, None, [codes]))

    def pager(self, *args, **kwargs):
        raise NotImplementedError('Console.pager() is not supported')

    def screen(self, *args, **kwargs):
        raise NotImplementedError('Console.screen() is not supported')

    def status(self, status, *, spinner='dots', spinner_style='status.spinner', speed=1.0, refresh_per_second=12.5):
        from .status import Status
        return Status(status, console=self, spinner=spinner, spinner_style=spinner_style, speed=speed,
                      refresh_per_second=refresh_per_second)

    def line(self, count=1):
        self.print(NewLine(count))

    def measure(self, renderable, *, options=None):
        return Measurement.get(self, options or self.options, renderable)

    def render(self, renderable, options=None):
        """The segments of anything that can be rendered."""
        options = options or self.options
        if options.max_width < 1:
            return
        renderable = rich_cast(renderable)
        if hasattr(renderable, '__rich_console__') and not isinstance(renderable, type):
            parts = renderable.__rich_console__(self, options)
        elif isinstance(renderable, str):
            text = self.render_str(renderable, highlight=options.highlight, markup=options.markup)
            parts = text.__rich_console__(self, options)
        else:
            raise errors.NotRenderableError(f'Unable to render {renderable!r}; '
                                            'A str, Segment or object with __rich_console__ method is required')
        try:
            parts = iter(parts)
        except TypeError:
            raise errors.NotRenderableError(f'object {parts!r} is not renderable')
        inner = options.reset_height()
        for part in parts:
            if isinstance(part, Segment):
                yield part
            else:
                yield from self.render(part, inner)

    def render_lines(self, renderable, options=None, *, style=None, pad=True, new_lines=False):
        """Lines of segments."""
        options = options or self.options
        segments = self.render(renderable, options)
        if style:
            segments = Segment.apply_style(segments, style)
        lines = list(Segment.split_and_crop_lines(segments, options.max_width, include_new_lines=new_lines, pad=pad,
                                                  style=style))
        if options.height is not None:
            height = max(0, options.height)
            blank = [Segment(' ' * options.max_width, style)] + ([Segment('\n')] if new_lines else [])
            lines = lines[:height] + [blank] * (height - len(lines))
        return lines

    def render_str(self, text, *, style='', justify=None, overflow=None, emoji=None, markup=None, highlight=None,
                   highlighter=None):
        """A string as Text: markup, emoji, highlighting."""
        emoji = emoji or (emoji is None and self._emoji)
        if markup or (markup is None and self._markup):
            made = render_markup(text, style=style, emoji=emoji, emoji_variant=self._emoji_variant)
            made.justify, made.overflow = justify, overflow
        else:
            made = Text(replace_codes(text, self._emoji_variant) if emoji else text, justify=justify,
                        overflow=overflow, style=style)
        if highlight or (highlight is None and self._highlight):
            highlighted = (highlighter or self.highlighter)(str(made))
            highlighted.copy_styles(made)
            return highlighted
        return made

    def get_style(self, name, *, default=None):
        """A style by its name in the theme, or by its definition."""
        if isinstance(name, Style):
            return name
        try:
            style = self._theme_stack.get(name)
            if style is None:
                style = Style.parse(name)
            return style.copy() if style.link else style
        except errors.StyleSyntaxError as error:
            if default is not None:
                return self.get_style(default)
            raise errors.MissingStyle(f'Failed to get style {name!r}; {error}') from None

    def _collect(self, objects, sep, end, *, justify=None, emoji=None, markup=None, highlight=None):
        """What is printed, with neighbouring texts joined."""
        from .align import Align
        found, texts = [], []
        highlighter = self.highlighter if highlight or (highlight is None and self._highlight) else _null_highlighter

        def put(renderable):
            found.append(Align(renderable, justify) if justify in ('left', 'center', 'right') else renderable)

        def finish_text():
            if texts:
                put(Text(sep, justify=justify, end=end).join(texts))
                texts.clear()
        for item in objects:
            item = rich_cast(item)
            if isinstance(item, str):
                texts.append(self.render_str(item, emoji=emoji, markup=markup, highlight=highlight,
                                             highlighter=highlighter))
            elif isinstance(item, Text):
                texts.append(item)
            elif isinstance(item, (ConsoleRenderable, Segment)):
                finish_text()
                put(item)
            else:
                from .pretty import Pretty, is_expandable
                if is_expandable(item):
                    finish_text()
                    put(Pretty(item, highlighter=highlighter))
                else:
                    texts.append(highlighter(str(item)))
        finish_text()
        if self.style is not None:
            style = self.get_style(self.style)
            found = [Styled(renderable, style) for renderable in found]
        return found

    def rule(self, title='', *, characters='─', style='rule.line', align='center'):
        from .rule import Rule
        self.print(Rule(title=title, characters=characters, style=style, align=align))

    def out(self, *objects, sep=' ', end='\n', style=None, highlight=None):
        self.print(sep.join(map(str, objects)), style=style, highlight=highlight, emoji=False, markup=False,
                   no_wrap=True, overflow='ignore', crop=False, end=end)

    def print(self, *objects, sep=' ', end='\n', style=None, justify=None, overflow=None, no_wrap=None, emoji=None,
              markup=None, highlight=None, width=None, height=None, crop=True, soft_wrap=None, new_line_start=False):
        if not objects:
            objects = (NewLine(),) if end == '\n' else ('',)
        if self.soft_wrap if soft_wrap is None else soft_wrap:
            no_wrap = True if no_wrap is None else no_wrap
            overflow = 'ignore' if overflow is None else overflow
            crop = False
        with self:
            renderables = self._collect(objects, sep, end, justify=justify, emoji=emoji, markup=markup,
                                        highlight=highlight)
            for hook in self._hooks[:]:
                renderables = hook.process_renderables(renderables)
            options = self.options.update(justify=justify, overflow=overflow, no_wrap=no_wrap, markup=markup,
                                          highlight=highlight, height=height,
                                          width=_KEEP if width is None else min(width, self.width))
            segments = []
            for renderable in renderables:
                rendered = self.render(renderable, options)
                if style is None:
                    segments += rendered
                    continue
                for line, ended in Segment.split_lines_terminator(rendered):
                    segments += Segment.apply_style(line, self.get_style(style))
                    if ended:
                        segments.append(Segment.line())
            if new_line_start and len(''.join(segment.text for segment in segments).splitlines()) > 1:
                segments.insert(0, Segment.line())
            if crop:
                for line in Segment.split_and_crop_lines(segments, self.width, pad=False):
                    self._buffer += line
            else:
                self._buffer += segments

    def print_json(self, json=None, *, data=None, indent=2, highlight=True, skip_keys=False, ensure_ascii=False,
                   check_circular=True, allow_nan=True, default=None, sort_keys=False):
        from .json import JSON
        settings = dict(indent=indent, highlight=highlight, skip_keys=skip_keys, ensure_ascii=ensure_ascii,
                        check_circular=check_circular, allow_nan=allow_nan, default=default, sort_keys=sort_keys)
        if json is None:
            renderable = JSON.from_data(data, **settings)
        elif isinstance(json, str):
            renderable = JSON(json, **settings)
        else:
            raise TypeError(f'json must be str. Did you mean print_json(data={json!r}) ?')
        self.print(renderable, soft_wrap=True)

    def print_exception(self, *, width=100, extra_lines=3, theme=None, word_wrap=False, show_locals=False,
                        suppress=(), max_frames=100):
        from .traceback import Traceback
        self.print(Traceback(width=width, extra_lines=extra_lines, theme=theme, word_wrap=word_wrap,
                             show_locals=show_locals, suppress=suppress, max_frames=max_frames))

    def log(self, *objects, sep=' ', end='\n', style=None, justify=None, emoji=None, markup=None, highlight=None,
            log_locals=False, _stack_offset=1):
        if log_locals:
            raise NotImplementedError('Console.log(log_locals=True) is not supported')
        if not objects:
            objects = (NewLine(),)
        with self:
            renderables = self._collect(objects, sep, end, justify=justify, emoji=emoji, markup=markup,
                                        highlight=highlight)
            if style is not None:
                renderables = [Styled(renderable, style) for renderable in renderables]
            frame = sys._getframe(_stack_offset)
            filename = frame.f_code.co_filename
            link_path = None if filename.startswith('<') else os.path.abspath(filename)
            renderables = [self._log_render(self, renderables, self.get_datetime(), filename.rpartition(os.sep)[-1],
                                            frame.f_lineno, link_path)]
            for hook in self._hooks[:]:
                renderables = hook.process_renderables(renderables)
            segments = [segment for renderable in renderables for segment in self.render(renderable, self.options)]
            for line in Segment.split_and_crop_lines(segments, self.width, pad=False):
                self._buffer += line

    def _flush(self):
        if self.quiet:
            self._buffer.clear()
            return
        if self._depth or not self._buffer:
            return
        segments, self._buffer = self._buffer, []
        if self.record:
            self._record_buffer += segments
        text = self._render_buffer(segments)
        if not text:
            return
        try:
            self.file.write(text)
            self.file.flush()
        except UnicodeEncodeError as error:
            error.reason = (f'{error.reason}\n*** You may need to add PYTHONIOENCODING=utf-8 to your environment ***')
            raise

    def _render_buffer(self, segments):
        system = self._color_system
        if self.no_color and system:
            segments = Segment.remove_color(segments)
        plain = not self.is_terminal
        parts = []
        for text, style, control in segments:
            if style:
                parts.append(style.render(text, color_system=system))
            elif not (control and plain):
                parts.append(text)
        return ''.join(parts)

    def input(self, prompt='', *, markup=True, emoji=True, password=False, stream=None):
        if prompt:
            self.print(prompt, markup=markup, emoji=emoji, end='')
        if password:
            from getpass import getpass
            return getpass('', stream=stream)
        return stream.readline() if stream else input()

    def export_text(self, *, clear=True, styles=False):
        assert self.record, 'To export console contents set record=True in the constructor or instance'
        if styles:
            text = ''.join(style.render(text) if style else text for text, style, _control in self._record_buffer)
        else:
            text = ''.join(segment.text for segment in self._record_buffer if not segment.control)
        if clear:
            self._record_buffer.clear()
        return text

    def save_text(self, path, *, clear=True, styles=False):
        text = self.export_text(clear=clear, styles=styles)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)

    def export_html(self, **kwargs):
        raise NotImplementedError('Console.export_html() is not supported')

    def export_svg(self, **kwargs):
        raise NotImplementedError('Console.export_svg() is not supported')

    def save_html(self, path, **kwargs):
        raise NotImplementedError('Console.save_html() is not supported')

    def save_svg(self, path, **kwargs):
        raise NotImplementedError('Console.save_svg() is not supported')


def group(fit=True):
    """Decorator: what a function yields, as a Group."""
    def decorate(function):
        def wrapper(*args, **kwargs):
            return Group(*function(*args, **kwargs), fit=fit)
        return wrapper
    return decorate


def get_console():
    """The console that `rich.print` uses."""
    from rich import get_console as get
    return get()
