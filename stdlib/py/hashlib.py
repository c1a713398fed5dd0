"""Digests: `sha256(b"...").hexdigest()`, by name through `new`, of files through `file_digest`, and keys from passwords."""

import _hashlib

algorithms_guaranteed = {
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "blake2b",
    "blake2s",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "shake_128",
    "shake_256",
}
algorithms_available = algorithms_guaranteed | {"sha512_224", "sha512_256"}

__all__ = [
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "blake2b",
    "blake2s",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "shake_128",
    "shake_256",
    "new",
    "algorithms_guaranteed",
    "algorithms_available",
    "file_digest",
    "pbkdf2_hmac",
]


def _data_of(name, data, string):
    """The one argument of a constructor, under its present name or its old one."""
    if string is None:
        return data
    if data != b"":
        raise TypeError("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.")
    return string


def _constructor(name):
    def make(data=b"", *, usedforsecurity=True, string=None):
        return _hashlib.new(name, _data_of(name, data, string))

    make.__name__ = make.__qualname__ = f"openssl_{name}"
    make.__doc__ = f"A {name} digest of `data`, to which more can be added."
    return make


md5 = _constructor("md5")
sha1 = _constructor("sha1")
sha224 = _constructor("sha224")
sha256 = _constructor("sha256")
sha384 = _constructor("sha384")
sha512 = _constructor("sha512")
sha3_224 = _constructor("sha3_224")
sha3_256 = _constructor("sha3_256")
sha3_384 = _constructor("sha3_384")
sha3_512 = _constructor("sha3_512")
shake_128 = _constructor("shake_128")
shake_256 = _constructor("shake_256")


class _Blake2:
    """BLAKE2 with key, salt, personalisation and tree (RFC 7693)."""

    __slots__ = ("_hash",)
    _max_node_offset = (1 << 64) - 1

    def __new__(
        cls,
        data=b"",
        /,
        *,
        digest_size=None,
        key=b"",
        salt=b"",
        person=b"",
        fanout=1,
        depth=1,
        leaf_size=0,
        node_offset=0,
        node_depth=0,
        inner_size=0,
        last_node=False,
        usedforsecurity=True,
        string=None,
    ):
        size = cls.MAX_DIGEST_SIZE if digest_size is None else digest_size
        if not 1 <= size <= cls.MAX_DIGEST_SIZE:
            raise ValueError(f"digest_size for {cls._title} must be between 1 and {cls.MAX_DIGEST_SIZE} bytes, here it is {size}")
        if len(salt) > cls.SALT_SIZE:
            raise ValueError(f"maximum salt length is {cls.SALT_SIZE} bytes")
        if len(person) > cls.PERSON_SIZE:
            raise ValueError(f"maximum person length is {cls.PERSON_SIZE} bytes")
        if not 0 <= fanout <= 255:
            raise ValueError("fanout must be between 0 and 255")
        if not 1 <= depth <= 255:
            raise ValueError("depth must be between 1 and 255")
        if not 0 <= leaf_size <= 0xFFFFFFFF:
            raise OverflowError("leaf_size is too large")
        if node_offset < 0:
            raise ValueError("value must be positive")
        if node_offset > cls._max_node_offset:
            raise OverflowError("node_offset is too large")
        if not 0 <= node_depth <= 255:
            raise ValueError("node_depth must be between 0 and 255")
        if not 0 <= inner_size <= cls.MAX_DIGEST_SIZE:
            raise ValueError(f"inner_size must be between 0 and is {cls.MAX_DIGEST_SIZE}")
        if len(key) > cls.MAX_KEY_SIZE:
            raise ValueError(f"maximum key length is {cls.MAX_KEY_SIZE} bytes")
        if node_offset >= 1 << 63:
            # The same bits as a signed number.
            node_offset -= 1 << 64
        self = super().__new__(cls)
        self._hash = _hashlib.blake2(
            cls.name,
            _data_of(cls.name, data, string),
            size,
            key,
            salt,
            person,
            fanout,
            depth,
            leaf_size,
            node_offset,
            node_depth,
            inner_size,
            last_node,
        )
        return self

    @property
    def digest_size(self):
        return self._hash.digest_size

    @property
    def block_size(self):
        return self._hash.block_size

    def update(self, data, /):
        """Takes in more data."""
        self._hash.update(data)

    def digest(self):
        """The digest of the data so far, as bytes."""
        return self._hash.digest()

    def hexdigest(self):
        """The digest of the data so far, as hexadecimal digits."""
        return self._hash.hexdigest()

    def copy(self):
        """Another one that has seen the same data."""
        new = object.__new__(type(self))
        new._hash = self._hash.copy()
        return new


