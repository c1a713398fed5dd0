# Documents with all kinds of values, and what is no TOML.
import tomllib, io
def t(s, **k):
    try: print(tomllib.loads(s, **k))
    except tomllib.TOMLDecodeError as e: print(type(e).__name__, e, e.msg, e.pos, e.lineno, e.colno)
    except Exception as e: print(type(e).__module__, type(e).__name__, e)
for s in ('a=1\nb="x"\n[t.u]\nc=[1,2,\n3,] # z\n[[arr]]\nx=1\n[[arr]]\n[arr.sub]\ny=2\n', 'a.b.c=1\na.b.d=2', 'a={b=1,c.d="x"}', '"q k"=1\n\'l\'=2', 'x="""\nab\\\n   c"" """""\ny=\'\'\'\nz\'\'\'\'', 'd=1979-05-27T07:32:00Z\ne=1979-05-27 00:32:00.999999-07:00\nf=1979-05-27\ng=07:32:00.5\nh=1979-05-27T07:32:00', 'i=0x_1', 'a=0xDEAD_beef\nb=0o17\nc=0b11\nd=+99\ne=-1_0\nf=1e5\ng=3.14\nh=-inf\ni=nan\nj=6.6_2e-1_0\nk=true', 'a=01', 'a=1.', 'a', 'a=', '=1', 'a=1 b=2', '[a', '[a]\n[a]', '[[a', '[[a]]\n[a]', 'a=1\n[a]', 'a=1\n[[a]]', 'a={}\n[a.b]', 'a=[]\n[[a]]', 'a=1\na=2', 'a.b=1\na=2', '[a]\nb.c=1\n[a.b]', '[a.b]\n[a]\nb.c=1', 'a={b=1\n}', 'a={b=1,}', 'a={b=1,b=2}', 'a={b={},b.c=1}', 'a={b=1,b.c=1}', 'a=[1 2]', 'a=[1', 'a="x', 'a="x\n"', 'a="\\q"', 'a="\\u12"', 'a="\\ud800"', 'a="\\u00e9\\U0001F600\\t"', "a='x", "a='x\n'", "a='''x", 'a="""x', 'a=1 # \x01', '\x01', 'a="\x01"', 'a=1979-13-01', 'a=1979-02-30', 'a=25:00:00', '', '\n\n# c\n', 'a=1\r\nb=2\r\n', 'a=1\rb', '"a', 'a."b".c=1', '[a.]', 'a="""\\ x"""', 'a="\\', 'a=tru', '[x]]', '[ a . b ]\nc=1', '[a]\nx=1\n[a.b]\n[a]', 'a={x=[{y=1}]}\n[a.x]', 'a=' + '['*30 + ']'*30, 'fruit=[]\n[fruit.b]', '[[a.b]]\nx=1\n[[a.b]]\nx=2\n[a]\ny=1', 'a={ }', '\u00e9=1', 'a=+0x1', "a = 1__0"):
    print(repr(s[:60])); t(s)
t('a=1.5\nb=inf', parse_float=str); t('a=1.5', parse_float=lambda s: []); t(b'a=1'); print(tomllib.load(io.BytesIO(b'a=1')))
try: tomllib.load(io.StringIO('a=1'))
except TypeError as e: print(e)
print(tomllib.__all__, tomllib.TOMLDecodeError('m','a\nb',2), isinstance(tomllib.TOMLDecodeError('m','',0), ValueError))
