"""NUL bytes, broken UTF-8, BOM, carriage returns and mixed tabs in source text."""


def attempt(source):
    try:
        space = {}
        exec(compile(source, "<bytes>", "exec"), space)
        print({name: value for name, value in space.items() if name != "__builtins__"})
    except (SyntaxError, ValueError) as error:
        print(type(error).__name__, *error.args[:1], getattr(error, "lineno", None), getattr(error, "offset", None))


attempt("x = 1\0")
attempt(b"x = 1\0")
attempt("\0")
attempt(b"x = '\xff'")
attempt(b"\xff\xfe")
attempt(b"# \xe9\nx = 1")
attempt(b"# -*- coding: latin-1 -*-\nx = '\xe9'")
attempt(b"# coding: nonsense\nx = 1")
attempt(b"\xef\xbb\xbfx = 1")
attempt(b"\xef\xbb\xbf# coding: utf-8\nx = 1")
attempt(b"\xef\xbb\xbf# coding: latin-1\nx = 1")
attempt("\ufeffx = 2")
attempt("x = 1\ry = 2\r\nz = 3\n")
attempt("x = '''a\rb\r\nc'''")
attempt("if 1:\n\tx = 1\n        y = 2\n")
attempt("if 1:\n        x = 1\n\ty = 2\n")
attempt("if 1:\n\tx = 1\n\ty = 2\n")
attempt("if 1:\n \tx = 1\n \ty = 2\n")
attempt("x = '\udc80'")
attempt("\udc80 = 1")
attempt("x\x0c = 1")
attempt("\x0cx = 1")
attempt("x = 1\x1a")
attempt("x = \x01")
attempt("x = \u00a01")
attempt("x = 1\u2028y = 2")
attempt("")
attempt("\n\n\n")
attempt("\\\n")
attempt("\\")
attempt("x = 1\\")
attempt("    ")
attempt("\t\n  # c")
