"""Themes: names of styles."""

from . import errors
from .style import Style

# A style, then the names it has.
_DEFAULTS = """
none: none log.level log.message rule.text prompt pretty table.cell traceback.text traceback.exc_value
    progress.description tree tree.line markdown.paragraph markdown.text markdown.item markdown.h1.border
dim: dim logging.level.notset log.path markdown.hr markdown.h6
not dim: bright
bold: bold strong repr.brace repr.comma repr.tag_start repr.tag_end repr.attrib_equal json.brace
    table.header table.footer markdown.strong markdown.item.bullet
bold reverse: code
italic: italic emphasize table.title markdown.em markdown.emph markdown.h5
underline: underline
blink: blink
blink2: blink2
reverse: reverse
strike: strike markdown.s
black: black
red: red prompt.invalid prompt.invalid.choice scope.equals traceback.border progress.data.speed
green: green logging.level.debug progress.filesize progress.filesize.total progress.download
    progress.spinner status.spinner
yellow: yellow logging.level.warning repr.ellipsis progress.elapsed iso8601.timezone
magenta: magenta repr.path traceback.group.border progress.percentage markdown.block_quote iso8601.time
cyan: cyan progress.remaining markdown.list markdown.item.number markdown.table.border
white: white
bold red: live.ellipsis logging.level.error repr.error traceback.title
bold yellow: logging.keyword
blue: logging.level.info scope.border iso8601.date
bold reverse red: logging.level.critical
dim cyan: log.time
dim green: repr.indent
not bold not italic green: repr.str json.str
bold bright_green: repr.ipv4 repr.ipv6 repr.eui48 repr.eui64
bold bright_magenta: repr.tag_name
default: repr.tag_contents
not italic yellow: repr.attrib_name
not italic magenta: repr.attrib_value
bold not italic cyan: repr.number repr.number_complex json.number
italic bright_green: repr.bool_true json.bool_true
italic bright_red: repr.bool_false json.bool_false
italic magenta: repr.none json.null markdown.h4
not bold not italic underline bright_blue: repr.url
not bold bright_yellow: repr.uuid
bold magenta: repr.call prompt.choices markdown.h3
bright_magenta: repr.filename
bright_green: rule.line
bold blue: json.key
bold cyan: prompt.default
italic yellow: scope.key
dim italic yellow: scope.key.special
dim italic: table.caption markdown.h7
italic red: traceback.error
bright_red: traceback.border.syntax_error
bold bright_red: traceback.exc_type traceback.offset
bold underline: traceback.error_range markdown.h1
bold green: traceback.note
grey23: bar.back
rgb(249,38,114): bar.complete bar.pulse
rgb(114,156,31): bar.finished
bold cyan on black: markdown.code
cyan on black: markdown.code_block
underline magenta: markdown.h2
bright_blue: markdown.link
underline blue: markdown.link_url
not bold cyan: markdown.table.header
bold bright_yellow: markdown.kbd
"""


def _defaults():
    styles = {}
    definition = None
    for line in _DEFAULTS.strip().split('\n'):
        if not line.startswith(' '):
            definition, _, line = line.partition(': ')
        styles |= dict.fromkeys(line.split(), Style.parse(definition))
    reset = [f'not {name}' for name in ('bold', 'dim', 'italic', 'underline', 'blink', 'blink2', 'reverse',
                                        'conceal', 'strike')]
    styles['reset'] = Style.parse(' '.join(reset) + ' default on default')
    return styles


DEFAULT_STYLES = _defaults()


class Theme:
    """Styles by name, over the default ones unless `inherit` is false."""

    def __init__(self, styles=None, inherit=True):
        self.styles = DEFAULT_STYLES.copy() if inherit else {}
        if styles is not None:
            self.styles |= {name: style if isinstance(style, Style) else Style.parse(style)
                            for name, style in styles.items()}

    @property
    def config(self):
        return '[styles]\n' + '\n'.join(f'{name} = {style}' for name, style in sorted(self.styles.items()))

    @classmethod
    def from_file(cls, config_file, source=None, inherit=True):
        import configparser
        config = configparser.ConfigParser()
        config.read_file(config_file, source=source)
        return cls({name: Style.parse(value) for name, value in config.items('styles')}, inherit=inherit)

    @classmethod
    def read(cls, path, inherit=True, encoding=None):
        with open(path, encoding=encoding) as file:
            return cls.from_file(file, source=path, inherit=inherit)


class ThemeStackError(Exception):
    """The last theme cannot be taken away."""


class ThemeStack:
    """Themes over each other."""

    def __init__(self, theme):
        self._entries = [theme.styles]
        self.get = self._entries[-1].get

    def push_theme(self, theme, inherit=True):
        self._entries.append({**self._entries[-1], **theme.styles} if inherit else theme.styles.copy())
        self.get = self._entries[-1].get

    def pop_theme(self):
        if len(self._entries) == 1:
            raise ThemeStackError('Unable to pop base theme')
        self._entries.pop()
        self.get = self._entries[-1].get


DEFAULT = Theme()
