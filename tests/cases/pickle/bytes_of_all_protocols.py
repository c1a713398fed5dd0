# The bytes of pickles in every protocol, and what comes back.
import collections
import copyreg
import datetime
import enum
import functools
import pickle


class Colour(enum.Enum):
    RED = 1


class Slots:
    __slots__ = ('a', '_Slots__b')


class Outer:
    class Inner:
        def __reduce__(self):
            return Outer.Inner, (), None, iter([1, 2]), iter([('k', 'v')])

        def append(self, item):
            print('append', item)

        def extend(self, items):
            print('extend', items)

        def __setitem__(self, key, value):
            print('set', key, value)


slots = Slots()
slots.a, slots._Slots__b = 1, [2]
itself = []
itself.append((itself,))
shared = ['s']
values = [None, True, 0, 255, 65536, -1, 2**31, -2**63, 10**30, 1.5, float('inf'), 1j, 'é\n\\', '\U0001f600', '\ud800', b'', b'\xff',
          bytearray(b'ab'), (), (1,), (1, 2, 3, 4), {1: 2, 'a': [3]}, {7}, frozenset([8]), int, type(None), ..., len, Colour.RED, slots,
          Outer.Inner, Outer.Inner(), itself, [shared, shared], ValueError('x'), collections.deque([1], 3), collections.Counter('a'),
          collections.defaultdict(list), datetime.timedelta(1, 2), functools.partial(len, 'x'),
          range(3), [].append, int.from_bytes, 'x' * 300]
for value in values:
    for protocol in range(2 if value is slots else 0, 6):
        data = pickle.dumps(value, protocol)
        print(data if protocol in (0, 2, 5) else len(data))
        back = pickle.loads(data)
    print(type(back).__name__ if '0x' in repr(back) else ascii(back))
for n in (999, 1000, 1001):
    print(pickle.dumps([None] * n)[-6:], pickle.dumps(dict.fromkeys(range(n)))[-9:], len(pickle.dumps(set(range(n)))))
copyreg.add_extension('collections', 'OrderedDict', 300)
print(pickle.dumps(collections.OrderedDict), pickle.loads(b'\x80\x02\x83\x2c\x01.'))
