"""Writes cli/startup.ld: which functions run when a small program starts, for the linker to put side by side.

A page of the binary that is touched comes into memory with its neighbours; with these functions in one place few others come along. Needs
valgrind and a release build: `python3 cli/startup_order.py target/release/ouro > cli/startup.ld`. A list that has grown old does no harm,
it only helps less.
"""

import collections
import re
import subprocess
import sys
import tempfile

PROGRAMS = ['', "import asyncio\nasync def main(): print('x')\nasyncio.run(main())\n"]

# Where this share of the code below a path runs, all of it is taken.
SHARE = 0.6

HEADER = """/* Functions that run when a program starts, side by side, so that few pages of the binary are needed. Made by startup_order.py. */
SECTIONS
{
  .text.start :
  {
"""
FOOTER = """  }
}
INSERT BEFORE .text;
"""


def functions(binary):
    """Names of the functions in the binary, with their sizes."""
    listing = subprocess.run(['nm', '-S', binary], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    # Names of the standard library's functions hold a hash of its version.
    return {row[3]: int(row[1], 16) for row in rows
            if len(row) == 4 and row[2] in 'tTwW' and not row[3].startswith('_R')}


def run_functions(binary, program):
    """Names of the functions that run in a program."""
    with tempfile.TemporaryDirectory() as folder:
        trace = f'{folder}/trace'
        subprocess.run(['valgrind', '--tool=callgrind', '--demangle=no', '--compress-strings=no',
                        f'--callgrind-out-file={trace}', binary, '-c', program], capture_output=True, check=True)
        with open(trace) as file:
            lines = [line.rstrip('\n') for line in file]
    return {re.sub(r"'\d+$", '', line.split('=', 1)[1]) for line in lines if line.startswith(('fn=', 'cfn='))}


def paths(name):
    """The crate, module and so on down to the function itself that a mangled name stands for, each with those before it."""
    if not name.startswith('_ZN'):
        return [name]
    found, at = [], 3
    while at < len(name) and name[at].isdigit():
        length = re.match(r'\d+', name[at:]).group()
        end = at + len(length) + int(length)
        if re.fullmatch(r'17h[0-9a-f]{16}', name[at:end]):
            break
        found.append(name[:end])
        at = end
    return found


def main():
    binary = sys.argv[1]
    sizes = functions(binary)
    ran = set().union(*(run_functions(binary, program) for program in PROGRAMS))
    hot, total, children = collections.Counter(), collections.Counter(), collections.defaultdict(set)
    for name, size in sizes.items():
        above = ''
        for path in paths(name):
            children[above].add(path)
            above = path
            total[path] += size
            hot[path] += size if name in ran else 0
    print(HEADER, end='')
    left = sorted(children[''], reverse=True)
    while left:
        path = left.pop()
        if not hot[path]:
            continue
        if hot[path] >= SHARE * total[path] or not children[path]:
            print(f'    *(.text.{path}* .text.unlikely.{path}*)' if path.startswith('_ZN') else f'    *(.text.{path})')
        else:
            left.extend(sorted(children[path], reverse=True))
    print(FOOTER, end='')


if __name__ == '__main__':
    main()
