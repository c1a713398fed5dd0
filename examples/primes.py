"""Primes below a bound, by a generator that crosses out multiples."""


def primes(bound):
    crossed_out = set()
    for number in range(2, bound):
        if number not in crossed_out:
            yield number
            crossed_out.update(range(number * number, bound, number))


print(*primes(50))
