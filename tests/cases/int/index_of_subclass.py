# What is an int already is not asked for its index, and an index is an exact int.
import operator


class Odd(int):
    def __index__(self):
        return 42


print(operator.index(Odd(7)), type(operator.index(Odd(7))), operator.index(True), type(operator.index(True)))
print(list(range(9))[Odd(7)], hex(Odd(7)), range(Odd(3)), bin(True), operator.index(Odd(10 ** 30)))
