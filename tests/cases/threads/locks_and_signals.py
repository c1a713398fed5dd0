"""Locks, handlers of signals, the collector, exit functions and native modules."""

import _imp
import _signal
import _string
import _thread
import atexit
import errno
import gc
import signal


def show(source):
    try:
        result = repr(eval(source))
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    print(source, "->", result)


for source in r"""
gc.collect(3)
gc.collect('a')
gc.collect(-1)
gc.collect(1,2)
gc.collect(generation=2)>=0
gc.set_threshold()
gc.set_threshold(1,2,3,4)
gc.set_threshold('a')
gc.get_objects(5)
gc.set_debug('a')
gc.is_finalized(1)
list(_string.formatter_parser('a{b!r:c}d{{e}}{f.g[0]}{}'))
_string.formatter_field_name_split('0.a')[0]
list(_string.formatter_field_name_split('0.a[5][-1][x]')[1])
_string.formatter_parser(1)
_string.formatter_field_name_split(1)
list(_string.formatter_parser('{'))
list(_string.formatter_field_name_split('a.')[1])
list(_string.formatter_field_name_split('a[')[1])
list(_string.formatter_field_name_split('a[]')[1])
list(_string.formatter_field_name_split('a[0]x')[1])
list(_string.formatter_parser('{a!}'))
list(_string.formatter_parser('{a:{b}}'))
type(_string.formatter_parser('{a:{b}}'))
type(_string.formatter_field_name_split('a')[1])
_thread.get_ident()>0
_thread.TIMEOUT_MAX
_thread.stack_size()
_thread.stack_size(1)
signal.getsignal(2)
signal.getsignal(signal.SIGTERM)
signal.getsignal(0)
signal.getsignal(100)
signal.signal(9, print)
signal.signal(2, 5)
signal.signal('a', print)
signal.strsignal(2)
signal.SIGINT
signal.default_int_handler()
signal.default_int_handler(1,None)
signal.alarm(0)
signal.setitimer(0,0)
signal.getitimer(0)
signal.siginterrupt(2,False)
signal.set_wakeup_fd(-1)
signal.raise_signal(0)
signal.getsignal(signal.SIGPIPE)
_imp.is_builtin('sys')
_imp.is_builtin('os')
_imp.is_builtin('time')
_imp.is_frozen('zzz')
_imp.is_frozen_package('zzz')
_imp.get_frozen_object('zzz')
_imp.lock_held()
_imp.acquire_lock()
_imp.release_lock()
_imp.release_lock()
_imp.check_hash_based_pycs
_imp.find_frozen('zzz')
_imp.create_builtin(1)
atexit._ncallbacks()
atexit.register(5)
atexit.register()
atexit.register(len)
atexit.unregister(len)
""".strip().splitlines():
    show(source)
