"""What functions of sys say of arguments that do not fit."""

import sys


def show(source):
    try:
        result = repr(eval(source))
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    print(source, "->", result)


for source in r"""
sys.exit(1,2)
sys.exit((1,2))
sys.intern(5)
sys.intern(type("S",(str,),{})("x"))
sys.setrecursionlimit(0)
sys.setrecursionlimit("a")
sys.setrecursionlimit(10**20)
sys.getrefcount()
sys.getsizeof()
sys.getsizeof(1,2,3)
sys.setswitchinterval(0)
sys.setswitchinterval("a")
sys.set_int_max_str_digits(5)
sys.set_int_max_str_digits(maxdigits=640)
sys.get_int_max_str_digits()
sys.set_int_max_str_digits(-1)
sys.setprofile(None)
sys.gettrace()
sys.audit(5)
sys.audit("x",1)
sys.displayhook()
sys.displayhook(None)
sys.unraisablehook(5)
sys.set_asyncgen_hooks(5)
sys.set_asyncgen_hooks(finalizer=5)
sys.set_asyncgen_hooks(firstiter=print)
sys.get_asyncgen_hooks()
sys.set_coroutine_origin_tracking_depth(-1)
sys.set_coroutine_origin_tracking_depth(2)
sys.get_coroutine_origin_tracking_depth()
sys.call_tracing(5,6)
sys.call_tracing(max,(1,2))
sys.version_info()
type(sys.version_info)((3,14))
type(sys.flags)()
sys.version_info[:2]
sys.version_info>(3,)
sys.flags.foo
sys.is_finalizing(1)
sys.exc_info()
sys.exception()
""".strip().splitlines():
    show(source)
