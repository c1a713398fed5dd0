//! What scopes and compiler complain about, with CPython 3.14's words and positions.

use ouro_lang::compiler::CompileOptions;
use ouro_lang::diagnostics::Diagnostic;

use super::compiled;

/// Source, and message with `line:offset-end_line:end_offset` as the attributes of the SyntaxError have them.
#[rustfmt::skip]
const ERRORS: &[(&str, &str)] = &[
    ("class C: [y := 1 for x in z]", "assignment expression within a comprehension cannot be used in a class body 1:11-1:12"),
    ("[x := 1 for x in z]", "assignment expression cannot rebind comprehension iteration variable 'x' 1:2-1:3"),
    ("[[x := 1 for y in z] for x in z]", "assignment expression cannot rebind comprehension iteration variable 'x' 1:3-1:4"),
    ("[[y for x in z] for z in (x := 1)]", "assignment expression cannot be used in a comprehension iterable expression 1:27-1:33"),
    ("[y for x in (y := 1)]", "assignment expression cannot be used in a comprehension iterable expression 1:14-1:20"),
    ("[x for y in z for x in (q := 1)]", "assignment expression cannot be used in a comprehension iterable expression 1:25-1:31"),
    ("[(a := 1) for b in c for a in d]", "assignment expression cannot rebind comprehension iteration variable 'a' 1:3-1:4"),
    ("def f[T: [x := 1 for y in z]](): pass", "assignment expression within a comprehension cannot be used in a TypeVar bound 1:11-1:12"),
    ("def f[T: (x := 1)](): pass", "named expression cannot be used within a TypeVar bound 1:11-1:17"),
    ("def f[T: (yield)](): pass", "yield expression cannot be used within a TypeVar bound 1:11-1:16"),
    ("def f[T: (await x)](): pass", "await expression cannot be used within a TypeVar bound 1:11-1:18"),
    ("def f[T = (yield)](): pass", "yield expression cannot be used within a TypeVar default 1:12-1:17"),
    ("type A = (yield)", "yield expression cannot be used within a type alias 1:11-1:16"),
    ("type A = (x := 1)", "named expression cannot be used within a type alias 1:11-1:17"),
    ("type A = [y := 1 for x in z]", "assignment expression within a comprehension cannot be used in a type alias 1:11-1:12"),
    ("def f[T](a: (yield)): pass", "yield expression cannot be used within an annotation 1:14-1:19"),
    ("def f[T](a = (yield)): pass", "'yield' outside function 1:15-1:20"),
    ("class C[T](x := 1): pass", "named expression cannot be used within the definition of a generic 1:12-1:18"),
    ("class C[T](metaclass=(yield)): pass", "yield expression cannot be used within the definition of a generic 1:23-1:28"),
    ("def f[T, T](): pass", "duplicate type parameter 'T' 1:10-1:11"),
    ("def f(a: (yield)): pass", "yield expression cannot be used within an annotation 1:11-1:16"),
    ("def f(a: (x:=1)): pass", "named expression cannot be used within an annotation 1:11-1:15"),
    ("def f(a: (await x)): pass", "await expression cannot be used within an annotation 1:11-1:18"),
    ("async def f(a: (await x)): pass", "await expression cannot be used within an annotation 1:17-1:24"),
    ("x: (yield)", "yield expression cannot be used within an annotation 1:5-1:10"),
    ("x: (await y)", "await expression cannot be used within an annotation 1:5-1:12"),
    ("x: (y := 1)", "named expression cannot be used within an annotation 1:5-1:11"),
    ("def f(a, a): pass", "duplicate argument 'a' in function definition 1:10-1:11"),
    ("lambda a, *a: 1", "duplicate argument 'a' in function definition 1:12-1:13"),
    ("def f(a, __debug__): pass", "cannot assign to __debug__ 1:10-1:19"),
    ("__debug__ = 1", "cannot assign to __debug__ 1:1-1:10"),
    ("def __debug__(): pass", "cannot assign to __debug__ 1:1-1:22"),
    ("class __debug__: pass", "cannot assign to __debug__ 1:1-1:22"),
    ("import __debug__", "cannot assign to __debug__ 1:8-1:17"),
    ("x.__debug__ = 1", "cannot assign to __debug__ 1:1-1:12"),
    ("del __debug__", "cannot delete __debug__ 1:5-1:14"),
    ("for __debug__ in x: pass", "cannot assign to __debug__ 1:5-1:14"),
    ("f(__debug__=1)", "cannot assign to __debug__ 1:3-1:14"),
    ("def f():\n from x import *", "import * only allowed at module level 2:16-2:17"),
    ("class C:\n from x import *", "import * only allowed at module level 2:16-2:17"),
    ("from __future__ import nope", "future feature nope is not defined 1:24-1:28"),
    ("from __future__ import braces", "not a chance 1:24-1:30"),
    ("x=1\nfrom __future__ import annotations", "from __future__ imports must occur at the beginning of the file 2:1-2:35"),
    ("'doc'\n'x'\nfrom __future__ import annotations", "from __future__ imports must occur at the beginning of the file 3:1-3:35"),
    ("def f():\n  from __future__ import annotations", "from __future__ imports must occur at the beginning of the file 2:3-2:37"),
    ("[(yield) for x in y]", "'yield' inside list comprehension 1:3-1:8"),
    ("def f(): [(yield) for x in y]", "'yield' inside list comprehension 1:12-1:17"),
    ("def f(): ((yield) for x in y)", "'yield' inside generator expression 1:12-1:17"),
    ("def f(): {(yield): 1 for x in y}", "'yield' inside dict comprehension 1:12-1:17"),
    ("def f(): {(yield) for x in y}", "'yield' inside set comprehension 1:12-1:17"),
    ("def f(): [(yield from z) for x in y]", "'yield' inside list comprehension 1:12-1:24"),
    ("def f(): [x async for x in y]", "asynchronous comprehension outside of an asynchronous function 1:10-1:30"),
    ("[x async for x in y]", "asynchronous comprehension outside of an asynchronous function 1:1-1:21"),
    ("async def f():\n def g(): [await x for x in y]", "asynchronous comprehension outside of an asynchronous function 2:11-2:31"),
    ("lambda: await x", "'await' outside async function 1:9-1:16"),
    ("class C: (yield)", "'yield' outside function 1:11-1:16"),
    ("class C: await x", "'await' outside function 1:10-1:17"),
    ("a, *b, *c = d", "multiple starred expressions in assignment 1:1-1:10"),
    ("*a = b", "starred assignment target must be in a list or tuple 1:1-1:3"),
    ("[*a, *b] = c", "multiple starred expressions in assignment 1:1-1:9"),
    ("x = *a", "can't use starred expression here 1:5-1:7"),
    ("try: pass\nexcept: pass\nexcept E: pass", "default 'except:' must be last 2:1-2:13"),
    ("match x:\n  case _: pass\n  case 1: pass", "wildcard makes remaining patterns unreachable 2:8-2:9"),
    ("match x:\n  case y: pass\n  case 1: pass", "name capture 'y' makes remaining patterns unreachable 2:8-2:9"),
    ("match x:\n  case y | 1: pass", "name capture 'y' makes remaining patterns unreachable 2:8-2:9"),
    ("match x:\n  case _ | 1: pass", "wildcard makes remaining patterns unreachable 2:8-2:9"),
    ("match x:\n  case (1, y) | (y, 2) | z: pass", "alternative patterns bind different names 2:8-2:27"),
    ("match x:\n  case (1, y) | (z, 2): pass", "alternative patterns bind different names 2:8-2:23"),
    ("match x:\n  case (y, y): pass", "multiple assignments to name 'y' in pattern 2:12-2:13"),
    ("match x:\n  case [*a, *b]: pass", "multiple starred names in sequence pattern 2:8-2:16"),
    ("match x:\n  case {'a': 1, 'a': 2}: pass", "mapping pattern checks duplicate key ('a') 2:8-2:24"),
    ("match x:\n  case {1: 1, 1.0: 2}: pass", "mapping pattern checks duplicate key (1.0) 2:8-2:22"),
    ("match x:\n  case {-1: 1, -1: 2}: pass", "mapping pattern checks duplicate key (-1) 2:8-2:22"),
    ("match x:\n  case C(a=1, a=2): pass", "attribute name repeated in class pattern: a 2:17-2:18"),
    ("match x:\n  case C(__debug__=1): pass", "cannot assign to __debug__ 2:20-2:21"),
    ("async def f():\n  yield\n  return 1", "'return' with value in async generator 3:3-3:11"),
    ("async def f():\n  yield from x", "'yield from' inside async function 2:3-2:15"),
    ("async def f():\n  return 1\n  yield", "'return' with value in async generator 2:3-2:11"),
    ("class C:\n  return", "'return' outside function 2:3-2:9"),
    ("class C:\n  yield", "'yield' outside function 2:3-2:8"),
    ("while 1:\n  def f(): break", "'break' outside loop 2:12-2:17"),
    ("while 1:\n  class C: continue", "'continue' not properly in loop 2:12-2:20"),
    ("if 1: break", "'break' outside loop 1:7-1:12"),
    ("def f():\n  global x\n  x: int = 1", "annotated name 'x' can't be global 3:3-3:13"),
    ("def f():\n  x: int = 1\n  global x", "annotated name 'x' can't be global 3:3-3:11"),
    ("def f():\n  nonlocal x\n  x: int", "annotated name 'x' can't be nonlocal 3:3-3:9"),
    ("def g():\n  x = 1\n  def f():\n    x: int\n    nonlocal x", "annotated name 'x' can't be nonlocal 5:5-5:15"),
    ("def g():\n  x = 1\n  def f():\n    x = 2\n    nonlocal x", "name 'x' is assigned to before nonlocal declaration 5:5-5:15"),
    ("def g():\n  x = 1\n  def f():\n    print(x)\n    nonlocal x", "name 'x' is used prior to nonlocal declaration 5:5-5:15"),
    ("def g[T]():\n  nonlocal T", "nonlocal binding not allowed for type parameter 'T' 2:3-2:13"),
    ("def g[T]():\n  def f():\n    nonlocal T", "nonlocal binding not allowed for type parameter 'T' 3:5-3:15"),
    ("x = 1\nglobal x", "name 'x' is assigned to before global declaration 2:1-2:9"),
    ("class C:\n  nonlocal x", "no binding for nonlocal 'x' found 2:3-2:13"),
    ("class C[T]:\n  nonlocal T", "nonlocal binding not allowed for type parameter 'T' 2:3-2:13"),
    ("def f(x):\n  global x", "name 'x' is parameter and global 2:3-2:11"),
    ("def f():\n  class x: pass\n  global x", "name 'x' is assigned to before global declaration 3:3-3:11"),
    ("def f():\n  for x in y: pass\n  global x", "name 'x' is assigned to before global declaration 3:3-3:11"),
    ("def f():\n  def x(): pass\n  global x", "name 'x' is assigned to before global declaration 3:3-3:11"),
    ("async with x: pass", "'async with' outside async function 1:1-1:19"),
    ("async for x in y: pass", "'async for' outside async function 1:1-1:23"),
    ("def f():\n  async with x: pass", "'async with' outside async function 2:3-2:21"),
];

