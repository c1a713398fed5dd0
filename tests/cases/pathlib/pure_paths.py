# Paths without files: parts, names, suffixes, joining, relations, patterns.
import pathlib, os, pickle, tempfile, sys
from pathlib import *
def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
for s in ['', '.', '/', '//', '///', 'a', 'a/b', '/a/b.c', 'a/./b', 'a//b/', '../x', 'a.tar.gz', '.bashrc', '.a.b', 'a.', '..', 'a/..', '//a/b', 'x.y.', '...', 'a b/ü']:
    p = PurePath(s); print(repr(p), str(p), p.parts, p.name, p.stem, p.suffix, p.suffixes, p.parent, p.anchor, p.root, p.drive, list(p.parents), p.is_absolute(), bytes(p))
P = Path
t(lambda: P('a') / 'b' / '/c'); t(lambda: 'x' / P('a')); t(lambda: P('a') / 1); t(lambda: P(1)); t(lambda: P(b'x')); t(lambda: P('a', 'b', P('c'))); t(lambda: P('a').joinpath('b', 'c')); t(lambda: P('a/b').with_name('x')); t(lambda: P('').with_name('x')); t(lambda: P('a').with_name('x/y')); t(lambda: P('a').with_name('')); t(lambda: P('a.b').with_suffix('.c')); t(lambda: P('a').with_suffix('c')); t(lambda: P('a.tar.gz').with_suffix('')); t(lambda: P('').with_suffix('.c')); t(lambda: P('a.b').with_stem('z')); t(lambda: P('a.b').with_stem(''))
t(lambda: P('/a/b/c').relative_to('/a')); t(lambda: P('/a/b').relative_to('/x')); t(lambda: P('/a/b').relative_to('/a/c', walk_up=True)); t(lambda: P('a').relative_to('/b', walk_up=True)); t(lambda: P('/a/b').relative_to('/a/../c', walk_up=True)); t(lambda: P('/a/b').is_relative_to('/a')); t(lambda: P('a/b.py').match('*.py')); t(lambda: P('/a/b.py').match('/a/*.py')); t(lambda: P('a/b.py').match('')); t(lambda: P('a/b/c.py').full_match('a/**/*.py')); t(lambda: P('a/c.py').full_match('**/*.py')); t(lambda: P('c.py').full_match('**/c.py')); t(lambda: P('a/b').full_match('*')); t(lambda: P('A').match('a', case_sensitive=False))
print(P('a') == P('a'), P('a') == 'a', P('a') < P('b'), sorted([P('b'), P('a/b'), P('a.b')]), hash(P('a')) == hash(P('a')), P('a') == PurePath('a'), {P('a'): 1}); t(lambda: P('a') < 'b')
print(pickle.loads(pickle.dumps(P('a/b'))), P('a').parents[0:2], len(P('/a/b').parents), P('/a/b/c').parents[-1], P('/a/b').parents); t(lambda: P('/a').parents[5]); t(lambda: WindowsPath('x'))
