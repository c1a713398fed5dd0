"""Base16, Base32, Base64 and Base85 (RFC 4648 and their relatives), over `binascii` where it has them."""

import binascii
import struct

__all__ = [
    "encode",
    "decode",
    "encodebytes",
    "decodebytes",
    "b64encode",
    "b64decode",
    "b32encode",
    "b32decode",
    "b32hexencode",
    "b32hexdecode",
    "b16encode",
    "b16decode",
    "b85encode",
    "b85decode",
    "a85encode",
    "a85decode",
    "z85encode",
    "z85decode",
    "standard_b64encode",
    "standard_b64decode",
    "urlsafe_b64encode",
    "urlsafe_b64decode",
]

MAXLINESIZE = 76
MAXBINSIZE = MAXLINESIZE // 4 * 3

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def _input(s):
    """What a decoder was given, as bytes: ASCII text, or anything bytes-like."""
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters") from None
    if isinstance(s, (bytes, bytearray)):
        return s
    try:
        return memoryview(s).tobytes()
    except TypeError:
        kind = s.__class__.__name__
        raise TypeError(f"argument should be a bytes-like object or ASCII string, not {kind!r}") from None


# Base64.


def b64encode(s, altchars=None):
    """Base64; `altchars` are two bytes instead of `+` and `/`."""
    encoded = binascii.b2a_base64(s, newline=False)
    if altchars is None:
        return encoded
    assert len(altchars) == 2, repr(altchars)
    return encoded.translate(bytes.maketrans(b"+/", altchars))


def b64decode(s, altchars=None, validate=False):
    """The bytes of Base64; what is not of the alphabet is skipped unless `validate`."""
    s = _input(s)
    if altchars is not None:
        altchars = _input(altchars)
        assert len(altchars) == 2, repr(altchars)
        s = s.translate(bytes.maketrans(altchars, b"+/"))
    return binascii.a2b_base64(s, strict_mode=validate)


def standard_b64encode(s):
    """Base64 with the usual alphabet."""
    return b64encode(s)


def standard_b64decode(s):
    """The bytes of Base64 with the usual alphabet."""
    return b64decode(s)


def urlsafe_b64encode(s):
    """Base64 with `-` and `_`, which mean nothing in a URL."""
    return b64encode(s).translate(_TO_URL)


def urlsafe_b64decode(s):
    """The bytes of Base64 with `-` and `_`."""
    return b64decode(_input(s).translate(_FROM_URL))


# Base32.

_B32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_B32_HEX = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"
# Digits of the last quantum by its bytes, 1 to 4.
_B32_DIGITS = {1: 2, 2: 4, 3: 5, 4: 7}
_B32_BYTES = {digits: n for n, digits in _B32_DIGITS.items()}
_two_digits = {}


def _pairs(alphabet):
    """Every pair of digits by its ten bits."""
    table = _two_digits.get(alphabet)
    if table is None:
        table = _two_digits[alphabet] = [bytes((a, b)) for a in alphabet for b in alphabet]
    return table


def _b32_encode(alphabet, s):
    if not isinstance(s, (bytes, bytearray)):
        s = memoryview(s).tobytes()
    pairs = _pairs(alphabet)
    rest = len(s) % 5
    padded = bytes(s) + bytes(5 - rest if rest else 0)
    out = []
    for pos in range(0, len(padded), 5):
        number = int.from_bytes(padded[pos : pos + 5])
        out += (pairs[number >> 30], pairs[number >> 20 & 1023], pairs[number >> 10 & 1023], pairs[number & 1023])
    encoded = b"".join(out)
    if rest:
        n_padding = 8 - _B32_DIGITS[rest]
        encoded = encoded[:-n_padding] + b"=" * n_padding
    return encoded