/// Source, and line and text of the SyntaxWarning.
#[rustfmt::skip]
const WARNINGS: &[(&str, &str)] = &[
    ("def f():\n  try: pass\n  finally: return 1", "3 'return' in a 'finally' block"),
    ("def f():\n  for x in y:\n    try: pass\n    finally: break", "4 'break' in a 'finally' block"),
    ("for x in y:\n  try: pass\n  finally: continue", "3 'continue' in a 'finally' block"),
    ("x is 1", "1 \"is\" with 'int' literal. Did you mean \"==\"?"),
    ("x is 'a'", "1 \"is\" with 'str' literal. Did you mean \"==\"?"),
    ("x is not 1", "1 \"is not\" with 'int' literal. Did you mean \"!=\"?"),
    ("x is ()", "1 \"is\" with 'tuple' literal. Did you mean \"==\"?"),
    ("1 is x", "1 \"is\" with 'int' literal. Did you mean \"==\"?"),
    ("assert (x, 'msg')", "1 assertion is always true, perhaps remove parentheses?"),
    ("assert (x,)", "1 assertion is always true, perhaps remove parentheses?"),
    ("1()", "1 'int' object is not callable; perhaps you missed a comma?"),
    ("'a'()", "1 'str' object is not callable; perhaps you missed a comma?"),
    ("(1,2)()", "1 'tuple' object is not callable; perhaps you missed a comma?"),
    ("[1]()", "1 'list' object is not callable; perhaps you missed a comma?"),
    ("{}()", "1 'dict' object is not callable; perhaps you missed a comma?"),
    ("f\"x\"()", "1 'str' object is not callable; perhaps you missed a comma?"),
    ("(x for x in y)()", "1 'generator' object is not callable; perhaps you missed a comma?"),
    ("{1}()", "1 'set' object is not callable; perhaps you missed a comma?"),
    ("None()", "1 'NoneType' object is not callable; perhaps you missed a comma?"),
    ("[1][1, 2]", "1 list indices must be integers or slices, not tuple; perhaps you missed a comma?"),
    ("[1]['a']", "1 list indices must be integers or slices, not str; perhaps you missed a comma?"),
    ("(1,2)['a']", "1 tuple indices must be integers or slices, not str; perhaps you missed a comma?"),
    ("1[2]", "1 'int' object is not subscriptable; perhaps you missed a comma?"),
    ("'a'['b']", "1 str indices must be integers or slices, not str; perhaps you missed a comma?"),
    ("'a'[1.0]", "1 str indices must be integers or slices, not float; perhaps you missed a comma?"),
    ("{1}[1]", "1 'set' object is not subscriptable; perhaps you missed a comma?"),
    ("f'x'[1,2]", "1 str indices must be integers or slices, not tuple; perhaps you missed a comma?"),
    ("None[1]", "1 'NoneType' object is not subscriptable; perhaps you missed a comma?"),
    ("(lambda: 1)[1]", "1 'function' object is not subscriptable; perhaps you missed a comma?"),
    ("(x for x in y)[1]", "1 'generator' object is not subscriptable; perhaps you missed a comma?"),
    ("[1 for x in y]['a']", "1 list indices must be integers or slices, not str; perhaps you missed a comma?"),
    ("[1, 2] [3, 4]", "1 list indices must be integers or slices, not tuple; perhaps you missed a comma?"),
    ("[1][1j]", "1 list indices must be integers or slices, not complex; perhaps you missed a comma?"),
];

