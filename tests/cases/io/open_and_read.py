"""Files: modes, layers, and the words of their errors."""

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
open('nonexist')
open('t.txt','rw')
open('t.txt','z')
open('t.txt','')
open('t.txt','r+b')
open('t.txt','rt')
open('t.txt','rbt')
open('t.txt','U')
open('t.txt','rr')
open('t.txt','b')
open('t.txt','+')
open('t.txt','wx')
open(5.5)
open(None)
open(-1)
open('t.txt',buffering=0)
open('t.txt','rb',0)
open('t.txt','rb',10)
open('t.txt','rb',encoding='x')
open('t.txt','rb',errors='x')
open('t.txt','rb',newline='x')
open('t.txt',newline='x')
open('t.txt',encoding='nope')
open('t.txt',errors='nope')
open('t.txt',encoding=5)
open('t.txt',errors=5)
open('t.txt',newline=5)
open('t.txt',5)
open('t.txt',buffering='a')
open('t.txt',closefd=False)
open('.')
open('.','w')
open('a\0b')
open(b't.txt')
open('t.txt','x')
open('t.txt',opener=lambda p,f:-1)
open('t.txt',opener=lambda p,f:'a')
open('t.txt',opener=5)
open()
open('t.txt','r',-1,None,None,None,True,None,5)
open('t.txt',foo=1)
open('t.txt').read()
open('t.txt').read(3)
open('t.txt').readline()
open('t.txt').readlines()
open('t.txt',newline='').readlines()
open('t.txt',newline='\n').readlines()
open('t.txt',newline='\r').readlines()
open('t.txt',newline='\r\n').readlines()
open('t.txt').read('a')
open('t.txt').readline('a')
open('t.txt').readline(2)
open('t.txt').readlines(3)
open('t.txt').write('a')
open('t.txt').writelines(['a'])
open('t.txt').seek(2)
open('t.txt').seek(-1)
open('t.txt').seek(1,1)
open('t.txt').seek(0,1)
open('t.txt').seek(0,2)
open('t.txt').seek(1,2)
open('t.txt').seek(0,5)
open('t.txt').tell()
open('t.txt').truncate()
open('t.txt').fileno()>2
open('t.txt').isatty()
open('t.txt').readable()
open('t.txt').writable()
open('t.txt').seekable()
open('t.txt').name
open('t.txt').mode
open('t.txt').encoding
open('t.txt').errors
open('t.txt').newlines
open('t.txt').line_buffering
open('t.txt').write_through
open('t.txt').buffer
open('t.txt').buffer.raw
open('t.txt').closed
open('t.txt')._CHUNK_SIZE
open('t.txt').detach()
open('t.txt').reconfigure(encoding='latin1')
open('t.txt').reconfigure(foo=1)
open('t.txt').reconfigure(newline='x')
open('t.txt').__enter__()
open('t.txt').__next__()
open('t.txt').foo
open('t.txt').__class__
open('t.txt')==1
open('b.bin','rb').read(4)
open('b.bin','rb').read(-1)[:3]
open('b.bin','rb').read(-2)
open('b.bin','rb').read('a')
open('b.bin','rb').read1(3)
open('b.bin','rb').read1()[:3]
open('b.bin','rb').peek(3)[:3]
open('b.bin','rb').readinto(bytearray(5))
open('b.bin','rb').readinto(b'abc')
open('b.bin','rb').readinto1(bytearray(5))
open('b.bin','rb').readline()
open('b.bin','rb').readlines()[:1]
open('b.bin','rb').seek(-5,2)
open('b.bin','rb').seek(-5)
open('b.bin','rb').write(b'a')
open('b.bin','rb').tell()
open('b.bin','rb').raw
open('b.bin','rb').mode
open('b.bin','rb').name
open('b.bin','rb',0)
open('b.bin','rb',0).read(3)
open('b.bin','rb',0).readall()[:3]
open('b.bin','rb',0).readinto(bytearray(3))
open('b.bin','rb',0).write(b'a')
open('b.bin','r+b')
open('b.bin','r+b',0)
open('b.bin','ab')
open('b.bin','a')
open('b.bin','a+b')
open('w1','w+')
open('w1','w').read()
open('w1','w').write(5)
open('w1','w').write(b'a')
open('w1','w').write('abc')
open('w1','wb').write('abc')
open('w1','wb').write(5)
open('w1','wb').write(bytearray(b'abc'))
open('w1','wb').write(memoryview(b'abcd'))
open('w1','w').writelines(['a','b'])
open('w1','w').writelines(5)
open('w1','w').writelines([5])
open('w1','wb').writelines(['a'])
open('w1','w',encoding='ascii').write('é')
open('w1','w',encoding='ascii',errors='replace').write('é')
open('w1','w').write('\ud800')
open('w1','w').tell()
open('w1','w').print
io.FileIO('b.bin')
io.FileIO('b.bin','z')
io.FileIO('b.bin','rw')
io.FileIO('b.bin','')
io.FileIO(5.5)
io.FileIO(-1)
io.FileIO('b.bin').closefd
io.FileIO('b.bin').mode
io.FileIO('b.bin','rb+').mode
io.FileIO('w1','wb').mode
io.FileIO('w1','ab').mode
io.FileIO('b.bin').read(3)
io.FileIO('b.bin').seek(3)
io.FileIO('b.bin').truncate()
io.FileIO('b.bin').write(b'')
io.FileIO('b.bin').readline(3)
io.FileIO('b.bin',foo=1)
io.FileIO()
open.__module__
""".strip().splitlines():
    show(source)
os.chdir('/')
folder.cleanup()
