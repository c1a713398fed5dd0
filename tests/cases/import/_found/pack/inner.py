from . import value
value += '.inner'
