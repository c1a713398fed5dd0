# Tracebacks have colours where the variables ask for them.
import subprocess
import sys

PROGRAMS = [
    'def f(x):\n    return x / 0 + 1\ntry:\n    f(1)\nexcept Exception as e:\n    raise RuntimeError("outer") from ExceptionGroup("g", [e, KeyError("k")])',
    'x = (1 +',
    'imprt math',
    'def f(n):\n    f(n + 1)\nf(1)',
    'error = ValueError("two\\nlines")\nerror.add_note("note")\nraise error',
    'raise ValueError',
    'print(undefned, file=1)',
]
for program in PROGRAMS:
    child = subprocess.run([sys.executable, '-c', program], stderr=subprocess.PIPE, text=True, env={'FORCE_COLOR': '1'})
    print(child.stderr.replace('\x1b[', '<'))
for variables in ({'NO_COLOR': '1', 'FORCE_COLOR': '1'}, {'PYTHON_COLORS': '0', 'FORCE_COLOR': '1'}, {'PYTHON_COLORS': '1', 'NO_COLOR': '1'},
                  {'TERM': 'dumb'}, {}):
    child = subprocess.run([sys.executable, '-c', '1/0'], stderr=subprocess.PIPE, env=variables)
    print(b'\x1b' in child.stderr)
