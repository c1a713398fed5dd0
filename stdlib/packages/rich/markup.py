"""Console markup: `[bold red]text[/]`."""

import re
from operator import attrgetter
from typing import NamedTuple

from .emoji import replace_codes
from .errors import MarkupError
from .style import Style
from .text import Span, Text

_TAG = re.compile(r'((\\*)\[([a-z#/@][^[]*?)])')
_CALL = re.compile(r'^([\w.]*?)(\(.*?\))?$')
_ESCAPE = re.compile(r'(\\*)(\[[a-z#/@][^[]*?])')


class Tag(NamedTuple):
    """What is between brackets: a name, and what is behind `=`."""

    name: str
    parameters: str | None

    def __str__(self):
        return self.name if self.parameters is None else f'{self.name} {self.parameters}'

    @property
    def markup(self):
        return f'[{self.name}]' if self.parameters is None else f'[{self.name}={self.parameters}]'


def escape(markup):
    """The text with backslashes where it would look like tags."""
    escaped = _ESCAPE.sub(r'\1\1\\\2', markup)
    # A single backslash at the end would escape a tag that is put behind.
    return escaped + '\\' if escaped.endswith('\\') and not escaped.endswith('\\\\') else escaped


def _pieces(markup):
    """Positions, each with a piece of text or a tag."""
    done = 0
    for match in _TAG.finditer(markup):
        whole, backslashes, inside = match.groups()
        start = match.start()
        if start > done:
            yield start, markup[done:start], None
        done = match.end()
        pairs, is_escaped = divmod(len(backslashes), 2)
        if pairs:
            yield start, '\\' * pairs, None
            start += 2 * pairs
        if is_escaped:
            yield start, whole[len(backslashes):], None
            continue
        name, equals, parameters = inside.partition('=')
        yield start, None, Tag(name, parameters if equals else None)
    if done < len(markup):
        yield done, markup[done:], None


def _span_of(tag, start, end):
    if not tag.name.startswith('@'):
        return Span(start, end, str(tag))
    if not tag.parameters:
        return Span(start, end, Style(meta={tag.name: ()}))
    from ast import literal_eval
    called, parameters = '', tag.parameters.strip()
    match = _CALL.match(parameters)
    if match is not None:
        called, parameters = match[1], '()' if match[2] is None else match[2]
    try:
        value = literal_eval(parameters)
    except SyntaxError as error:
        raise MarkupError(f'error parsing {parameters!r} in {tag.parameters!r}; {error.msg}')
    except Exception as error:
        raise MarkupError(f'error parsing {tag.parameters!r}; {error}') from None
    if called:
        value = called, value if isinstance(value, tuple) else (value,)
    return Span(start, end, Style(meta={tag.name: value}))


def render(markup, style='', emoji=True, emoji_variant=None):
    """Markup as a Text."""
    if '[' not in markup:
        return Text(replace_codes(markup, emoji_variant) if emoji else markup, style=style)
    text = Text(style=style)
    spans = []
    opened = []
    for position, plain, tag in _pieces(markup):
        if plain is not None:
            plain = plain.replace('\\[', '[')
            text.append(replace_codes(plain) if emoji else plain)
        elif not tag.name.startswith('/'):
            opened.append((len(text), Tag(Style.normalize(tag.name), tag.parameters)))
        else:
            name = tag.name[1:].strip()
            if name:
                name = Style.normalize(name)
                at = next((at for at in reversed(range(len(opened))) if opened[at][1].name == name), None)
                if at is None:
                    raise MarkupError(
                        f"closing tag '{tag.markup}' at position {position} doesn't match any open tag")
            else:
                at = -1
                if not opened:
                    raise MarkupError(f"closing tag '[/]' at position {position} has nothing to close")
            start, opener = opened.pop(at)
            spans.append(_span_of(opener, start, len(text)))
    for start, tag in reversed(opened):
        if str(tag):
            spans.append(Span(start, len(text), str(tag)))
    text.spans = sorted(reversed(spans), key=attrgetter('start'))
    return text
