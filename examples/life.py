"""Conway's game of life: a set of living cells is all the state there is, and the board has no edges.

Watch it on a terminal with `life.py --watch`; without that it prints a few generations of a glider and of a pattern that
comes back to itself.
"""

import argparse
import time
from collections import Counter
from itertools import islice

GLIDER = """\
.O.
..O
OOO
"""

PULSAR_SEED = """\
OOOOO
O...O
"""


def parse(pattern):
    return {
        (row, column)
        for row, line in enumerate(pattern.splitlines())
        for column, letter in enumerate(line)
        if letter == "O"
    }


def neighbours(cell):
    row, column = cell
    return {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} - {cell}


def next_generation(alive):
    """A cell lives on with two or three neighbours, and is born with three."""
    counts = Counter(neighbour for cell in alive for neighbour in neighbours(cell))
    return {cell for cell, count in counts.items() if count == 3 or count == 2 and cell in alive}


def generations(alive):
    while True:
        yield alive
        alive = next_generation(alive)


def draw(alive, n_rows, n_columns, top=0, left=0):
    return "\n".join(
        "".join("O" if (row, column) in alive else "." for column in range(left, left + n_columns))
        for row in range(top, top + n_rows)
    )


def period(alive):
    """Every how many generations a pattern that stays in its place repeats, and after how many that begins."""
    seen = {}
    for number, cells in enumerate(generations(alive)):
        state = frozenset(cells)
        if state in seen:
            return number - seen[state], seen[state]
        seen[state] = number


def watch(alive, n_generations):
    print("\x1b[2J", end="")
    for number, cells in enumerate(islice(generations(alive), n_generations)):
        print(f"\x1b[H{draw(cells, 20, 40, top=-8, left=-16)}\ngeneration {number}, {len(cells)} cells", flush=True)
        time.sleep(0.1)


def demonstrate():
    print("a glider moves by one down and right in four generations")
    boards = [draw(cells, 5, 5).splitlines() for cells in islice(generations(parse(GLIDER)), 5)]
    for rows in zip(*boards):
        print("   ".join(rows))

    beat, start = period(parse(PULSAR_SEED))
    print(f"\nthe other pattern repeats every {beat} generations once {start} have passed, and is then")
    final = next(islice(generations(parse(PULSAR_SEED)), start, None))
    top, left = (min(cell[axis] for cell in final) for axis in (0, 1))
    bottom, right = (max(cell[axis] for cell in final) for axis in (0, 1))
    print(draw(final, bottom - top + 1, right - left + 1, top, left))


def main():
    parser = argparse.ArgumentParser(description="Conway's game of life.")
    parser.add_argument("--watch", action="store_true", help="animate on the terminal")
    parser.add_argument("--generations", type=int, default=100, help="how many to animate (default: %(default)s)")
    options = parser.parse_args()
    if options.watch:
        watch(parse(PULSAR_SEED), options.generations)
    else:
        demonstrate()


if __name__ == "__main__":
    main()
