"""Universally unique identifiers (RFC 9562), versions 1 and 3 to 8."""

import os
import time
from enum import Enum

RESERVED_NCS = "reserved for NCS compatibility"
RFC_4122 = "specified in RFC 4122"
RESERVED_MICROSOFT = "reserved for Microsoft compatibility"
RESERVED_FUTURE = "reserved for future definition"

_MAX = (1 << 128) - 1
# 100-nanosecond steps between the Gregorian reform and the Unix epoch.
_EPOCH = 0x01B21DD213814000
_FIELD_BITS = (32, 16, 16, 8, 8, 48)
_FIELD_NAMES = ("field 1", "field 2", "field 3", "field 4", "field 5", "field 6")


class SafeUUID(Enum):
    """Whether it was made in a way that two processes cannot make the same."""

    safe = 0
    unsafe = -1
    unknown = None


class UUID:
    """One identifier; immutable. Give exactly one of `hex`, `bytes`, `bytes_le`, `fields` and `int`."""

    __slots__ = ("int", "is_safe", "__weakref__")

    def __init__(
        self,
        hex=None,
        bytes=None,
        bytes_le=None,
        fields=None,
        int=None,
        version=None,
        *,
        is_safe=SafeUUID.unknown,
    ):
        if [hex, bytes, bytes_le, fields, int].count(None) != 4:
            raise TypeError("one of the hex, bytes, bytes_le, fields, or int arguments must be given")
        if hex is not None:
            digits = hex.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
            if len(digits) != 32:
                raise ValueError("badly formed hexadecimal UUID string")
            value = int_(digits, 16)
        elif bytes_le is not None:
            if len(bytes_le) != 16:
                raise ValueError("bytes_le is not a 16-char string")
            mixed = bytes_le[3::-1] + bytes_le[5:3:-1] + bytes_le[7:5:-1] + bytes_le[8:]
            value = int_.from_bytes(mixed)
        elif bytes is not None:
            if len(bytes) != 16:
                raise ValueError("bytes is not a 16-char string")
            value = int_.from_bytes(bytes)
        elif fields is not None:
            if len(fields) != 6:
                raise ValueError("fields is not a 6-tuple")
            value = 0
            for field, bits, name in zip(fields, _FIELD_BITS, _FIELD_NAMES):
                if not 0 <= field < 1 << bits:
                    raise ValueError(f"{name} out of range (need a{'n' if bits == 8 else ''} {bits}-bit value)")
                value = value << bits | field
        else:
            value = int
            if not 0 <= value <= _MAX:
                raise ValueError("int is out of range (need a 128-bit value)")
        if version is not None:
            if not 1 <= version <= 8:
                raise ValueError("illegal version number")
            value = _stamped(value, version)
        object.__setattr__(self, "int", value)
        object.__setattr__(self, "is_safe", is_safe)

    def __getstate__(self):
        state = {"int": self.int}
        if self.is_safe is not SafeUUID.unknown:
            state["is_safe"] = self.is_safe.value
        return state

    def __setstate__(self, state):
        object.__setattr__(self, "int", state["int"])
        object.__setattr__(self, "is_safe", SafeUUID(state.get("is_safe")))

    def __setattr__(self, name, value):
        raise TypeError("UUID objects are immutable")

    def __eq__(self, other):
        return self.int == other.int if isinstance(other, UUID) else NotImplemented

    def __lt__(self, other):
        return self.int < other.int if isinstance(other, UUID) else NotImplemented

    def __le__(self, other):
        return self.int <= other.int if isinstance(other, UUID) else NotImplemented

    def __gt__(self, other):
        return self.int > other.int if isinstance(other, UUID) else NotImplemented

    def __ge__(self, other):
        return self.int >= other.int if isinstance(other, UUID) else NotImplemented

    def __hash__(self):
        return hash(self.int)

    def __int__(self):
        return self.int

    def __repr__(self):
        return f"{self.__class__.__name__}({str(self)!r})"

    def __str__(self):
        digits = self.hex
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @property
    def hex(self):
        return f"{self.int:032x}"

    @property
    def bytes(self):
        return self.int.to_bytes(16)

    @property
    def bytes_le(self):
        raw = self.bytes
        return raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]

    @property
    def fields(self):
        return (
            self.time_low,
            self.time_mid,
            self.time_hi_version,
            self.clock_seq_hi_variant,
            self.clock_seq_low,
            self.node,
        )

    @property
    def time_low(self):
        return self.int >> 96

    @property
    def time_mid(self):
        return self.int >> 80 & 0xFFFF

    @property
    def time_hi_version(self):
        return self.int >> 64 & 0xFFFF

    @property
    def clock_seq_hi_variant(self):
        return self.int >> 56 & 0xFF

    @property
    def clock_seq_low(self):
        return self.int >> 48 & 0xFF

    @property
    def node(self):
        return self.int & 0xFFFFFFFFFFFF

    @property
    def clock_seq(self):
        return (self.clock_seq_hi_variant & 0x3F) << 8 | self.clock_seq_low

    @property
    def time(self):
        """100-nanosecond steps since 1582 (versions 1 and 6), milliseconds since 1970 (version 7)."""
        if self.version == 7:
            return self.int >> 80
        if self.version == 6:
            return self.time_low << 28 | self.time_mid << 12 | self.time_hi_version & 0x0FFF
        return (self.time_hi_version & 0x0FFF) << 48 | self.time_mid << 32 | self.time_low

    @property
    def urn(self):
        return "urn:uuid:" + str(self)

    @property
    def variant(self):
        top = self.int >> 61 & 7
        if top < 4:
            return RESERVED_NCS
        if top < 6:
            return RFC_4122
        return RESERVED_MICROSOFT if top == 6 else RESERVED_FUTURE

    @property
    def version(self):
        return self.int >> 76 & 0xF if self.variant == RFC_4122 else None


