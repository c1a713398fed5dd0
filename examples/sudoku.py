"""A sudoku solver: fill in what is certain, and where nothing is, guess a cell with the fewest choices and try them.

Each row, column and box keeps the digits it still lacks as a set, so the choices for a cell are an intersection of three
sets. `solutions` is a generator: asking for a second one tells whether a puzzle has only one.
"""

from itertools import islice, product

DIGITS = frozenset("123456789")

EASY = """
53..7.... 6..195... .98....6.
8...6...3 4..8.3..1 7...2...6
.6....28. ...419..5 ....8..79
"""

HARD = """
1....7.9. .3..2...8 ..96..5..
..53..9.. .1..8...2 6....4...
3......1. .4......7 ..7...3..
"""

AMBIGUOUS = """
..4.78..2 672195348 ..8.42..7
859761423 426853791 713924856
961537284 287419635 345286179
"""


class Contradiction(Exception):
    """No digit fits somewhere."""


class Grid:
    def __init__(self, text):
        rows = text.split()
        if len(rows) != 9 or any(len(row) != 9 for row in rows):
            raise ValueError("a sudoku has nine rows of nine cells")
        self.cells = {}
        self._lacking = {(kind, number): set(DIGITS) for kind in ("row", "column", "box") for number in range(9)}
        for row, column in product(range(9), repeat=2):
            if (digit := rows[row][column]) != ".":
                self.put((row, column), digit)

    @staticmethod
    def _units(cell):
        row, column = cell
        return ("row", row), ("column", column), ("box", row // 3 * 3 + column // 3)

    def choices(self, cell):
        return set.intersection(*(self._lacking[unit] for unit in self._units(cell)))

    def put(self, cell, digit):
        if digit not in self.choices(cell):
            raise Contradiction(f"no {digit} at {cell}")
        self.cells[cell] = digit
        for unit in self._units(cell):
            self._lacking[unit].remove(digit)

    def take(self, cell):
        digit = self.cells.pop(cell)
        for unit in self._units(cell):
            self._lacking[unit].add(digit)

    def hardest_pressed(self):
        """The empty cell with the fewest choices, or None when all are filled."""
        empty = (cell for cell in product(range(9), repeat=2) if cell not in self.cells)
        return min(empty, key=lambda cell: len(self.choices(cell)), default=None)

    def __str__(self):
        lines = []
        for row in range(9):
            digits = [self.cells.get((row, column), ".") for column in range(9)]
            lines.append(" | ".join(" ".join(digits[start:start + 3]) for start in (0, 3, 6)))
        return "\n------+-------+------\n".join("\n".join(lines[start:start + 3]) for start in (0, 3, 6))


def solutions(grid):
    """Every way to fill the grid; the grid itself is filled while a solution is looked at."""
    cell = grid.hardest_pressed()
    if cell is None:
        yield grid
        return
    for digit in sorted(grid.choices(cell)):
        grid.put(cell, digit)
        yield from solutions(grid)
        grid.take(cell)


def main():
    for name, puzzle in (("easy", EASY), ("hard", HARD)):
        grid = Grid(puzzle)
        print(f"{name}, {len(grid.cells)} digits given")
        print(next(solutions(grid)), "\n")

    for name, puzzle in (("easy", EASY), ("ambiguous", AMBIGUOUS)):
        # Two are enough to know; there may be billions.
        n_found = len(list(islice(solutions(Grid(puzzle)), 2)))
        print(f"{name}: {'one solution' if n_found == 1 else 'more than one'}")
    try:
        Grid("55" + EASY.strip()[2:])
    except Contradiction as error:
        print("impossible:", error)


if __name__ == "__main__":
    main()
