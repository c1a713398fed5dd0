# Sections, values that name others, getters, odd files, writing.
import configparser as C, io
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args, repr(e))
S='''# c
[DEFAULT]
home = /h
n=5
[a]
Path: %(home)s/x
multi = one
  two

  three
; z
flag = yes
bad = %(nope)s
bad2 = %x
bad3 = %(x
loop = %(loop)s
[b]
list = 1, 2
f = 2.5 ; not inline
'''
p=C.ConfigParser(converters={'list': lambda s:[int(x) for x in s.split(',')]}); p.read_string(S)
print(p.sections(), list(p), len(p), p.options('a'), p['a'], p['a'].name, dict(p['b']), p.defaults())
for o in ('path','PATH','multi','flag','bad','bad2','bad3','loop','zz'): t(lambda: p.get('a',o)); t(lambda: p.get('a',o,raw=True)); t(lambda: p['a'][o]); t(lambda: p['a'].get(o)); t(lambda: p.get('a',o,fallback=7))
t(lambda: p.getint('a','n')); t(lambda: p.getfloat('b','n')); t(lambda: p.getboolean('a','flag')); t(lambda: p.getboolean('a','n')); t(lambda: p.getint('a','flag')); t(lambda: p.getlist('b','list')); t(lambda: p['b'].getlist('list')); t(lambda: p['b'].getint('q', 3)); t(lambda: p['b'].getint('q')); t(lambda: p.get('zz','a')); t(lambda: p['zz']); t(lambda: p.items('zz')); t(lambda: p.items('b')); t(lambda: p.items('a')); t(lambda: p.items('b', vars={'X':'1'})); t(lambda: p.get('b','x',vars={'X':4}))
t(lambda: p.set('a','k',5)); t(lambda: p.set('a',5,'k')); t(lambda: p.add_section(5)); t(lambda: p.add_section('a')); t(lambda: p.add_section('DEFAULT')); t(lambda: p.set('a','k','%')); t(lambda: p.set('q','k','v')); t(lambda: p['a'].__setitem__('k',5)); t(lambda: p.__delitem__('DEFAULT')); t(lambda: p.__delitem__('qq')); t(lambda: p['a'].__delitem__('qq')); t(lambda: p.remove_option('a','bad')); t(lambda: p.remove_option('q','bad')); t(lambda: p.remove_section('q'))
p['new']={'A':1,'B':'x\ny'}; p['b']={}; f=io.StringIO(); p.write(f); print(f.getvalue()); f=io.StringIO(); p.write(f, False); print(f.getvalue()); t(p.popitem); t(lambda: p.has_option('new','A')); t(lambda: p.has_option('','HOME')); t(lambda: p.options('zz'))
for s in ('x=1\n','[a]\nx=1\nx=2\n','[a]\n[a]\n','[a]\nfoo\nbar\n=5\n','[a]\nx=1\n[','[a]\n  x = 1\n   y\n z=2\n','[a\n','[a]b\nx:1=2\n','[a]\nkey\n  more\n', '[a]\n[DEFAULT]\nx=1\n[DEFAULT]\nx=2\n'):
    for k in ({}, {'strict':False}, {'allow_no_value':True}, {'allow_unnamed_section':True}, {'empty_lines_in_values':False}, {'delimiters':('=>',)}):
        t(lambda: (q:=C.ConfigParser(**k), q.read_string(s), {x:dict(q[x]) for x in q})[2])
q=C.ConfigParser(interpolation=C.ExtendedInterpolation(), inline_comment_prefixes='#'); q.read_string('[a]\nx=1 # c\ny=${x}\nz=${b:w}\nv=$$\ne=$x\ng=${q\nh=${b:w:r}\ni=${nope}\nj=${b:nope}\nk=${k}\nhash=a#b\n[b]\nw=${u}!\nu=7\n')
for o in q['a']: t(lambda: q.get('a',o))
t(lambda: C.ConfigParser(interpolation=5)); q=C.ConfigParser(interpolation=None, allow_no_value=True); q.read_string('[a]\nx=%(y)s\nk\n'); print(dict(q['a'])); f=io.StringIO(); q.write(f); print(f.getvalue())
q=C.ConfigParser({'a':1,'b':'%'}); print(q.defaults()); t(lambda: q.get('DEFAULT','b')); t(lambda: C.RawConfigParser({'a':1}).defaults())
u=C.ConfigParser(allow_unnamed_section=True); u.read_string('a=1\n[x]\nb=2\n'); print(u.sections(), u[C.UNNAMED_SECTION]['a']); f=io.StringIO(); u.write(f); print(f.getvalue()); t(lambda: C.ConfigParser().add_section(C.UNNAMED_SECTION))
r=C.RawConfigParser(); r.read_dict({'a':{'[x':1,'[x]':2}}); t(lambda: r.write(io.StringIO())); r=C.RawConfigParser(); r.read_dict({'a':{'x=':1}}); t(lambda: r.write(io.StringIO())); t(lambda: C.ConfigParser().read_dict({'a':{'X':1,'x':2}}))
print(C.ConfigParser().read(['/nope']), C.__all__); t(lambda: r.converters['int']); t(lambda: r.converters.__setitem__('',5)); t(lambda: r.converters.__setitem__(5,5)); t(lambda: list(r.converters)); t(lambda: C.ParsingError()); t(lambda: p.read_file(5))
class M(C.ConfigParser):
    def optionxform(self, s): return s
m=M(); m.read_string('[A]\nKey=1'); print(dict(m['A'])); m.optionxform=str.upper; t(lambda: m.get('A','key'))