# The class has properties of these names, and parameters.
int_ = int


def _stamped(value, version):
    """`value` with the bits of variant and version in their places."""
    value &= ~((0xC000 << 48) | (0xF000 << 64))
    return value | 0x8000 << 48 | version << 76


_node = None


def getnode():
    """48 bits that stand for this machine: the address of a network card, else random with the multicast bit."""
    global _node
    if _node is not None:
        return _node
    try:
        for name in sorted(os.listdir("/sys/class/net")):
            try:
                with open(f"/sys/class/net/{name}/address") as file:
                    value = int(file.read().strip().replace(":", ""), 16)
            except (OSError, ValueError):
                continue
            # Addresses given by hand (second bit of the first byte) are not unique.
            if value and not value >> 41 & 1 and value < 1 << 48:
                _node = value
                return _node
    except OSError:
        pass
    _node = int.from_bytes(os.urandom(6)) | 1 << 40
    return _node


_last_time = {}


def _gregorian_time(version):
    """100-nanosecond steps since 1582, more than last time."""
    steps = time.time_ns() // 100 + _EPOCH
    last = _last_time.get(version, -1)
    if steps <= last:
        steps = last + 1
    _last_time[version] = steps
    return steps


def _random_clock_seq():
    return int.from_bytes(os.urandom(2)) & 0x3FFF


def uuid1(node=None, clock_seq=None):
    """Of the time, a counter and this machine."""
    steps = _gregorian_time(1)
    clock_seq = _random_clock_seq() if clock_seq is None else clock_seq
    node = getnode() if node is None else node
    fields = (
        steps & 0xFFFFFFFF,
        steps >> 32 & 0xFFFF,
        steps >> 48 & 0x0FFF,
        clock_seq >> 8 & 0x3F,
        clock_seq & 0xFF,
        node,
    )
    return UUID(fields=fields, version=1)


def _of_name(digest, namespace, name, version):
    if isinstance(name, str):
        name = name.encode("utf-8")
    return UUID(bytes=digest(namespace.bytes + name, usedforsecurity=False).digest()[:16], version=version)


