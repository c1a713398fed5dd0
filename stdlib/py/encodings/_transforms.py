"""Codecs from bytes to bytes and from text to text: base64, hex, quoted-printable, uu, zlib, rot13."""

import codecs
from io import BytesIO

_NAMES = {
    'base64': 'base64', 'base_64': 'base64', 'base64_codec': 'base64',
    'hex': 'hex', 'hex_codec': 'hex',
    'quopri': 'quopri', 'quoted_printable': 'quopri', 'quotedprintable': 'quopri',
    'quopri_codec': 'quopri',
    'uu': 'uu', 'uu_codec': 'uu',
    'zip': 'zlib', 'zlib': 'zlib', 'zlib_codec': 'zlib',
    'bz2': 'bz2', 'bz2_codec': 'bz2',
    'rot13': 'rot-13', 'rot_13': 'rot-13',
}


def _strict(errors):
    if errors != 'strict':
        raise AssertionError(errors)


def _base64_encode(data):
    import binascii
    return b''.join(binascii.b2a_base64(data[at:at + 57]) for at in range(0, len(data), 57))


def _base64_decode(data):
    import binascii
    return binascii.a2b_base64(data)


def _hex_encode(data):
    import binascii
    return binascii.b2a_hex(data)


def _hex_decode(data):
    import binascii
    return binascii.a2b_hex(data)


def _quopri_encode(data):
    import binascii
    return binascii.b2a_qp(data, quotetabs=True)


def _quopri_decode(data):
    import binascii
    return binascii.a2b_qp(data)


def _uu_encode(data):
    import binascii
    lines = [b'begin 666 <data>\n']
    lines += [binascii.b2a_uu(data[at:at + 45]) for at in range(0, len(data), 45)]
    return b''.join(lines) + b' \nend\n'


def _uu_decode(data):
    import binascii
    lines = iter(BytesIO(data))
    for line in lines:
        if line.startswith(b'begin'):
            break
    else:
        raise ValueError('Missing "begin" line in input data')
    out = []
    for line in lines:
        if line == b'end\n':
            return b''.join(out)
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Encoders that pad wrongly: the first character tells the length.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            out.append(binascii.a2b_uu(line[:length]))
    raise ValueError('Truncated input data')


def _zlib_encode(data):
    import zlib
    return zlib.compress(data)


def _zlib_decode(data):
    import zlib
    return zlib.decompress(data)


def _bz2_encode(data):
    import bz2
    return bz2.compress(data)


def _bz2_decode(data):
    import bz2
    return bz2.decompress(data)


_ROT13 = str.maketrans('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
                       'NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm')


def _rot13(text):
    return str.translate(text, _ROT13)


_FUNCTIONS = {
    'base64': (_base64_encode, _base64_decode), 'hex': (_hex_encode, _hex_decode),
    'quopri': (_quopri_encode, _quopri_decode), 'uu': (_uu_encode, _uu_decode),
    'zlib': (_zlib_encode, _zlib_decode), 'bz2': (_bz2_encode, _bz2_decode),
    'rot-13': (_rot13, _rot13),
}


def find(name):
    """CodecInfo for a normalised name, or None."""
    name = _NAMES.get(name)
    if name is None:
        return None
    forth, back = _FUNCTIONS[name]

    class Codec(codecs.Codec):
        def encode(self, input, errors='strict'):
            _strict(errors)
            return forth(input), len(input)

        def decode(self, input, errors='strict'):
            _strict(errors)
            return back(input), len(input)

    class IncrementalEncoder(codecs.IncrementalEncoder):
        def encode(self, input, final=False):
            _strict(self.errors)
            return forth(input)

    class IncrementalDecoder(codecs.IncrementalDecoder):
        def decode(self, input, final=False):
            _strict(self.errors)
            return back(input)

    class StreamWriter(Codec, codecs.StreamWriter):
        charbuffertype = bytes

    class StreamReader(Codec, codecs.StreamReader):
        charbuffertype = bytes

    module = f"encodings.{name.replace('-', '_')}" + ('' if name in ('uu', 'rot-13') else '_codec')
    for cls in (Codec, IncrementalEncoder, IncrementalDecoder, StreamWriter, StreamReader):
        cls.__module__ = module
        cls.__qualname__ = cls.__name__
    codec = Codec()
    return codecs.CodecInfo(codec.encode, codec.decode, StreamReader, StreamWriter,
                            IncrementalEncoder, IncrementalDecoder, name,
                            _is_text_encoding=False)
