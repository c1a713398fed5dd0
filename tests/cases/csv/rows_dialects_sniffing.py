# Rows read and written in all dialects, what is refused, dicts, guessing.
import csv, io
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e)
R=lambda s,**k: list(csv.reader(s.splitlines(True) if isinstance(s,str) else s,**k))
for s in ('a,b\r\nc,"d ""x"" y"\r\n\r\n,\r\n', 'a,"b\nc",d\n"x', 'a"b,"c"d\n', '"a" ,b\n', "1,2\\,3\n", 'a\rb'):
    t(lambda: R(s)); t(lambda: R(s, strict=True)); t(lambda: R(s, escapechar='\\')); t(lambda: R(s, quoting=3)); t(lambda: R(s, doublequote=False)); t(lambda: R(s, skipinitialspace=True))
t(lambda: R('1,"2",,x\n', quoting=2)); t(lambda: R('1,"2",,""\n', quoting=2)); t(lambda: R('1,"2",,""\n', quoting=4)); t(lambda: R('1,"2",,""\n', quoting=5))
t(lambda: R([b'a'])); t(lambda: R(['a\nb'])); t(lambda: R(['a\\\n','b'], escapechar='\\')); t(lambda: R(['a\\','b,c'], escapechar='\\')); t(lambda: R(['"a\\','b,c"'], escapechar='\\'))
for k in (dict(delimiter=''), dict(delimiter='ab'), dict(delimiter=1), dict(delimiter=None), dict(quotechar=''), dict(quotechar='xx'), dict(quotechar=5), dict(quotechar=None), dict(quotechar=None, quoting=1), dict(quoting=9), dict(quoting='a'), dict(quoting=True), dict(lineterminator=None), dict(lineterminator=4), dict(escapechar=''), dict(escapechar='ab'), dict(delimiter='\n'), dict(delimiter='"'), dict(quotechar=','), dict(escapechar=','), dict(escapechar='"'), dict(delimiter=' ', skipinitialspace=True), dict(quotechar=' ', skipinitialspace=True), dict(nope=1), dict(dialect='nope'), dict(dialect=5), dict(dialect=None), dict(delimiter='\r'), dict(quotechar='\n'), dict(lineterminator=','), dict(lineterminator='"')):
    print(k); t(lambda: R('a,b', **k)); t(lambda: (f:=io.StringIO(), csv.writer(f, **k).writerow(['a b', '"', None, 1, 2.5, 'x,y']), f.getvalue())[1:])
for q in range(6):
    for r in ([], [''], [None], ['a',''], ['', None, 1, 1.5, 'a"b', 'a,b', 'l\n', 'c\r'], [' a'], ['\\'], 5, 'ab', ['"'], [True], [1e300, float('inf')]):
        for k in ({}, {'escapechar':'\\'}, {'doublequote':False}, {'doublequote':False, 'escapechar':'\\'}, {'lineterminator':'!'}):
            t(lambda: (f:=io.StringIO(), csv.writer(f, quoting=q, **k).writerow(r), f.getvalue())[1:])
t(lambda: csv.writer(5)); t(lambda: csv.reader(5)); t(lambda: csv.register_dialect(5)); t(lambda: csv.unregister_dialect('q')); t(lambda: csv.get_dialect('q')); t(csv.list_dialects)
t(lambda: csv.register_dialect('z', delimiter=';', quoting=csv.QUOTE_ALL)); d=csv.get_dialect('z'); print(d.delimiter, d.quoting, d.lineterminator, d.strict, type(d)); t(lambda: R('a;b,c', dialect='z')); t(lambda: setattr(d,'delimiter','x'))
t(lambda: csv.field_size_limit(5)); t(lambda: R('abcdefg')); t(lambda: csv.field_size_limit('a')); t(lambda: csv.field_size_limit(131072))
class B(csv.Dialect): pass
t(B)
class C(csv.excel): delimiter='::'
t(C); t(lambda: R('a', dialect=C))
r=csv.reader(['a,b','"c','d"']); print(next(r), r.line_num, next(r), r.line_num, type(r), r.dialect.delimiter); t(lambda: next(r))
f=io.StringIO(); w=csv.writer(f); print(type(w), w.writerows([[1,2],[3]]), w.dialect.quotechar, repr(f.getvalue())); t(lambda: w.writerows(5)); t(lambda: w.writerow(None))
d=csv.DictReader(io.StringIO('a,b\n1,2,3\n\n4\n')); print(list(d), d.fieldnames, d.line_num)
print(list(csv.DictReader(io.StringIO('1,2,3\n'), ['x'], restkey='r'))); print(list(csv.DictReader(io.StringIO('')))) 
f=io.StringIO(); w=csv.DictWriter(f, ['a','b'], restval='-'); print(w.writeheader(), w.writerow({'a':1}), w.writerows([{'b':2}]), repr(f.getvalue())); t(lambda: w.writerow({'c':1})); t(lambda: csv.DictWriter(f, ['a'], extrasaction='x')); 
f=io.StringIO(); w=csv.DictWriter(f, ['a','b'], extrasaction='ignore'); w.writerow({'c':1,'a':2}); print(repr(f.getvalue()))
for s in ('a,b,c\n1,2,3\n4,5,6\n', 'a;b\n1;2\n', '"a";"b"\n"c";"d"\n', "x y z\n1 2 3\n", 'a|b|c\nd|e|f\n', "'a', 'b'\n'c', 'd'\n", '"a ""b""",c\n', 'abc\ndef\n', 'name\tage\nbob\t5\nann\t17\n', '"a"\n"b"\n', 'a:b:c\n1:2:3', 'a, b, c\n1, 2, 3\n', 'Harry\'s, Arlington Heights, IL, 2/1/03\n', '', 'x'):
    t(lambda: [(d.delimiter, d.quotechar, d.doublequote, d.skipinitialspace, d.lineterminator, d._name, d.quoting) for d in [csv.Sniffer().sniff(s)]]); t(lambda: csv.Sniffer().has_header(s)); t(lambda: csv.Sniffer().sniff(s, delimiters=';,').delimiter)
print(csv.__all__, csv.Error, csv.Error.__mro__)
