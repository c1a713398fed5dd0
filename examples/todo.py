"""A to-do list in a JSON file, used from the command line.

    todo.py --file list.json add "buy milk" --due 2026-05-01
    todo.py --file list.json list

Run without a command it shows what it can do, with a list in a temporary folder.
"""

import argparse
import json
import os
import shlex
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path


class TodoError(Exception):
    """Something to tell the user, without a traceback."""


@dataclass
class Item:
    text: str
    due: str | None = None
    done: bool = False

    def __str__(self):
        due = f" (until {self.due})" if self.due else ""
        return f"[{'x' if self.done else ' '}] {self.text}{due}"


class TodoList:
    def __init__(self, path):
        self._path = path
        try:
            self.items = [Item(**fields) for fields in json.loads(path.read_text())]
        except FileNotFoundError:
            self.items = []
        except (ValueError, TypeError) as error:
            raise TodoError(f"{path.name} is no to-do list: {error}") from error

    def save(self):
        # Written beside and moved into place, so that a crash leaves the old list or the new one, never half of it.
        new = self._path.with_name(self._path.name + ".new")
        new.write_text(json.dumps([asdict(item) for item in self.items], indent=2) + "\n")
        os.replace(new, self._path)

    def __getitem__(self, number):
        """Items are numbered from 1, as they are shown."""
        if not 1 <= number <= len(self.items):
            raise TodoError(f"there is no item {number}")
        return self.items[number - 1]


def add(todo, options):
    todo.items.append(Item(options.text, options.due and options.due.isoformat()))
    todo.save()
    print("added:", options.text)


def show(todo, options):
    shown = [(number, item) for number, item in enumerate(todo.items, 1) if options.all or not item.done]
    for number, item in shown:
        print(f"{number:>2} {item}")
    if not shown:
        print("nothing to do")


def check(todo, options):
    item = todo[options.number]
    item.done = True
    todo.save()
    print("done:", item.text)


def clear(todo, options):
    remaining = [item for item in todo.items if not item.done]
    print("removed:", len(todo.items) - len(remaining))
    todo.items = remaining
    todo.save()


def make_parser():
    parser = argparse.ArgumentParser(prog="todo", description="A to-do list in a JSON file.")
    parser.add_argument("--file", type=Path, default=Path("todo.json"), help="where the list is (default: %(default)s)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    command = commands.add_parser("add", help="add an item")
    command.add_argument("text")
    command.add_argument("--due", type=date.fromisoformat, metavar="DATE", help="the last day, as 2026-05-01")
    command.set_defaults(run=add)

    command = commands.add_parser("list", help="show what is to be done")
    command.add_argument("--all", action="store_true", help="also what is done")
    command.set_defaults(run=show)

    command = commands.add_parser("done", help="check an item off")
    command.add_argument("number", type=int)
    command.set_defaults(run=check)

    command = commands.add_parser("clear", help="remove what is done")
    command.set_defaults(run=clear)
    return parser


def demonstrate():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "todo.json")
        for line in (
            "list", "add 'buy milk'", "add 'pay rent' --due 2026-05-01", "list", "done 1", "list", "list --all",
            "done 7", "clear", "list --all",
        ):
            print(f"$ todo {line}")
            run(["--file", str(path), *shlex.split(line)])
        print(path.read_text(), end="")


def run(arguments):
    """Gives the exit status."""
    options = make_parser().parse_args(arguments)
    if "run" not in options:
        demonstrate()
        return 0
    try:
        options.run(TodoList(options.file), options)
    except TodoError as error:
        print("todo:", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