def _b32_decode(alphabet, s, casefold, map01):
    s = _input(s)
    if len(s) % 8:
        raise binascii.Error("Incorrect padding")
    if map01 is not None:
        map01 = _input(map01)
        assert len(map01) == 1, repr(map01)
        s = s.translate(bytes.maketrans(b"01", b"O" + map01))
    if casefold:
        s = s.upper()
    digits = s.rstrip(b"=")
    n_padding = len(s) - len(digits)
    values = {digit: value for value, digit in enumerate(alphabet)}
    out = bytearray()
    number = 0
    for pos in range(0, len(digits), 8):
        part = digits[pos : pos + 8]
        number = 0
        try:
            for digit in part:
                number = number << 5 | values[digit]
        except KeyError:
            raise binascii.Error("Non-base32 digit found") from None
        if len(part) == 8:
            out += number.to_bytes(5)
        elif len(part) not in _B32_BYTES:
            raise binascii.Error("Incorrect padding")
        else:
            number <<= 5 * (8 - len(part))
            out += number.to_bytes(5)[: _B32_BYTES[len(part)]]
    if n_padding not in (0, 1, 3, 4, 6):
        raise binascii.Error("Incorrect padding")
    return bytes(out)


def b32encode(s):
    """Base32."""
    return _b32_encode(_B32, s)


def b32decode(s, casefold=False, map01=None):
    """The bytes of Base32; `map01` says which letter 1 stands for, 0 is then O."""
    return _b32_decode(_B32, s, casefold, map01)


def b32hexencode(s):
    """Base32 whose order is that of the bytes."""
    return _b32_encode(_B32_HEX, s)


def b32hexdecode(s, casefold=False):
    """The bytes of `b32hexencode`."""
    return _b32_decode(_B32_HEX, s, casefold, None)


# Base16.


def b16encode(s):
    """Hexadecimal digits, upper case."""
    return binascii.hexlify(s).upper()


def b16decode(s, casefold=False):
    """The bytes of hexadecimal digits; lower case only if `casefold`."""
    s = _input(s)
    if casefold:
        s = s.upper()
    if s.translate(None, delete=b"0123456789ABCDEF"):
        raise binascii.Error("Non-base16 digit found")
    return binascii.unhexlify(s)


# Base85: four bytes in five digits.

_A85_START = b"<~"
_A85_END = b"~>"
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_A85 = bytes(range(33, 118))


def _digits85(b, alphabet, pad, fold_zeros=False, fold_spaces=False):
    if not isinstance(b, (bytes, bytearray)):
        b = memoryview(b).tobytes()
    n_missing = -len(b) % 4
    words = struct.unpack(f"!{(len(b) + 3) // 4}I", bytes(b) + bytes(n_missing))
    out = []
    for word in words:
        if fold_zeros and not word:
            out.append(b"z")
        elif fold_spaces and word == 0x20202020:
            out.append(b"y")
        else:
            word, e = divmod(word, 85)
            word, d = divmod(word, 85)
            word, c = divmod(word, 85)
            a, b = divmod(word, 85)
            out.append(bytes((alphabet[a], alphabet[b], alphabet[c], alphabet[d], alphabet[e])))
    if n_missing and not pad:
        if out[-1] == b"z":
            out[-1] = alphabet[:1] * 5
        out[-1] = out[-1][:-n_missing]
    return b"".join(out)


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    """Ascii85; four spaces as `y` if `foldspaces`, in lines of `wrapcol`, in `<~ ~>` if `adobe`."""
    out = _digits85(b, _A85, pad, True, foldspaces)
    if adobe:
        out = _A85_START + out
    if wrapcol:
        wrapcol = max(2 if adobe else 1, wrapcol)
        lines = [out[pos : pos + wrapcol] for pos in range(0, len(out), wrapcol)]
        if adobe and len(lines[-1]) + 2 > wrapcol:
            lines.append(b"")
        out = b"\n".join(lines)
    if adobe:
        out += _A85_END
    return out


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b" \t\n\r\v"):
    """The bytes of Ascii85."""
    b = _input(b)
    if adobe:
        if not b.endswith(_A85_END):
            raise ValueError(f"Ascii85 encoded byte sequences must end with {_A85_END!r}")
        b = b[2:-2] if b.startswith(_A85_START) else b[:-2]
    out = bytearray()
    number, n_digits = 0, 0

    def digit(value):
        nonlocal number, n_digits
        number = number * 85 + value
        n_digits += 1
        if n_digits == 5:
            if number > 0xFFFFFFFF:
                raise ValueError("Ascii85 overflow") from None
            out.extend(number.to_bytes(4))
            number = n_digits = 0

    for char in b:
        if 33 <= char <= 117:
            digit(char - 33)
        elif char == 122:
            if n_digits:
                raise ValueError("z inside Ascii85 5-tuple")
            out.extend(b"\0\0\0\0")
        elif foldspaces and char == 121:
            if n_digits:
                raise ValueError("y inside Ascii85 5-tuple")
            out.extend(b"    ")
        elif char not in ignorechars:
            raise ValueError("Non-Ascii85 digit found: %c" % char)
    if n_digits:
        n_missing = 5 - n_digits
        for _ in range(n_missing):
            digit(84)
        del out[len(out) - n_missing :]
    return bytes(out)


