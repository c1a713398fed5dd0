# What cannot be pickled, with the way to it as notes, and what is no pickle.
import copyreg
import pickle


class Reduced:
    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return self.value


class Plain:
    pass


def local():
    class Local:
        pass
    return Local


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as error:
        print(f'{type(error).__name__}: {error}'.partition(' at 0x')[0], getattr(error, '__notes__', ''))


plain = Plain()
plain.x = [local()]
for value in ([1, {'a': local()}], (x for x in []), local()(), {local()}, plain, pickle, memoryview(b'x'), object().__init__):
    attempt(pickle.dumps, value)
for value in (1, 'nosuch', (1,), (int, 1), (int, (), None, 1), (1, ()), (copyreg.__newobj__, ()), (copyreg.__newobj__, (int,)),
              (int, (local(),)), (int, (), local()), (list, (), None, iter([local()])), (dict, (), None, None, iter([1]))):
    attempt(pickle.dumps, Reduced(value))
for data in (b'', b'zz', b'.', b'(.', b'\x80\x09.', b'\x80\x04]', b'cos\nnosuch\n.', b'cno_module\nx\n.', b'h\x05.', b't.', b'Iabc\n.',
             b"S'abc\n.", b'X\xff\xff\xff\xff.', b'\x8b\xff\xff\xff\xff.', b'(K\x01d.', b'\x82\x05.', b'K\x01)}\x92.', b'Pabc\n.', b'\x97.',
             b'K\x01K\x01R.', b'\x95\xff\xff\xff\xff\xff\xff\xff\xffN.', b'I12', b'}(]Nu.', b'N(e.', b'\x80\x04\x8c\x02os\x8c\x06path.x\x93.',
             b'(' * 100000 + b'.'):
    attempt(pickle.loads, data)
attempt(pickle.dumps, 1, 9)
attempt(pickle.dumps, pickle.PickleBuffer(b'x'), 4)
attempt(pickle.Pickler, 1)
deep = pickle.loads(b'N' + b'\x85' * 300000 + b'.')
print(type(deep))
