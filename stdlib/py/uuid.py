"""Universally unique identifiers (RFC 9562)."""

import os
from enum import Enum

RESERVED_NCS, RFC_4122, RESERVED_MICROSOFT, RESERVED_FUTURE = (
    'reserved for NCS compatibility', 'specified in RFC 4122', 'reserved for Microsoft compatibility',
    'reserved for future definition')
# From 1582-10-15 to 1970-01-01 in steps of 100 ns.
_GREGORIAN = 0x01b21dd213814000
_MASK_48 = (1 << 48) - 1
_last_timestamp = _last_timestamp_v6 = _last_timestamp_v7 = None
_last_counter_v7 = 0
_node = None


class SafeUUID(Enum):
    """Whether the system made sure that no other process gets the same."""

    safe = 0
    unsafe = -1
    unknown = None


class UUID:
    """128 bits; immutable."""

    __slots__ = ('int', 'is_safe', '__weakref__')

    def __init__(self, hex=None, bytes=None, bytes_le=None, fields=None, int=None, version=None, *,
                 is_safe=SafeUUID.unknown):
        if [hex, bytes, bytes_le, fields, int].count(None) != 4:
            raise TypeError('one of the hex, bytes, bytes_le, fields, or int arguments must be given')
        if int is not None:
            pass
        elif hex is not None:
            digits = hex.replace('urn:', '').replace('uuid:', '').strip('{}').replace('-', '')
            if len(digits) != 32:
                raise ValueError('badly formed hexadecimal UUID string')
            int = int_(digits, 16)
        elif bytes_le is not None:
            if len(bytes_le) != 16:
                raise ValueError('bytes_le is not a 16-char string')
            assert isinstance(bytes_le, bytes_), repr(bytes_le)
            bytes = bytes_le[3::-1] + bytes_le[5:3:-1] + bytes_le[7:5:-1] + bytes_le[8:]
            int = int_.from_bytes(bytes)
        elif bytes is not None:
            if len(bytes) != 16:
                raise ValueError('bytes is not a 16-char string')
            assert isinstance(bytes, bytes_), repr(bytes)
            int = int_.from_bytes(bytes)
        else:
            int = _from_fields(fields)
        if not 0 <= int < 1 << 128:
            raise ValueError('int is out of range (need a 128-bit value)')
        if version is not None:
            if not 1 <= version <= 8:
                raise ValueError('illegal version number')
            int = int & ~(0xc000 << 48) & ~(0xf000 << 64) | 0x8000 << 48 | version << 76
        object.__setattr__(self, 'int', int)
        object.__setattr__(self, 'is_safe', is_safe)

    @classmethod
    def _of(cls, value):
        """Made of an int that is known to be right."""
        made = object.__new__(cls)
        object.__setattr__(made, 'int', value)
        object.__setattr__(made, 'is_safe', SafeUUID.unknown)
        return made

    def __getstate__(self):
        state = {'int': self.int}
        if self.is_safe != SafeUUID.unknown:
            state['is_safe'] = self.is_safe.value
        return state

    def __setstate__(self, state):
        object.__setattr__(self, 'int', state['int'])
        safe = SafeUUID(state['is_safe']) if 'is_safe' in state else SafeUUID.unknown
        object.__setattr__(self, 'is_safe', safe)

    def __eq__(self, other):
        return self.int == other.int if isinstance(other, UUID) else NotImplemented

    def __lt__(self, other):
        return self.int < other.int if isinstance(other, UUID) else NotImplemented

    def __gt__(self, other):
        return self.int > other.int if isinstance(other, UUID) else NotImplemented

    def __le__(self, other):
        return self.int <= other.int if isinstance(other, UUID) else NotImplemented

    def __ge__(self, other):
        return self.int >= other.int if isinstance(other, UUID) else NotImplemented

    def __hash__(self):
        return hash(self.int)

    def __int__(self):
        return self.int

    def __repr__(self):
        return f'{type(self).__name__}({str(self)!r})'

    def __setattr__(self, name, value):
        raise TypeError('UUID objects are immutable')

    def __str__(self):
        digits = self.hex
        return f'{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}'

    @property
    def hex(self):
        return f'{self.int:032x}'

    @property
    def bytes(self):
        return self.int.to_bytes(16)

    @property
    def bytes_le(self):
        data = self.bytes
        return data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]

    @property
    def fields(self):
        return (self.time_low, self.time_mid, self.time_hi_version, self.clock_seq_hi_variant, self.clock_seq_low,
                self.node)

    @property
    def time_low(self):
        return self.int >> 96

    @property
    def time_mid(self):
        return self.int >> 80 & 0xffff

    @property
    def time_hi_version(self):
        return self.int >> 64 & 0xffff

    @property
    def clock_seq_hi_variant(self):
        return self.int >> 56 & 0xff

    @property
    def clock_seq_low(self):
        return self.int >> 48 & 0xff

    @property
    def time(self):
        """The 60 bits of the time; milliseconds since 1970 in version 7."""
        if self.version == 6:
            return self.int >> 96 << 28 | (self.int >> 80 & 0xffff) << 12 | self.int >> 64 & 0xfff
        if self.version == 7:
            return self.int >> 80
        return (self.time_hi_version & 0xfff) << 48 | self.time_mid << 32 | self.time_low

    @property
    def clock_seq(self):
        return (self.clock_seq_hi_variant & 0x3f) << 8 | self.clock_seq_low

    @property
    def node(self):
        return self.int & _MASK_48

    @property
    def urn(self):
        return 'urn:uuid:' + str(self)

    @property
    def variant(self):
        top = self.int >> 61 & 7
        if not top & 4:
            return RESERVED_NCS
        if not top & 2:
            return RFC_4122
        return RESERVED_FUTURE if top & 1 else RESERVED_MICROSOFT

    @property
    def version(self):
        if self.variant == RFC_4122:
            return self.int >> 76 & 0xf
        return None


