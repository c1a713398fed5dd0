"""Generators and coroutines that are resumed while they run."""


def attempt(name, function):
    try:
        print(name, function())
    except BaseException as error:
        print(name, type(error).__name__, error)


def resumes_itself():
    yield next(generator)


generator = resumes_itself()
attempt("next", lambda: next(generator))
attempt("after", lambda: next(generator, "finished"))


def sends_itself():
    yield generator.send(None)


generator = sends_itself()
attempt("send", lambda: next(generator))


def throws_itself():
    yield generator.throw(ValueError)


generator = throws_itself()
attempt("throw", lambda: next(generator))


def closes_itself():
    yield generator.close()


generator = closes_itself()
attempt("close", lambda: next(generator))


def iterates_itself():
    yield from generator


generator = iterates_itself()
attempt("yield from", lambda: next(generator))


async def sends_coroutine():
    coroutine.send(None)


coroutine = sends_coroutine()
attempt("coroutine", lambda: coroutine.send(None))


async def awaits_itself():
    await coroutine


coroutine = awaits_itself()
attempt("await", lambda: coroutine.send(None))


async def done():
    return 1


coroutine = done()
attempt("first", lambda: coroutine.send(None))
attempt("second", lambda: coroutine.send(None))


def lists_itself():
    yield list(generator)


generator = lists_itself()
attempt("list", lambda: next(generator))


class Item:
    def __eq__(self, other):
        return next(generator)


def compares():
    yield Item() in [1]


generator = compares()
attempt("compare", lambda: next(generator))


def ignores_exit():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


generator = ignores_exit()
next(generator)
attempt("ignored GeneratorExit", generator.close)
generator = (n for n in [1])
attempt("fresh send", lambda: generator.send(1))
