# Subcommands, parents, groups, formatters, intermixed arguments, and what is refused when arguments are added.
import argparse, sys, io, contextlib
def run(p, *argv):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try: r = p.parse_args(list(argv))
        except SystemExit as e: r = ('exit', e.code)
        except Exception as e: r = (type(e).__name__, str(e))
    print(argv, r, out.getvalue(), err.getvalue())
p = argparse.ArgumentParser(prog='git', formatter_class=argparse.ArgumentDefaultsHelpFormatter); p.add_argument('--level', type=int, default=3, help='lvl'); p.add_argument('-c', required=True, help='req')
sub = p.add_subparsers(dest='cmd', required=True, help='commands', metavar='CMD'); a = sub.add_parser('add', help='add it', aliases=['a'], description='Adds'); a.add_argument('files', nargs='+', help='files'); a.add_argument('--force', '-f', action='store_true'); b = sub.add_parser('rm'); b.add_argument('f'); b.set_defaults(func='rmf')
for x in [['-h'], ['-c1'], [], ['-c', '1', 'add', 'x', 'y', '-f'], ['-c', '1', 'a', 'x'], ['-c', '1', 'zz'], ['-c', '1', 'add'], ['-c', '1', 'add', '-h'], ['-c', '1', 'rm', 'x', 'y'], ['-c', '1', 'rm', 'x'], ['-c', '1', 'rm', '-h'], ['rm', 'x']]: run(p, *x)
p = argparse.ArgumentParser(prog='p', usage='%(prog)s [opts]', add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS, exit_on_error=False); p.add_argument('--foo'); p.add_argument('-b', type=lambda s: 1/0 if s == 'z' else int(s)); p.add_argument('--ints', type=int, nargs='*', choices=range(3))
for x in [[], ['--fo', '1'], ['-b', 'q'], ['--ints', '1', '2'], ['--ints', '7'], ['--bar']]: run(p, *x)
print(p.format_help(), repr(p)); print(p.parse_known_args(['--foo', '1', 'x', '--bar', 'y']))
print(argparse.Namespace(a=1, b='x'), argparse.Namespace(a=1) == argparse.Namespace(a=1), 'a' in argparse.Namespace(a=1), argparse.Namespace(**{'a b': 1}))
p = argparse.ArgumentParser(prog='i'); p.add_argument('--foo'); p.add_argument('cmd'); p.add_argument('rest', nargs='*', type=int); print(p.parse_intermixed_args('doit 1 --foo bar 2 3'.split())); print(p.parse_known_intermixed_args('doit 1 --foo bar --x 2 3'.split()))
p = argparse.ArgumentParser(prog='r', parents=[argparse.ArgumentParser(add_help=False)], formatter_class=argparse.RawTextHelpFormatter, description='line1\n  line2', prefix_chars='-+', conflict_handler='resolve'); p.add_argument('+x', '++xx', help='a\nb'); p.add_argument('-h', help='own h'); p.add_argument('args', nargs='...'); 
run(p, '--help'); run(p, '+x', '1', 'a', '--b', '-c'); 
m = argparse.ArgumentParser(prog='m', suggest_on_error=True); gr = m.add_mutually_exclusive_group(required=True); gr.add_argument('--aa', choices=['apple', 'banana']); gr.add_argument('bb', nargs='?'); run(m); run(m, '--aa', 'aple'); run(m, '-h'); run(m, '--aa', 'apple', 'x')
for f in [lambda: p.add_argument('-q', action='nope'), lambda: p.add_argument('-q', type='int'), lambda: p.add_argument('a', required=True), lambda: p.add_argument('-q', nargs=0), lambda: p.add_argument('x', nargs=0), lambda: p.add_argument('-q', help='%(foo)s'), lambda: p.add_argument('--', ), lambda: p.add_argument('-a', 'b'), lambda: p.add_argument('a', 'b'), lambda: p.add_argument('--q', nargs=2, metavar=('A',)), lambda: m.add_argument('--aa'), lambda: p.add_subparsers() and p.add_subparsers(), lambda: argparse.ArgumentParser(conflict_handler='x'), lambda: p.add_argument('-z', dest='y', action='store_true', nargs=1), lambda: gr.add_argument('--zz', required=True)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
d = argparse.ArgumentParser(prog='dep'); d.add_argument('--old', deprecated=True); d.add_argument('--p', type=open); run(d, '--old', '1'); run(d, '--p', '/nonexist')
w = argparse.ArgumentParser(prog='averyveryverylongprogramname' * 3); w.add_argument('--aaaaaaaaaaaaaaa'); w.add_argument('--bbbbbbbbbbbbbbbbbbb'); w.add_argument('--ccccccccccccccccccccccc'); w.add_argument('pos1'); w.add_argument('pos2', nargs='+'); print(w.format_usage()); print(argparse.ArgumentParser(prog='empty', add_help=False).format_help())
w.prog = 'short'; print(w.format_usage()); w2 = argparse.ArgumentParser(prog='x'*70); w2.add_argument('a'*30); w2.add_argument('b'*30); print(w2.format_usage())