/// What looks as if it could be refused.
#[rustfmt::skip]
const ACCEPTED: &[&str] = &[
    "def f[T](a = (x:=1)): pass",
    "x: [y := 1 for z in q]",
    "def f(): (x for x in (yield))",
    "def f(): (await x for x in y)",
    "def f(): (x async for x in y)",
    "(x async for x in y)",
    "async def f(): [[x async for x in y] for z in q]",
    "async def f(): ([x async for x in y] for z in q)",
    "lambda: (yield)",
    "*a, = b",
    "print(*a)",
    "match x:\n  case y if y: pass\n  case _: pass",
    "def f():\n  try: pass\n  finally:\n    for x in y: break",
    "def f():\n  try: pass\n  finally:\n    def g(): return 1",
    "x is None",
    "x is -1",
    "assert ()",
    "(lambda: 1)()",
    "{1:2}[1]",
    "x[1.5]",
    "[1][True]",
    "[1][\"a\":2]",
    "def f():\n  yield\n  return 1",
    "def f():\n  global x, x\n  x = 1",
    "global x\nx = 1",
    "def f():\n  import x\n  global x",
    "def f():\n  try: pass\n  finally:\n    try: pass\n    finally:\n      try: pass\n      finally:\n        try: pass\n        finally:\n          try: pass\n          finally:\n            pass\n",
];

fn shown(error: &Diagnostic) -> String {
    let Some(at) = &error.location else { return error.message.clone() };
    let (end_line, end_offset) = (at.end_line.unwrap_or(0), at.end_offset.unwrap_or(0));
    format!("{} {}:{}-{end_line}:{end_offset}", error.message, at.line, at.offset)
}

#[test]
fn errors_are_cpythons() {
    for &(source, want) in ERRORS {
        let (code, _) = compiled(source, CompileOptions::default());
        assert_eq!(shown(&code.expect_err(source)), want, "{source}");
    }
}

#[test]
fn warnings_are_cpythons() {
    for &(source, want) in WARNINGS {
        let (code, warnings) = compiled(source, CompileOptions::default());
        code.expect(source);
        let shown: Vec<String> =
            warnings.iter().map(|warning| format!("{} {}", warning.line(), warning.message)).collect();
        assert_eq!(shown, [want], "{source}");
    }
}

#[test]
fn the_rest_is_accepted_without_a_word() {
    for &source in ACCEPTED {
        let (code, warnings) = compiled(source, CompileOptions::default());
        code.expect(source);
        assert_eq!(warnings, [], "{source}");
    }
}