def uuid3(namespace, name):
    """Of a name, by MD5."""
    from hashlib import md5

    return _of_name(md5, namespace, name, 3)


def uuid4():
    """At random."""
    return UUID(int=_stamped(int.from_bytes(os.urandom(16)), 4))


def uuid5(namespace, name):
    """Of a name, by SHA-1."""
    from hashlib import sha1

    return _of_name(sha1, namespace, name, 5)


def uuid6(node=None, clock_seq=None):
    """As version 1, but sorted by time."""
    steps = _gregorian_time(6)
    node = getnode() if node is None else node & 0xFFFFFFFFFFFF
    clock_seq = _random_clock_seq() if clock_seq is None else clock_seq & 0x3FFF
    value = (steps >> 12 & 0xFFFFFFFFFFFF) << 80 | (steps & 0x0FFF) << 64 | clock_seq << 48 | node
    return UUID(int=_stamped(value, 6))


_last_uuid7 = (-1, 0)


def uuid7():
    """Of the time in milliseconds, then a counter that begins at random, then chance: sorted as they are made."""
    global _last_uuid7
    now = time.time_ns() // 1_000_000
    last, counter = _last_uuid7
    if now > last:
        # The top bit is clear, so that there is room to count on.
        counter = int.from_bytes(os.urandom(6)) & 0x1FFFFFFFFFF
    else:
        now = last
        counter += 1
        if counter > 0x3FFFFFFFFFF:
            now += 1
            counter = int.from_bytes(os.urandom(6)) & 0x1FFFFFFFFFF
    _last_uuid7 = (now, counter)
    tail = int.from_bytes(os.urandom(4))
    value = (now & 0xFFFFFFFFFFFF) << 80 | (counter >> 30 & 0x0FFF) << 64 | (counter & 0x3FFFFFFF) << 32 | tail
    return UUID(int=_stamped(value, 7))


def uuid8(a=None, b=None, c=None):
    """Of 48, 12 and 62 bits of one's own; at random where none are given."""
    import random

    a = random.getrandbits(48) if a is None else a
    b = random.getrandbits(12) if b is None else b
    c = random.getrandbits(62) if c is None else c
    value = (a & 0xFFFFFFFFFFFF) << 80 | (b & 0xFFF) << 64 | c & 0x3FFFFFFFFFFFFFFF
    return UUID(int=_stamped(value, 8))


def main():
    """`python -m uuid [-u FUNCTION] [-n NAMESPACE] [-N NAME] [-C COUNT]`."""
    import argparse

    makers = {"uuid1": uuid1, "uuid3": uuid3, "uuid4": uuid4, "uuid5": uuid5, "uuid6": uuid6, "uuid7": uuid7, "uuid8": uuid8}
    namespaces = {"@dns": NAMESPACE_DNS, "@url": NAMESPACE_URL, "@oid": NAMESPACE_OID, "@x500": NAMESPACE_X500}
    parser = argparse.ArgumentParser(description="Generate a UUID using the selected UUID function.")
    parser.add_argument("-u", "--uuid", choices=makers, default="uuid4")
    parser.add_argument("-n", "--namespace")
    parser.add_argument("-N", "--name")
    parser.add_argument("-C", "--count", type=int, default=1)
    options = parser.parse_args()
    for _ in range(options.count):
        if options.uuid in ("uuid3", "uuid5"):
            if not options.namespace or not options.name:
                parser.error(f"Incorrect number of arguments. {options.uuid} requires a namespace and a name.")
            namespace = namespaces.get(options.namespace) or UUID(options.namespace)
            print(makers[options.uuid](namespace, options.name))
        else:
            print(makers[options.uuid]())


NAMESPACE_DNS = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_URL = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_OID = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_X500 = UUID("6ba7b814-9dad-11d1-80b4-00c04fd430c8")
NIL = UUID("00000000-0000-0000-0000-000000000000")
MAX = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")

if __name__ == "__main__":
    main()
