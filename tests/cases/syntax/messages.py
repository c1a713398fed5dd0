for source in ("if x", "x = = 1", "print 'a'", "f(a b)", "(1, 2", "for x in y", "1 = x", "f() = 1", "a + b = c", "def f(a, a): pass", "return 1",
               "await x", "x = 'abc", "if x:\npass", "  x", "break", "class", "lambda: (yield) = 1", "{1: 2, 3}", "f(**a, *b)", "f(a=1, 2)",
               "nonlocal x", "def f():\n global x\n nonlocal x", "from __future__ import braces", "import a.b as", "f'{'", "f'{a b}'", "0777", "1__0", "x : int : 2", "with a as 1: pass",
               "del f()", "try: pass", "a if b", "else: pass", "match x:\n case 1 | y: pass\n case _: pass\n case 2: pass", "def f(*): pass", "async def f(): yield from x", "'\\N{nope}'", "b'\u00e9'"):
    try: compile(source, "s", "exec")
    except SyntaxError as e: print(f"{type(e).__name__}: {e.msg} ({e.lineno}, {e.offset}, {e.end_offset})")
    else: print("fine:", source)
