"""How many columns of a terminal text takes."""

from functools import lru_cache
from unicodedata import category, east_asian_width


@lru_cache(4096)
def get_character_cell_size(character):
    """0, 1 or 2."""
    code = ord(character)
    if 32 <= code < 127:
        return 1
    if code < 32 or 0x7f <= code < 0xa0:
        return 0
    if category(character) in ('Mn', 'Me') or code in (0x200b, 0x200c, 0x200d, 0x2060, 0xfeff):
        return 0
    return 2 if east_asian_width(character) in 'WF' else 1


def cell_len(text):
    """The width of a text without line breaks."""
    if text.isascii() and text.isprintable():
        return len(text)
    width = 0
    previous = 0
    joined = False
    for character in text:
        if character == '\u200d':
            joined = True
            continue
        if character == '\ufe0f':
            # Shown as an emoji.
            if previous == 1:
                width += 1
                previous = 2
            continue
        size = get_character_cell_size(character)
        if joined:
            joined = False
            continue
        if size:
            previous = size
        width += size
    return width


cached_cell_len = cell_len


def set_cell_size(text, total):
    """The text cut or filled with spaces to a width; half of a wide character becomes a space."""
    if total <= 0:
        return ''
    width = cell_len(text)
    if width < total:
        return text + ' ' * (total - width)
    if width == total:
        return text
    taken = 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if taken + size > total:
            return text[:index] + ' ' * (total - taken)
        taken += size
    return text


def chop_cells(text, width):
    """The text in pieces, none wider than `width`."""
    pieces = []
    piece, taken = [], 0
    for character in text:
        size = get_character_cell_size(character)
        if taken + size > width:
            pieces.append(''.join(piece))
            piece, taken = [], 0
        piece.append(character)
        taken += size
    if piece:
        pieces.append(''.join(piece))
    return pieces