int_, bytes_ = int, bytes


def _from_fields(fields):
    if len(fields) != 6:
        raise ValueError('fields is not a 6-tuple')
    value = 0
    for number, (part, bits) in enumerate(zip(fields, (32, 16, 16, 8, 8, 48)), 1):
        if not 0 <= part < 1 << bits:
            raise ValueError(f'field {number} out of range (need a{"n" if bits == 8 else ""} {bits}-bit value)')
        value = value << bits | part
    return value


def getnode():
    """The hardware address as an int, or a random number that marks itself as none."""
    global _node
    if _node is None:
        _node = _address() or int.from_bytes(os.urandom(6)) | 1 << 40
    return _node


def _address():
    """A hardware address that the system shows, 0 if none."""
    folder = '/sys/class/net'
    local = 0
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return 0
    for name in names:
        try:
            with open(f'{folder}/{name}/address') as file:
                value = int(file.read().strip().replace(':', ''), 16)
        except (OSError, ValueError):
            continue
        if value and not value >> 41 & 1:
            return value
        local = local or value
    return local


def _ticks():
    import time
    return time.time_ns() // 100 + _GREGORIAN


def uuid1(node=None, clock_seq=None):
    """From the time and the hardware address."""
    global _last_timestamp
    timestamp = _ticks()
    if _last_timestamp is not None and timestamp <= _last_timestamp:
        timestamp = _last_timestamp + 1
    _last_timestamp = timestamp
    if clock_seq is None:
        clock_seq = int.from_bytes(os.urandom(2)) & 0x3fff
    node = getnode() if node is None else node
    fields = (timestamp & 0xffffffff, timestamp >> 32 & 0xffff, timestamp >> 48 & 0xfff, clock_seq >> 8 & 0x3f,
              clock_seq & 0xff, node)
    return UUID(fields=fields, version=1)


def _named(namespace, name, algorithm, version):
    import hashlib
    if isinstance(name, str):
        name = name.encode()
    digest = hashlib.new(algorithm, namespace.bytes + name, usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=version)


def uuid3(namespace, name):
    """From the MD5 of a name in a namespace."""
    return _named(namespace, name, 'md5', 3)


def uuid4():
    """Random."""
    value = int.from_bytes(os.urandom(16))
    return UUID._of(value & ~(0xf << 76) & ~(3 << 62) | 4 << 76 | 2 << 62)


def uuid5(namespace, name):
    """From the SHA-1 of a name in a namespace."""
    return _named(namespace, name, 'sha1', 5)


def uuid6(node=None, clock_seq=None):
    """As uuid1(), the bits of the time in an order that sorts."""
    global _last_timestamp_v6
    timestamp = _ticks()
    if _last_timestamp_v6 is not None and timestamp <= _last_timestamp_v6:
        timestamp = _last_timestamp_v6 + 1
    _last_timestamp_v6 = timestamp
    if clock_seq is None:
        clock_seq = int.from_bytes(os.urandom(2)) & 0x3fff
    node = getnode() if node is None else node
    value = (timestamp >> 12 & 0xffffffffffff) << 80 | (timestamp & 0xfff) << 64
    return UUID._of(value | (clock_seq & 0x3fff) << 48 | node & _MASK_48 | 6 << 76 | 2 << 62)


def uuid7():
    """Milliseconds, a counter of 42 bits and 32 random bits: sorts by time."""
    global _last_timestamp_v7, _last_counter_v7
    import time
    milliseconds = time.time_ns() // 1_000_000
    if _last_timestamp_v7 is None or milliseconds > _last_timestamp_v7:
        counter = int.from_bytes(os.urandom(6)) & 0x1ff_ffff_ffff
    else:
        milliseconds = max(milliseconds, _last_timestamp_v7)
        counter = _last_counter_v7 + 1
        if counter > 0x3ff_ffff_ffff:
            milliseconds += 1
            counter = int.from_bytes(os.urandom(6)) & 0x1ff_ffff_ffff
    _last_timestamp_v7, _last_counter_v7 = milliseconds, counter
    value = (milliseconds & _MASK_48) << 80 | (counter >> 30 & 0xfff) << 64
    value |= (counter & 0x3fff_ffff) << 32 | int.from_bytes(os.urandom(4))
    return UUID._of(value | 7 << 76 | 2 << 62)


def uuid8(a=None, b=None, c=None):
    """Of three numbers of 48, 12 and 62 bits, random where missing."""
    parts = [int.from_bytes(os.urandom(8)) if part is None else part for part in (a, b, c)]
    value = (parts[0] & _MASK_48) << 80 | (parts[1] & 0xfff) << 64 | parts[2] & (1 << 62) - 1
    return UUID._of(value | 8 << 76 | 2 << 62)


NAMESPACE_DNS = UUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8')
NAMESPACE_URL = UUID('6ba7b811-9dad-11d1-80b4-00c04fd430c8')
NAMESPACE_OID = UUID('6ba7b812-9dad-11d1-80b4-00c04fd430c8')
NAMESPACE_X500 = UUID('6ba7b814-9dad-11d1-80b4-00c04fd430c8')
NIL = UUID('00000000-0000-0000-0000-000000000000')
MAX = UUID('ffffffff-ffff-ffff-ffff-ffffffffffff')
