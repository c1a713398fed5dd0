"""Shapes as plain classes, taken apart with `match`: class patterns, guards, captures and alternatives."""

import math


class Circle:
    __match_args__ = ("radius",)

    def __init__(self, radius):
        self.radius = radius


class Rectangle:
    __match_args__ = ("width", "height")

    def __init__(self, width, height):
        self.width = width
        self.height = height


def describe(shape):
    match shape:
        case Circle(0) | Rectangle(0, _) | Rectangle(_, 0):
            return "nothing to see"
        case Circle(radius):
            return f"a circle with an area of {math.pi * radius ** 2:.2f}"
        case Rectangle(width, height) if width == height:
            return f"a square of {width} by {width}"
        case Rectangle(width=width, height=height):
            return f"a rectangle with an area of {width * height}"
        case [first, *rest]:
            return f"{describe(first)}, and {len(rest)} more"
        case {"name": str(name), **others}:
            return f"something called {name} with {sorted(others)}"
        case _:
            return f"no shape: {shape!r}"


for thing in [
    Circle(1.5),
    Rectangle(2, 2),
    Rectangle(2, 3),
    Rectangle(0, 7),
    [Circle(1), Circle(2), Circle(3)],
    {"name": "blob", "colour": "green", "size": 4},
    "a string",
]:
    print(describe(thing))
