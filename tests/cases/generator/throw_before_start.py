"""What is thrown into a generator that has not begun meets no handler, even if its body begins with one."""
import traceback


def guarded():
    try:
        yield 1
    finally:
        print("never")


generator = guarded()
print(generator.gi_frame.f_lineno, generator.gi_suspended)
try:
    generator.throw(ValueError("early"))
except ValueError:
    traceback.print_exc()
print(generator.gi_frame, list(generator))
guarded().close()


async def coroutine():
    try:
        pass
    except ValueError:
        print("never")


try:
    coroutine().throw(ValueError("early"))
except ValueError as error:
    print(repr(error))
