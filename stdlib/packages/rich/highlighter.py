"""Styles for what looks like numbers, strings, paths and the like."""

import re

from .text import Span, Text


class Highlighter:
    """Base class: derive and write `highlight(text)`."""

    def __call__(self, text):
        if isinstance(text, str):
            made = Text(text)
        elif isinstance(text, Text):
            made = text.copy()
        else:
            raise TypeError(f'str or Text instance required, not {text!r}')
        self.highlight(made)
        return made

    def highlight(self, text):
        raise NotImplementedError('highlight() of a Highlighter')


class NullHighlighter(Highlighter):
    """Changes nothing."""

    def highlight(self, text):
        pass


class RegexHighlighter(Highlighter):
    """Named groups of regular expressions become styles."""

    highlights = []
    base_style = ''

    def highlight(self, text):
        for pattern in self.highlights:
            text.highlight_regex(pattern, style_prefix=self.base_style)


_HEX = '[0-9A-Fa-f]'


def _eui(groups):
    """A MAC address of so many bytes, written in three ways."""
    return (rf'(?:{_HEX}{{1,2}}-){{{groups - 1}}}{_HEX}{{1,2}}|(?:{_HEX}{{1,2}}:){{{groups - 1}}}{_HEX}{{1,2}}|'
            rf'(?:{_HEX}{{4}}\.){{{(groups - 2) // 2}}}{_HEX}{{4}}')


_NUMBER = r'[0-9]+\.?[0-9]*(?:e[-+]?\d+?)?'
_REPR = '|'.join((
    r'(?P<ipv4>' + r'\.'.join(['[0-9]{1,3}'] * 4) + ')',
    rf'(?P<ipv6>({_HEX}{{1,4}}::?){{1,7}}{_HEX}{{1,4}})',
    rf'(?P<eui64>{_eui(8)})',
    rf'(?P<eui48>{_eui(6)})',
    rf'(?P<uuid>{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}})',
    r'(?P<call>[\w.]*?)\(',
    r'\b(?P<bool_true>True)\b|\b(?P<bool_false>False)\b|\b(?P<none>None)\b',
    r'(?P<ellipsis>\.\.\.)',
    rf'(?P<number_complex>(?<!\w)(?:\-?{_NUMBER})(?:[-+](?:[0-9]+\.?[0-9]*(?:e[-+]?\d+)?))?j)',
    rf'(?P<number>(?<!\w)\-?{_NUMBER}\b|0x[0-9a-fA-F]*)',
    r'(?P<path>\B(/[-\w._+]+)*\/)(?P<filename>[-\w._+]*)?',
    r'(?<![\\\w])(?P<str>' + '|'.join(rf'b?{quote}.*?(?<!\\){quote}' for quote in ("'''", "'", '"""', '"')) + ')',
    r'(?P<url>(file|https|http|ws|wss)://[-0-9a-zA-Z$_+!`(),.?/;:&=%#~@]*)',
))


class ReprHighlighter(RegexHighlighter):
    """What `repr()` gives."""

    base_style = 'repr.'
    highlights = [
        re.compile(r'(?P<tag_start><)(?P<tag_name>[-\w.:|]*)(?P<tag_contents>[\w\W]*)(?P<tag_end>>)'),
        re.compile(r'(?P<attrib_name>[\w_]{1,50})=(?P<attrib_value>"?[\w_]+"?)?'),
        re.compile(r'(?P<brace>[][{}()])'),
        re.compile(_REPR),
    ]


class JSONHighlighter(RegexHighlighter):
    """JSON."""

    base_style = 'json.'
    _STRING = r'(?<![\\\w])(?P<str>b?\".*?(?<!\\)\")'
    highlights = [
        r'(?P<brace>[\{\[\(\)\]\}])|\b(?P<bool_true>true)\b|\b(?P<bool_false>false)\b|\b(?P<null>null)\b|'
        r'(?P<number>(?<!\w)\-?[0-9]+\.?[0-9]*(e[\-\+]?\d+?)?\b|0x[0-9a-fA-F]*)|' + _STRING,
    ]

    def highlight(self, text):
        super().highlight(text)
        for match in re.finditer(self._STRING, text.plain):
            if text.plain[match.end():].lstrip(' \n\r\t').startswith(':'):
                text.spans.append(Span(*match.span(), 'json.key'))
