"""Objects to bytes and back. What does the work is native (`_pickle`)."""

from _pickle import (
    PickleError, Pickler, PicklingError, Unpickler, UnpicklingError, dump, dumps, load, loads,
)
from copyreg import dispatch_table

__all__ = ['PickleError', 'PicklingError', 'UnpicklingError', 'Pickler', 'Unpickler', 'dump', 'dumps', 'load',
           'loads', 'PickleBuffer']

format_version = '5.0'
compatible_formats = ['1.0', '1.1', '1.2', '1.3', '2.0', '3.0', '4.0', '5.0']
HIGHEST_PROTOCOL = 5
DEFAULT_PROTOCOL = 5
bytes_types = (bytes, bytearray)


class PickleBuffer:
    """A buffer whose content may travel beside the pickle."""

    __slots__ = ('_view', '__weakref__')

    def __init__(self, object, /):
        self._view = memoryview(object)

    def __buffer__(self, flags):
        return self._held().__buffer__(flags)

    def _held(self):
        if self._view is None:
            raise ValueError('operation forbidden on released PickleBuffer object')
        return self._view

    def raw(self):
        """The memory as a memoryview of bytes."""
        view = self._held()
        if not view.contiguous:
            raise BufferError('cannot extract raw buffer from non-contiguous buffer')
        if view.ndim == 1 and view.format == 'B':
            return view[:]
        return view.cast('B')

    def release(self):
        """Let the buffer go; nothing can be done with this object any more."""
        if self._view is not None:
            self._view.release()
            self._view = None


# What the letters and bytes of a pickle are called.
_TEXT_OPCODES = """
MARK ( STOP . POP 0 POP_MARK 1 DUP 2 FLOAT F INT I BININT J BININT1 K LONG L BININT2 M NONE N PERSID P BINPERSID Q
REDUCE R STRING S BINSTRING T SHORT_BINSTRING U UNICODE V BINUNICODE X APPEND a BUILD b GLOBAL c DICT d EMPTY_DICT }
APPENDS e GET g BINGET h INST i LONG_BINGET j LIST l EMPTY_LIST ] OBJ o PUT p BINPUT q LONG_BINPUT r SETITEM s TUPLE t
EMPTY_TUPLE ) SETITEMS u BINFLOAT G BINBYTES B SHORT_BINBYTES C
""".split()
_BYTE_OPCODES = """
PROTO NEWOBJ EXT1 EXT2 EXT4 TUPLE1 TUPLE2 TUPLE3 NEWTRUE NEWFALSE LONG1 LONG4 SHORT_BINUNICODE BINUNICODE8 BINBYTES8
EMPTY_SET ADDITEMS FROZENSET NEWOBJ_EX STACK_GLOBAL MEMOIZE FRAME BYTEARRAY8 NEXT_BUFFER READONLY_BUFFER
""".split()
_opcodes = {name: letter.encode() for name, letter in zip(_TEXT_OPCODES[::2], _TEXT_OPCODES[1::2])}
_opcodes |= {name: bytes([code]) for code, name in enumerate(_BYTE_OPCODES, 0x80)}
globals().update(_opcodes)
TRUE, FALSE = b'I01\n', b'I00\n'
__all__.extend(sorted([*_opcodes, 'TRUE', 'FALSE', 'HIGHEST_PROTOCOL', 'DEFAULT_PROTOCOL']))


def encode_long(x):
    """An int in as few bytes as keep its sign, the lowest first; none for 0."""
    if x == 0:
        return b''
    size = (x if x > 0 else ~x).bit_length() // 8 + 1
    return x.to_bytes(size, byteorder='little', signed=True)


def decode_long(data):
    """The int that encode_long() made bytes of."""
    return int.from_bytes(data, byteorder='little', signed=True)
