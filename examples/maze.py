"""The shortest way through a maze: breadth-first search with sets, dictionaries and a queue."""

MAZE = """\
#########
#S..#...#
#.#.#.#.#
#.#...#E#
#########
"""


def find(grid, letter):
    for row, line in enumerate(grid):
        if (column := line.find(letter)) >= 0:
            return row, column
    raise LookupError(f"there is no {letter} in the maze")


def neighbours(grid, place):
    row, column = place
    for step_row, step_column in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        next_row, next_column = row + step_row, column + step_column
        if grid[next_row][next_column] != "#":
            yield next_row, next_column


def shortest_path(grid, start, end):
    came_from = {start: None}
    frontier = [start]
    while frontier:
        next_frontier = []
        for place in frontier:
            for neighbour in neighbours(grid, place):
                if neighbour not in came_from:
                    came_from[neighbour] = place
                    next_frontier.append(neighbour)
        if end in came_from:
            break
        frontier = next_frontier
    path = []
    while end is not None:
        path.append(end)
        end = came_from[end]
    return path[::-1]


grid = MAZE.splitlines()
path = shortest_path(grid, find(grid, "S"), find(grid, "E"))
on_path = set(path[1:-1])
for row, line in enumerate(grid):
    print("".join("o" if (row, column) in on_path else letter for column, letter in enumerate(line)))
print(len(path) - 1, "steps")
