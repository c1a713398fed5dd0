# Short and long options, other arguments between them, errors.
import getopt
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args)
for g in (getopt.getopt, getopt.gnu_getopt):
    for a, s, l in (('-a -b x y -c', 'ab:c', []), ('--foo --bar=3 --ba 4 z', '', ['foo','bar=']), ('--f', '', ['foo','fob']), ('--foo=1','',['foo']), ('--bar','',['bar=']), ('-b','b:',[]), ('-z','',[]), ('--zz','',[]), ('a -b c -- -d','b',[]), ('-ab3 -b','ab::',[]), ('--o --o=5 x','',['opt=?']), ('a - -b','b',[]), ('a -b x','+b',[]), ('a -b x','-b',[]), ('-:','a:',[]), ('--foo','','foo'), ('--alpha --alphabet', '', ['alpha','alphabet']), ('--','', [])):
        t(lambda: g(a.split(), s, l))
