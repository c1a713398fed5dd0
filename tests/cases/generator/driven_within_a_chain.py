# A generator that another one delegates to, driven by somebody else.
def attempt(function, *args):
    try:
        print('  ', function(*args))
    except BaseException as error:
        print('  ', type(error).__name__, *error.args)


def inner():
    for number in range(3):
        try:
            print('sent', (yield number))
        except KeyError:
            print('caught')
    return 'end'


def middle():
    attempt(lambda: next(outer))
    return (yield from source)


def delegate():
    return (yield from between)


for drive in (lambda: next(source), lambda: next(between), lambda: source.throw(KeyError), lambda: between.throw(KeyError),
              lambda: source.close(), lambda: between.close(), lambda: list(source), lambda: list(between),
              lambda: between.send('hello'), lambda: source.throw(ValueError(1))):
    source, between = inner(), middle()
    outer = delegate()
    attempt(next, outer)
    attempt(drive)
    attempt(outer.send, 'again')
    attempt(next, between)
    print(outer.gi_suspended, between.gi_suspended, source.gi_suspended, outer.gi_running)
source = inner()
one, two = middle(), middle()
attempt(next, one), attempt(next, two), attempt(one.send, 'A'), attempt(two.send, 'B'), attempt(one.close), attempt(next, two)
