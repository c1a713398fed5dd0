from _half_a import value
