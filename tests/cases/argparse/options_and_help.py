# Options of all kinds: what they give, usage, help and errors.
import argparse, sys, io, contextlib
def run(p, *argv):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try: r = p.parse_args(list(argv))
        except SystemExit as e: r = ('exit', e.code)
        except Exception as e: r = (type(e).__name__, str(e))
    print(argv, r, out.getvalue(), err.getvalue())
p = argparse.ArgumentParser(prog='prog', description='A long description ' * 8, epilog='the epilog %(prog)s')
p.add_argument('src', help='the source'); p.add_argument('dst', nargs='?', default='d', help='dest (default: %(default)s)'); p.add_argument('rest', nargs='*')
p.add_argument('-v', '--verbose', action='count', default=0, help='more ' * 30); p.add_argument('-n', '--num', type=int, metavar='N', help='number')
p.add_argument('--mode', choices=['fast', 'slow'], default='fast'); p.add_argument('--list', nargs='+', type=float); p.add_argument('--pair', nargs=2, metavar=('A', 'B')); p.add_argument('--flag', action=argparse.BooleanOptionalAction, default=True, help='flag')
p.add_argument('-x', action='append'); p.add_argument('--const', action='store_const', const=42); p.add_argument('--version', action='version', version='%(prog)s 1.0'); p.add_argument('--hidden', help=argparse.SUPPRESS); p.add_argument('-e', '--extend', action='extend', nargs='*'); p.add_argument('-o', nargs='?', const='C', default='D'); p.add_argument('--req-long-option-name-here', help='x')
g = p.add_argument_group('group', 'group description'); g.add_argument('--ga'); m = p.add_mutually_exclusive_group(); m.add_argument('--ma', action='store_true'); m.add_argument('--mb', action='store_true', help='mb help')
for a in [['-h'], ['--version'], [], ['s'], ['s', 't', 'u', 'v'], ['s', '-vvv', '-n', '3'], ['s', '-n3', '--mode', 'slow'], ['s', '-n=3'], ['s', '--num=x'], ['s', '--mode', 'zzz'], ['s', '--list'], ['s', '--list', '1', '2'], ['s', '--pair', '1'], ['s', '--no-flag'], ['s', '--fl'], ['s', '--m'], ['s', '--ma', '--mb'], ['s', '-x', '1', '-x2', '-vx3'], ['s', '--const'], ['s', '--const=3'], ['s', '-e', '1', '2', '-e'], ['s', '-o'], ['s', '-o', 'z'], ['s', '--unknown'], ['s', '-q'], ['--', '-s', 't'], ['s', '--', '--x'], ['-n', '-5', 's'], ['s', '-5'], ['s', '-vq'], ['s', 't', '-n', '1', 'u'], ['s', '--ver'], ['s', '--verb'], ['-n'], ['s', '-x'], ['s', 'a b', '-a b'], ['s', '--list', '1', '--', 'z']]: run(p, *a)