def b85encode(b, pad=False):
    """Base85 as git has it."""
    return _digits85(b, _B85, pad)


def _b85_decode(b, alphabet, name):
    b = _input(b)
    values = {digit: value for value, digit in enumerate(alphabet)}
    n_missing = -len(b) % 5
    b = bytes(b) + alphabet[-1:] * n_missing
    out = []
    for pos in range(0, len(b), 5):
        number = 0
        for at, char in enumerate(b[pos : pos + 5], pos):
            value = values.get(char)
            if value is None:
                raise ValueError(f"bad {name} character at position {at}")
            number = number * 85 + value
        if number > 0xFFFFFFFF:
            raise ValueError(f"{name} overflow in hunk starting at byte {pos}")
        out.append(number.to_bytes(4))
    decoded = b"".join(out)
    return decoded[:-n_missing] if n_missing else decoded


def b85decode(b):
    """The bytes of `b85encode`."""
    return _b85_decode(b, _B85, "base85")


def z85encode(s):
    """Base85 as ZeroMQ has it."""
    return _digits85(s, _Z85, False)


def z85decode(s):
    """The bytes of `z85encode`."""
    return _b85_decode(s, _Z85, "z85")


# Files and lines, as mail has them.


def encode(input, output):
    """Reads a binary file, writes lines of Base64."""
    while piece := input.read(MAXBINSIZE):
        while len(piece) < MAXBINSIZE and (more := input.read(MAXBINSIZE - len(piece))):
            piece += more
        output.write(binascii.b2a_base64(piece))


def decode(input, output):
    """Reads lines of Base64, writes bytes."""
    while line := input.readline():
        output.write(binascii.a2b_base64(line))


def _check_bytes(s):
    """Refuses what is no plain row of bytes."""
    try:
        view = memoryview(s)
    except TypeError as exc:
        raise TypeError(f"expected bytes-like object, not {s.__class__.__name__}") from exc
    if view.format not in ("c", "b", "B"):
        raise TypeError(f"expected single byte elements, not {view.format!r} from {s.__class__.__name__}")
    if view.ndim != 1:
        raise TypeError(f"expected 1-D data, not {view.ndim}-D data from {s.__class__.__name__}")


def encodebytes(s):
    """Base64 in lines of 76 characters."""
    _check_bytes(s)
    return b"".join([binascii.b2a_base64(s[pos : pos + MAXBINSIZE]) for pos in range(0, len(s), MAXBINSIZE)])


def decodebytes(s):
    """The bytes of lines of Base64."""
    _check_bytes(s)
    return binascii.a2b_base64(s)


def main():
    """`python -m base64 [-e | -d | -u] [file]`: encodes or decodes a file, or standard input."""
    import getopt
    import sys

    usage = f"usage: {sys.argv[0]} [-h|-d|-e|-u] [file|-]\n        -h: print this help message and exit\n        -d, -u: decode\n        -e: encode (default)"
    try:
        options, files = getopt.getopt(sys.argv[1:], "hdeu")
    except getopt.error as exc:
        sys.stdout = sys.stderr
        print(exc)
        print(usage)
        sys.exit(2)
    run = encode
    for option, _ in options:
        if option == "-h":
            print(usage)
            return
        run = encode if option == "-e" else decode
    if files and files[0] != "-":
        with open(files[0], "rb") as file:
            run(file, sys.stdout.buffer)
    else:
        run(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
