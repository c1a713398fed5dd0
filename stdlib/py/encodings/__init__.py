"""The encodings that come with the interpreter, as the registry of `codecs` knows them.

Natives used: `_codecs` (_text_encoding, _text_encode, _text_decode). Codecs between other types
are in `encodings._transforms`.
"""

import _codecs
import codecs

_cache = {}


class CodecRegistryError(LookupError, SystemError):
    """Something of an encoding is not as it should be."""


def normalize_encoding(encoding):
    """The name as modules are named: one underscore for each run of other characters."""
    if isinstance(encoding, bytes):
        encoding = str(encoding, "ascii")
    parts, word = [], ''
    for c in encoding:
        if c.isalnum() or c == '.':
            if c.isascii():
                word += c
        elif word:
            parts.append(word)
            word = ''
    if word:
        parts.append(word)
    return '_'.join(parts)


def _text_codec(name):
    """CodecInfo of a text encoding by its canonical name."""
    module = 'encodings.' + {'iso8859-1': 'latin_1'}.get(name, name.replace('-', '_'))
    marked = name in ('utf-16', 'utf-32')

    def encode(input, errors='strict'):
        return _codecs._text_encode(name, input, errors)

    def decode(input, errors='strict'):
        return _codecs._text_decode(name, input, errors, True)

    native = name.replace('-', '_').replace('iso8859_1', 'latin_1')
    encode = getattr(_codecs, native + '_encode', encode)
    if name in ('ascii', 'iso8859-1', 'unicode-escape', 'raw-unicode-escape'):
        decode = getattr(_codecs, native + '_decode', decode)

    class IncrementalEncoder(codecs.IncrementalEncoder):
        def __init__(self, errors='strict'):
            super().__init__(errors)
            self.started = 0

        def encode(self, input, final=False):
            if self.started or not (marked or name == 'utf-8-sig'):
                plain = {'utf-16': 'utf-16-le', 'utf-32': 'utf-32-le', 'utf-8-sig': 'utf-8'}
                return _codecs._text_encode(plain.get(name, name), input, self.errors)[0]
            self.started = 1
            return _codecs._text_encode(name, input, self.errors)[0]

        def reset(self):
            self.started = 0

        def getstate(self):
            # Byte order marks are told by 2 while they are still to be written.
            if marked:
                return 0 if self.started else 2
            return 1 if name == 'utf-8-sig' and not self.started else 0

        def setstate(self, state):
            self.started = 0 if state else 1

    class IncrementalDecoder(codecs.BufferedIncrementalDecoder):
        def __init__(self, errors='strict'):
            super().__init__(errors)
            # The encoding in use once a mark told it.
            self.found = None

        def _buffer_decode(self, input, errors, final):
            if name == 'utf-16' or name == 'utf-32':
                if self.found is None:
                    decode = (_codecs.utf_16_ex_decode if name == 'utf-16'
                              else _codecs.utf_32_ex_decode)
                    output, consumed, order = decode(input, errors, 0, final)
                    if order:
                        self.found = name + ('-le' if order < 0 else '-be')
                    elif consumed >= (2 if name == 'utf-16' else 4):
                        raise UnicodeError(
                            name.upper() + " stream does not start with BOM")
                    return output, consumed
                return _codecs._text_decode(self.found, input, errors, final)
            if name == 'utf-8-sig' and self.found:
                return _codecs._text_decode('utf-8', input, errors, final)
            output, consumed = _codecs._text_decode(name, input, errors, final)
            if consumed:
                self.found = 'utf-8'
            return output, consumed

        def reset(self):
            super().reset()
            self.found = None

        def getstate(self):
            held = self.buffer
            if marked:
                if self.found is None:
                    return held, 2
                return held, 0 if self.found.endswith('-le') else 1
            if name == 'utf-8-sig':
                return held, 0 if self.found else 1
            return held, 0

        def setstate(self, state):
            super().setstate(state)
            flag = state[1]
            if marked:
                self.found = (None if flag == 2 else name + ('-be' if flag == 1 else '-le'))
            else:
                self.found = None if flag else 'utf-8'

    class StreamWriter(codecs.StreamWriter):
        def __init__(self, stream, errors='strict'):
            super().__init__(stream, errors)
            self._encoder = IncrementalEncoder(errors)

        def encode(self, input, errors='strict'):
            self._encoder.errors = errors
            return self._encoder.encode(input), len(input)

        def reset(self):
            super().reset()
            self._encoder.reset()

    class StreamReader(codecs.StreamReader):
        def __init__(self, stream, errors='strict'):
            super().__init__(stream, errors)
            self._decoder = IncrementalDecoder(errors)

        def decode(self, input, errors='strict'):
            output, consumed = self._decoder._buffer_decode(input, errors, False)
            return output, consumed

        def reset(self):
            super().reset()
            self._decoder.reset()

    for cls in (IncrementalEncoder, IncrementalDecoder, StreamWriter, StreamReader):
        cls.__module__ = module
        cls.__qualname__ = cls.__name__
    return codecs.CodecInfo(encode, decode, StreamReader, StreamWriter, IncrementalEncoder,
                            IncrementalDecoder, name)


def search_function(encoding):
    """CodecInfo for a name, or None."""
    found = _cache.get(encoding, _cache)
    if found is not _cache:
        return found
    name = _codecs._text_encoding(encoding)
    if name is not None:
        info = _text_codec(name)
    else:
        from encodings import _transforms
        info = _transforms.find(normalize_encoding(encoding).lower())
    _cache[encoding] = info
    return info


codecs.register(search_function)
