# What sys.exception() is in generators that change the chain they are in.
import sys


def innermost():
    for number in range(2):
        try:
            raise KeyError(number)
        except KeyError:
            yield number
            print('innermost', repr(sys.exception()))
        print('innermost', repr(sys.exception()))
    return 'end'


def middle(source):
    yield 'middle'
    result = yield from source
    print('middle', repr(sys.exception()))
    return result


def awaiter(source):
    try:
        raise ValueError('outside')
    except ValueError:
        result = yield from source
        print('awaiter', repr(sys.exception()), result)


for driven in range(5):
    print('case', driven)
    one = innermost()
    two = middle(one)
    three = awaiter(two)
    for turn in range(5):
        if turn == driven:
            print(next(one, 'ended'), '!')
        if turn == driven + 1:
            print(next(two, 'ended'), '!!')
        print(next(three, 'ended'))
    print(repr(sys.exception()))
