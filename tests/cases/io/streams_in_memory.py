"""BytesIO, StringIO, buffers and text over them."""

import io
import os
import tempfile

folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
with open('t.txt', 'w', newline='') as f:
    f.write('line1\nline2\r\nline3\rline4')
with open('b.bin', 'wb') as f:
    f.write(bytes(range(256)))
for name in ('w1', 'w2'):
    open(name, 'w').close()


def show(source):
    try:
        result = repr(eval(source))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(source, "->", result)


for source in r"""
io.BytesIO(b'abc').read()
io.BytesIO(b'abc').read(2)
io.BytesIO(b'abc').read(None)
io.BytesIO(b'abc').read('a')
io.BytesIO('abc')
io.BytesIO(5)
io.BytesIO(b'a\nb\n').readlines()
io.BytesIO(b'a\nb\n').readline()
io.BytesIO(b'a\nb\n').readlines(1)
io.BytesIO(b'abc').getvalue()
io.BytesIO(b'abc').seek(-1)
io.BytesIO(b'abc').seek(1,1)
io.BytesIO(b'abc').seek(-1,2)
io.BytesIO(b'abc').seek(0,3)
io.BytesIO(b'abc').seek('a')
io.BytesIO(b'abc').seek(10)
io.BytesIO(b'abc').truncate(1)
io.BytesIO(b'abc').truncate(-1)
io.BytesIO(b'abc').write('a')
io.BytesIO(b'abc').write(b'xy')
io.BytesIO(b'abc').readinto(bytearray(2))
io.BytesIO(b'abc').read1(1)
io.BytesIO().fileno()
io.BytesIO().isatty()
io.BytesIO().detach()
io.BytesIO().name
io.BytesIO().__getstate__()
io.BytesIO(b'ab').writelines([b'a',b'b'])
io.BytesIO(initial_bytes=b'x').read()
io.BytesIO(b'abc').readable()
io.StringIO('abc').read()
io.StringIO('a\r\nb').read()
io.StringIO('a\r\nb',newline=None).read()
io.StringIO('a\r\nb\rc',newline='').readlines()
io.StringIO('a\nb',newline='\r\n').getvalue()
io.StringIO(5)
io.StringIO(b'a')
io.StringIO(newline='x')
io.StringIO(newline=5)
io.StringIO('abc').seek(-1)
io.StringIO('abc').seek(1,1)
io.StringIO('abc').seek(0,2)
io.StringIO('abc').seek(0,5)
io.StringIO('abc').truncate(1)
io.StringIO('abc').truncate(-1)
io.StringIO('abc').write(5)
io.StringIO('abc').write('xy')
io.StringIO('a\nb').readline()
io.StringIO('a\nb').readlines()
io.StringIO('abc').read(2)
io.StringIO('abc').read('a')
io.StringIO().encoding
io.StringIO().errors
io.StringIO('a\r\n',newline=None).newlines
io.StringIO().line_buffering
io.StringIO().fileno()
io.StringIO().detach()
io.StringIO().buffer
io.StringIO().__getstate__()
io.StringIO('x').tell()
io.StringIO(None).getvalue()
io.BufferedReader(io.BytesIO(b'abc'))
io.BufferedReader(io.BytesIO(b'abc')).read()
io.BufferedReader(io.BytesIO(b'abc'),0)
io.BufferedReader(io.BytesIO(b'abc'),-1)
io.BufferedReader(5)
io.BufferedReader()
io.BufferedWriter(io.BytesIO()).write(b'a')
io.BufferedWriter(5)
io.BufferedWriter(io.BufferedReader(io.BytesIO()))
io.BufferedReader(open('w1','wb',0))
io.BufferedRandom(io.BytesIO(b'abc')).read(1)
io.BufferedRWPair(io.BytesIO(b'abc'),io.BytesIO()).read(1)
io.BufferedRWPair(5,6)
io.TextIOWrapper(io.BytesIO(b'abc'))
io.TextIOWrapper(io.BytesIO(b'abc')).read()
io.TextIOWrapper(5)
io.TextIOWrapper()
io.TextIOWrapper(io.BytesIO(b'a\xff'),encoding='utf-8',errors='replace').read()
io.TextIOWrapper(io.BytesIO(b'abc'),encoding='hex')
io.TextIOWrapper(io.BytesIO(b'abc'),encoding='rot13')
io.TextIOWrapper(io.BytesIO('aé'.encode('utf-16')),encoding='utf-16').read()
io.TextIOWrapper(io.StringIO('a')).read()
io.IncrementalNewlineDecoder(None,True).decode('a\r\nb')
io.IncrementalNewlineDecoder(None,False).decode('a\r\nb')
io.IncrementalNewlineDecoder(None,True).newlines
io.IncrementalNewlineDecoder(5,True).decode('a')
io.IncrementalNewlineDecoder()
io.IOBase().readable()
io.IOBase().read()
io.IOBase().fileno()
io.IOBase().seek(0)
io.IOBase().readline()
io.RawIOBase().read(1)
io.RawIOBase().readall()
io.BufferedIOBase().read()
io.TextIOBase().read()
io.TextIOBase().encoding
io.UnsupportedOperation.__mro__
io.UnsupportedOperation('x')
io.BlockingIOError
io.text_encoding(None)
io.text_encoding('x')
io.text_encoding(5)
io.SEEK_SET
isinstance(io.BytesIO(),io.BufferedIOBase)
isinstance(open('t.txt'),io.TextIOBase)
issubclass(io.FileIO,io.RawIOBase)
io.StringIO.__mro__
""".strip().splitlines():
    show(source)
os.chdir('/')
folder.cleanup()
