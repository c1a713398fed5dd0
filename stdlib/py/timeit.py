"""How long small pieces of code take."""

import gc
import itertools
import sys
import time

__all__ = ['Timer', 'timeit', 'repeat', 'default_timer']

dummy_src_name = '<timeit-src>'
default_number = 1000000
default_repeat = 5
default_timer = time.perf_counter
_globals = globals


def _indented(source, width):
    return source.replace('\n', '\n' + ' ' * width)


class Timer:
    """Times a statement, which is source or a function; `setup` runs once before."""

    def __init__(self, stmt='pass', setup='pass', timer=default_timer, globals=None):
        self.timer = timer
        names = {}
        parameters = ''
        if isinstance(setup, str):
            # Compiling them alone finds what would end the function around them early.
            compile(setup, dummy_src_name, 'exec')
            before, first = setup + '\n', _indented(setup, 4)
        elif callable(setup):
            names['_setup'] = setup
            before, first, parameters = '', '_setup()', ', _setup=_setup'
        else:
            raise ValueError('setup is neither a string nor callable')
        if isinstance(stmt, str):
            compile(before + stmt, dummy_src_name, 'exec')
            body = _indented(stmt, 8)
        elif callable(stmt):
            names['_stmt'] = stmt
            body, parameters = '_stmt()', parameters + ', _stmt=_stmt'
        else:
            raise ValueError('stmt is neither a string nor callable')
        self.src = (f'\ndef inner(_it, _timer{parameters}):\n    {first}\n    _t0 = _timer()\n    for _i in _it:\n'
                    f'        {body}\n        pass\n    _t1 = _timer()\n    return _t1 - _t0\n')
        code = compile(self.src, dummy_src_name, 'exec')
        exec(code, _globals() if globals is None else globals, names)
        self.inner = names['inner']

    def print_exc(self, file=None):
        """Print the traceback of an exception in the code, with its source."""
        import linecache
        import traceback
        linecache.cache[dummy_src_name] = len(self.src), None, self.src.split('\n'), dummy_src_name
        traceback.print_exc(file=file)

    def timeit(self, number=default_number):
        """Seconds for `number` runs; without collecting garbage meanwhile."""
        collects = gc.isenabled()
        gc.disable()
        try:
            return self.inner(itertools.repeat(None, number), self.timer)
        finally:
            if collects:
                gc.enable()

    def repeat(self, repeat=default_repeat, number=default_number):
        """Several results of timeit()."""
        return [self.timeit(number) for _ in range(repeat)]

    def autorange(self, callback=None):
        """(number, seconds), with as many runs as take at least 0.2 seconds."""
        for power in itertools.count():
            for digit in (1, 2, 5):
                number = digit * 10 ** power
                taken = self.timeit(number)
                if callback:
                    callback(number, taken)
                if taken >= 0.2:
                    return number, taken


def timeit(stmt='pass', setup='pass', timer=default_timer, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).timeit(number)


def repeat(stmt='pass', setup='pass', timer=default_timer, repeat=default_repeat, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).repeat(repeat, number)


_UNITS = {'nsec': 1e-9, 'usec': 1e-6, 'msec': 1e-3, 'sec': 1.0}
_USAGE = """\
usage: python -m timeit [-n N] [-r N] [-s S] [-p] [-u UNIT] [-v] [-h] [--] [statement]
  -n, --number N   runs of the statement (default: as many as take 0.2 seconds)
  -r, --repeat N   how often to measure (default 5)
  -s, --setup S    what to run once before (default 'pass')
  -p, --process    count the time of the process only
  -u, --unit UNIT  nsec, usec, msec or sec
  -v, --verbose    print all results
  -h, --help       print this
Several statements are lines of one."""


def main(args=None, *, _wrap_timer=None):
    """The command line: times the statement, prints the best result. The result is the exit status, or None."""
    import getopt
    import os
    try:
        options, words = getopt.getopt(sys.argv[1:] if args is None else args, 'n:u:s:r:pvh',
                                       ['number=', 'setup=', 'repeat=', 'process', 'verbose', 'unit=', 'help'])
    except getopt.error as error:
        print(error)
        print('use -h/--help for command line help')
        return 2
    timer, number, times, unit, verbose, precision = default_timer, 0, default_repeat, None, 0, 3
    setup = []
    for option, value in options:
        if option in ('-n', '--number'):
            number = int(value)
        elif option in ('-s', '--setup'):
            setup.append(value)
        elif option in ('-u', '--unit'):
            if value not in _UNITS:
                print('Unrecognized unit. Please select nsec, usec, msec, or sec.', file=sys.stderr)
                return 2
            unit = value
        elif option in ('-r', '--repeat'):
            times = max(int(value), 1)
        elif option in ('-p', '--process'):
            timer = time.process_time
        elif option in ('-v', '--verbose'):
            precision += verbose > 0
            verbose += 1
        else:
            print(_USAGE)
            return 0
    sys.path.insert(0, os.curdir)
    if _wrap_timer is not None:
        timer = _wrap_timer(timer)
    measured = Timer('\n'.join(words) or 'pass', '\n'.join(setup) or 'pass', timer)

    def shown(seconds):
        name = unit or next((name for name, size in reversed(_UNITS.items()) if seconds >= size), 'nsec')
        return '%.*g %s' % (precision, seconds / _UNITS[name], name)

    def tell(number, seconds):
        plural = '' if number == 1 else 's'
        print(f'{number} loop{plural} -> {seconds:.{precision}g} sec{plural}')
    try:
        if not number:
            number = measured.autorange(tell if verbose else None)[0]
            if verbose:
                print()
        results = measured.repeat(times, number)
    except BaseException:
        measured.print_exc()
        return 1
    if verbose:
        print('raw times: %s' % ', '.join(map(shown, results)))
        print()
    each = [seconds / number for seconds in results]
    best, worst = min(each), max(each)
    print('%d loop%s, best of %d: %s per loop' % (number, '' if number == 1 else 's', times, shown(best)))
    if worst >= best * 4:
        import warnings
        warnings.warn_explicit(f'The test results are likely unreliable. The worst time ({shown(worst)}) was more than '
                               f'four times slower than the best time ({shown(best)}).', UserWarning, '', 0)
    return None


if __name__ == '__main__':
    sys.exit(main())
