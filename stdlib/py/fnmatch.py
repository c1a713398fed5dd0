"""Matching of file names with shell patterns: * ? [seq] [!seq]."""

import functools
import re

__all__ = ["filter", "filterfalse", "fnmatch", "fnmatchcase", "translate"]


def fnmatch(name, pat):
    """True if the name matches the pattern, by the rules of this system for case."""
    import os
    return fnmatchcase(os.path.normcase(name), os.path.normcase(pat))


@functools.lru_cache(maxsize=32768, typed=True)
def _compile_pattern(pat):
    if isinstance(pat, bytes):
        pattern = translate(str(pat, 'ISO-8859-1')).encode('ISO-8859-1')
    else:
        pattern = translate(pat)
    return re.compile(pattern).match


def filter(names, pat):
    """The names that match, as a list."""
    import os
    match = _compile_pattern(os.path.normcase(pat))
    return [name for name in names if match(os.path.normcase(name))]


def filterfalse(names, pat):
    """The names that do not match, as a list."""
    import os
    match = _compile_pattern(os.path.normcase(pat))
    return [name for name in names if match(os.path.normcase(name)) is None]


def fnmatchcase(name, pat):
    """True if the name matches the pattern; case matters."""
    return _compile_pattern(pat)(name) is not None


def translate(pat):
    """The pattern as a regular expression."""
    parts, star_indices = _translate(pat, '*', '.')
    return _join_translated_parts(parts, star_indices)


def _translate(pat, star, question_mark):
    """Translate piece by piece; a star becomes the given text, its places are returned too."""
    result = []
    stars = []
    pos, size = 0, len(pat)
    while pos < size:
        char = pat[pos]
        pos += 1
        if char == '*':
            stars.append(len(result))
            result.append(star)
            # Several stars in a row are one.
            while pos < size and pat[pos] == '*':
                pos += 1
        elif char == '?':
            result.append(question_mark)
        elif char == '[':
            end = pos
            if end < size and pat[end] == '!':
                end += 1
            if end < size and pat[end] == ']':
                end += 1
            while end < size and pat[end] != ']':
                end += 1
            if end >= size:
                # Never closed, so it is an ordinary character.
                result.append('\\[')
            else:
                result.append(_translate_set(pat[pos:end]))
                pos = end + 1
        else:
            result.append(re.escape(char))
    return result, stars


def _translate_set(text):
    if '-' not in text:
        text = text.replace('\\', r'\\')
    else:
        # Split at the hyphens of ranges, so that others can be escaped.
        chunks = []
        start = 0
        look_from = 2 if text[0] == '!' else 1
        while True:
            hyphen = text.find('-', look_from)
            if hyphen < 0:
                break
            chunks.append(text[start:hyphen])
            start = hyphen + 1
            look_from = hyphen + 3
        rest = text[start:]
        if rest:
            chunks.append(rest)
        else:
            chunks[-1] += '-'
        # Ranges that run backwards are empty, which re would refuse.
        for index in range(len(chunks) - 1, 0, -1):
            if chunks[index - 1][-1] > chunks[index][0]:
                chunks[index - 1] = chunks[index - 1][:-1] + chunks[index][1:]
                del chunks[index]
        text = '-'.join([chunk.replace('\\', r'\\').replace('-', r'\-') for chunk in chunks])
    if not text:
        # An empty set matches nothing.
        return '(?!)'
    if text == '!':
        return '.'
    # Doubled, these would mean set operations some day.
    text = re.sub(r'([&~|])', r'\\\1', text)
    if text[0] == '!':
        text = '^' + text[1:]
    elif text[0] in ('^', '['):
        text = '\\' + text
    return f'[{text}]'


def _join_translated_parts(parts, star_indices):
    if not star_indices:
        return fr'(?s:{"".join(parts)})\z'
    star_indices = iter(star_indices)
    first = next(star_indices)
    buffer = parts[:first]
    start = first + 1
    # All stars but the last match as little as they can and never more: no backtracking.
    for index in star_indices:
        buffer.append('(?>.*?')
        buffer.extend(parts[start:index])
        buffer.append(')')
        start = index + 1
    buffer.append('.*')
    buffer.extend(parts[start:])
    return fr'(?s:{"".join(buffer)})\z'
