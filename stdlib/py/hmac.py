"""Keyed digests that prove who wrote a message (RFC 2104)."""

from _operator import _compare_digest as compare_digest

__all__ = ["HMAC", "new", "digest", "compare_digest"]

_TO_INNER = bytes(byte ^ 0x36 for byte in range(256))
_TO_OUTER = bytes(byte ^ 0x5C for byte in range(256))

#: Of HMAC itself; the size of one object is its `digest_size`.
digest_size = None


def _maker(digestmod):
    """A function that makes the digest: a name, a function, or a module with `new`."""
    if callable(digestmod):
        return digestmod
    if isinstance(digestmod, str):
        import hashlib

        return lambda data=b"": hashlib.new(digestmod, data)
    return lambda data=b"": digestmod.new(data)


class HMAC:
    """A keyed digest in the making."""

    blocksize = 64
    __slots__ = ("_inner", "_outer", "block_size", "digest_size")

    def __init__(self, key, msg=None, digestmod=""):
        if not isinstance(key, (bytes, bytearray)):
            raise TypeError(f"key: expected bytes or bytearray, but got {type(key).__name__!r}")
        if not digestmod:
            raise TypeError("Missing required argument 'digestmod'.")
        make = _maker(digestmod)
        self._outer = make()
        self._inner = make()
        self.digest_size = self._inner.digest_size
        if self.digest_size == 0:
            raise ValueError("HMAC needs a digest of a known size")
        size = getattr(self._inner, "block_size", self.blocksize)
        self.block_size = size
        if len(key) > size:
            key = make(key).digest()
        key = key.ljust(size, b"\0")
        self._outer.update(key.translate(_TO_OUTER))
        self._inner.update(key.translate(_TO_INNER))
        if msg is not None:
            self.update(msg)

    @property
    def name(self):
        return f"hmac-{self._inner.name}"

    def update(self, msg):
        """Takes in more of the message."""
        self._inner.update(msg)

    def copy(self):
        """Another one that has seen the same message."""
        other = self.__class__.__new__(self.__class__)
        other.block_size, other.digest_size = self.block_size, self.digest_size
        other._inner, other._outer = self._inner.copy(), self._outer.copy()
        return other

    def _current(self):
        outer = self._outer.copy()
        outer.update(self._inner.digest())
        return outer

    def digest(self):
        """The keyed digest of the message so far, as bytes."""
        return self._current().digest()

    def hexdigest(self):
        """The keyed digest of the message so far, as hexadecimal digits."""
        return self._current().hexdigest()


def new(key, msg=None, digestmod=""):
    """A keyed digest of `msg`, to which more can be added; `digestmod` names the digest."""
    return HMAC(key, msg, digestmod)


def digest(key, msg, digest):
    """The keyed digest of `msg` at once."""
    return HMAC(key, msg, digest).digest()
