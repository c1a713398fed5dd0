"""A SyntaxWarning that a filter makes an error is a SyntaxError with the place."""

import warnings

warnings.simplefilter("error")
for source in ('assert(x, "m")', "1 is 1", "[(1, 2) (3, 4)]", "0xfor x", r'"\d"', r'b"\400"', "while 1:\n    1()"):
    try:
        compile(source, "file", "exec")
    except SyntaxError as error:
        print(error.msg, error.filename, error.lineno)
