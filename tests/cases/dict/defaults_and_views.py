# A factory that gives the key a value by itself, and views beside subclasses of set.
from collections import defaultdict

made = defaultdict(None)


def factory():
    made['k'] = 'inner'
    return 'outer'


made.default_factory = factory
print(made['k'], dict(made))


class Noisy(defaultdict):
    def __setitem__(self, key, value):
        print('set', key, value)
        super().__setitem__(key, value)


noisy = Noisy(lambda: 5)
print(noisy['x'], dict(noisy))


class Subset(set):
    def __and__(self, other):
        return 'and'

    def __rand__(self, other):
        return 'rand'

    def intersection(self, *others):
        return 'intersection'


print({'a': 1}.keys() & Subset('ab'))
