# Folders and files: reading, writing, globbing, walking, copying, errors.
import pathlib, os, pickle, tempfile, sys
from pathlib import *
def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
P = Path
print(isinstance(P('x'), os.PathLike), os.fspath(P('x')), P('/a b/ü').as_uri(), P.from_uri('file:///a%20b'), P('x').as_posix()); t(lambda: P('x').as_uri()); t(lambda: P.from_uri('http://x')); t(lambda: P.from_uri('file:x'))
d = P(tempfile.mkdtemp()); r = lambda p: str(p).replace(str(d), 'D')
(d / 'a' / 'b').mkdir(parents=True); (d / 'a' / 'f.txt').write_text('héllo\nx\n'); (d / 'a' / 'b' / 'g.py').write_bytes(b'12'); (d / 'l').symlink_to('a'); (d / 'dead').symlink_to('nowhere'); (d / '.h').touch()
print((d / 'a/f.txt').read_text(), (d / 'a/b/g.py').read_bytes(), (d / 'a/f.txt').stat().st_size, [r(x) for x in sorted(d.iterdir())])
for g in ['*', '*.txt', '**/*.py', '**', 'a/*', 'a/b/../*', '**/*', 'l/*', '*/', '**/', 'nope', 'nope/*', 'a/f.txt', '[al]', '.*', '*/f.txt', 'dead', '**/b/**', 'A']: print(g, sorted(r(x) for x in d.glob(g)))
for g in ['*.py', 'b', '', '*/', 'f*']: print(g, sorted(r(x) for x in d.rglob(g)))
t(lambda: list(d.glob(''))); t(lambda: list(d.glob('/x'))); t(lambda: sorted(r(x) for x in d.glob('A', case_sensitive=False))); print(sorted(r(x) for x in d.glob('**/*', recurse_symlinks=True)))
print([(r(a), sorted(b), sorted(c)) for a, b, c in sorted(d.walk())])
for n in ['a', 'l', 'dead', '.h', 'no']: x = d / n; print(n, x.exists(), x.is_dir(), x.is_file(), x.is_symlink(), x.exists(follow_symlinks=False), x.is_dir(follow_symlinks=False), x.is_mount(), x.is_socket(), x.is_fifo(), x.info.exists(), x.info.is_symlink())
def e(f):
    try: print(r(f()))
    except Exception as x: print(type(x).__name__, r(x))
e(lambda: (d / 'a').mkdir()); e(lambda: (d / 'a').mkdir(exist_ok=True)); e(lambda: (d / 'q/w').mkdir()); e(lambda: (d / 'a/f.txt').mkdir(exist_ok=True)); e(lambda: (d / 'no').unlink()); e(lambda: (d / 'no').unlink(missing_ok=True)); e(lambda: (d / 'a').rmdir()); e(lambda: (d / 'no').read_text()); e(lambda: (d / 'x').write_text(1)); e(lambda: (d / '.h').rename(d / 'h')); e(lambda: (d / 'h').replace(str(d / 'h2'))); e(lambda: (d / 'l').readlink()); e(lambda: (d / 'l/../h2').resolve()); e(lambda: (d / 'no/x').resolve()); e(lambda: (d / 'no/x').resolve(strict=True)); e(lambda: (d / 'a').samefile(d / 'l')); e(lambda: (d / 'a/f.txt').touch(exist_ok=False)); e(lambda: list((d / 'no').iterdir())); e(lambda: (d / 'a/f.txt').copy(d / 'cp')); e(lambda: (d / 'a').copy(d / 'a2')); e(lambda: (d / 'cp').copy_into(d / 'a')); e(lambda: (d / 'cp').move(d / 'mv')); e(lambda: (d / 'mv').move_into(d / 'a')); e(lambda: (d / 'a').copy(d / 'a/z')); e(lambda: (d / 'h2').copy(d / 'h2')); print(sorted(r(x) for x in d.rglob('*')))
os.chdir(d); print(P('x').absolute() == d.resolve() / 'x', P.cwd() == d.resolve(), P('.').absolute() == d.resolve(), sorted(map(str, P().glob('*'))), sorted(map(str, P('.').iterdir()))); os.environ['HOME'] = '/hh'; print(P.home(), P('~/x').expanduser(), P('a/~').expanduser()); e(lambda: P('~nouserx').expanduser()); print((d/'h2').owner(), oct((d/'h2').stat().st_mode)); (d/'h2').chmod(0o600); print(oct((d/'h2').stat().st_mode))
with (d / 'h2').open('w', encoding='utf-8') as f: print(f.write('é'), f.name == str(d / 'h2'))
class MyP(Path): pass
print(repr(MyP('a') / 'b'), repr(MyP('a/b').parent), MyP('a') == Path('a'))
os.chdir('/')
import shutil
shutil.rmtree(d)
