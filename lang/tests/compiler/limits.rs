//! Sources beyond every reasonable size: compiled, or refused with a message, on a test thread's small stack.

use ouro_lang::compiler::CompileOptions;

use ouro_lang::parser::Mode;

use super::verified;

fn compiles(source: &str) {
    let (code, _) = verified(source, Mode::Exec, CompileOptions::default());
    if let Err(error) = code {
        panic!("{}: {}", &source[..source.len().min(60)], error.message);
    }
}

fn refusal(source: &str) -> String {
    verified(source, Mode::Exec, CompileOptions::default()).0.expect_err("too large").message
}

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| line(i) + "\n").collect()
}

#[test]
fn blocks_nest_as_deep_as_in_cpython() {
    for header in ["for x in y:", "while x:", "with x:"] {
        let nested = |n: usize| lines(n, |i| " ".repeat(i) + header) + &" ".repeat(n) + "pass\n";
        compiles(&nested(21));
        assert_eq!(refusal(&nested(22)), "too many statically nested blocks");
    }
}

#[test]
fn high_expressions_need_no_stack() {
    for (before, after) in
        [("-", ""), ("not ", ""), ("lambda: ", ""), ("x if y else ", ""), ("x ** ", ""), ("x and -", "")]
    {
        compiles(&format!("{}x{}\n", before.repeat(190), after.repeat(190)));
    }
    for part in ["+ x", ".a", "()", "[0]", ".m()", " < -x"] {
        compiles(&format!("x{}\n", part.repeat(1400)));
    }
}

#[test]
fn many_of_everything() {
    compiles(&format!("def f():\n{}", lines(70_000, |i| format!(" v{i} = a"))));
    compiles(&format!("def f():\n{} return v0, v69999\n", lines(70_000, |i| format!(" v{i} = a"))));
    compiles(&lines(70_000, |i| format!("x = {i}.5")));
    compiles(&lines(70_000, |i| format!("x.a{i} = y{i}")));
    compiles(&lines(70_000, |i| format!("x.m{i}()")));
    compiles(&format!("x = [{}]", lines(70_000, |i| format!("y{i},"))));
    compiles(&format!("x = ({})", lines(70_000, |i| format!("{i},"))));
    compiles(&format!("x = {{{}}}", lines(70_000, |i| format!("y: {i},"))));
    compiles(&format!("f({})", lines(70_000, |i| format!("y{i},"))));
    compiles(&format!("f({})", lines(7_000, |i| format!("k{i}=y,"))));
    compiles(&format!("if x:\n pass\n{}", lines(5_000, |i| format!("elif x == {i}: y"))));
    compiles(&format!("x = {}y", "y + ".repeat(2_500)));
    compiles(&format!("x = f'{}'", "{y} ".repeat(3_000)));
    compiles(&format!("match x:\n{}", lines(3_000, |i| format!(" case [a, b, {i}]: y"))));
}

#[test]
fn far_jumps_reach() {
    let body = lines(40_000, |_| "  y.a = z".to_owned());
    compiles(&format!("def f(n):\n while n < 5:\n{body}"));
    compiles(&format!("def f(n):\n for x in n:\n{body}"));
    compiles(&format!("def f(n):\n if n in z:\n{body} else:\n{body}"));
    compiles(&format!("def f(n):\n try:\n{body} except E:\n{body}"));
}

#[test]
fn nested_finally_is_refused_before_it_explodes() {
    let mut source = "def f():\n".to_owned();
    for depth in 1..21 {
        let indent = " ".repeat(depth);
        source += &format!("{indent}try:\n{indent} if b: return c\n{indent} a()\n{indent}finally:\n");
    }
    source += &format!("{}a()\n", " ".repeat(21));
    assert_eq!(refusal(&source), "too much code in one block");
    // Nor does dead code take long.
    compiles(&source.replace("def f():\n", "def f():\n return\n"));
}

#[test]
fn functions_nest_to_a_limit() {
    let nested = |n: usize| format!("x = {}0\n", "lambda: ".repeat(n));
    compiles(&nested(190));
    assert_eq!(refusal(&nested(400)), "maximum recursion depth exceeded during compilation");
}