class blake2b(_Blake2):
    """BLAKE2 for 64-bit machines."""

    __slots__ = ()
    name = "blake2b"
    _title = "Blake2b"
    MAX_DIGEST_SIZE = 64
    MAX_KEY_SIZE = 64
    PERSON_SIZE = 16
    SALT_SIZE = 16


class blake2s(_Blake2):
    """BLAKE2 for smaller machines."""

    __slots__ = ()
    name = "blake2s"
    _title = "Blake2s"
    _max_node_offset = (1 << 48) - 1
    MAX_DIGEST_SIZE = 32
    MAX_KEY_SIZE = 32
    PERSON_SIZE = 8
    SALT_SIZE = 8


def new(name, data=b"", *, usedforsecurity=True, string=None, **kwargs):
    """A digest by its name; BLAKE2 takes its own arguments too."""
    if not isinstance(name, str):
        raise TypeError(f"new() argument 'name' must be str, not {type(name).__name__}")
    data = _data_of(name, data, string)
    lower = name.lower()
    if lower in ("blake2b", "blake2s"):
        return (blake2b if lower == "blake2b" else blake2s)(data, **kwargs)
    if kwargs:
        raise TypeError(f"new() got an unexpected keyword argument {next(iter(kwargs))!r}")
    made = _hashlib.new(_ALIASES.get(lower, lower), data)
    if made is None:
        raise ValueError(f"unsupported hash type {name}")
    return made


# Other names that libraries know them by.
_ALIASES = {
    "sha-1": "sha1",
    "sha-224": "sha224",
    "sha-256": "sha256",
    "sha-384": "sha384",
    "sha-512": "sha512",
    "sha2-224": "sha224",
    "sha2-256": "sha256",
    "sha2-384": "sha384",
    "sha2-512": "sha512",
    "sha3-224": "sha3_224",
    "sha3-256": "sha3_256",
    "sha3-384": "sha3_384",
    "sha3-512": "sha3_512",
    "sha512-224": "sha512_224",
    "sha512-256": "sha512_256",
    "shake128": "shake_128",
    "shake256": "shake_256",
}


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """A key derived from a password (RFC 8018)."""
    if not isinstance(hash_name, str):
        raise TypeError(f"pbkdf2_hmac() argument 'hash_name' must be str, not {type(hash_name).__name__}")
    digest = _hashlib.new(_ALIASES.get(hash_name.lower(), hash_name.lower()))
    if digest is None or digest.digest_size == 0:
        raise ValueError(f"unsupported hash type {hash_name}")
    if dklen is None:
        dklen = digest.digest_size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    if dklen > 0x7FFFFFFF:
        raise OverflowError("key length is too great.")
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if iterations > 0x7FFFFFFF:
        raise OverflowError("iteration value is too great.")
    return _hashlib.pbkdf2(digest.name, password, salt, iterations, dklen)


def file_digest(fileobj, digest, /, *, _bufsize=262144):
    """The digest of a file opened for reading bytes; `digest` is a name or a function that makes one."""
    made = new(digest) if isinstance(digest, str) else digest()
    if hasattr(fileobj, "getbuffer"):
        # All of it is in memory.
        made.update(fileobj.getbuffer())
        return made
    if not (hasattr(fileobj, "readinto") and hasattr(fileobj, "readable") and fileobj.readable()):
        raise ValueError(f"'{fileobj!r}' is not a file-like object in binary reading mode.")
    buffer = bytearray(_bufsize)
    view = memoryview(buffer)
    while True:
        n = fileobj.readinto(buffer)
        if n is None:
            raise BlockingIOError("I/O operation would block.")
        if n == 0:
            return made
        made.update(view[:n])
