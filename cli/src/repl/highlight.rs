//! Colours of Python source, and what else the prompt colours. As CPython 3.14 has them.

use ouro_lang::lexer::{Token, TokenKind, lex};
use ouro_lang::parser::Mode;
use ouro_lang::source::SourceText;

pub const RESET: &str = "\x1b[0m";
pub const PROMPT: &str = "\x1b[1;35m";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Keyword,
    Builtin,
    Comment,
    String,
    Number,
    Definition,
}

impl Style {
    pub fn sequence(self) -> &'static str {
        match self {
            Style::Plain => RESET,
            Style::Keyword => "\x1b[1;34m",
            Style::Builtin => "\x1b[36m",
            Style::Comment => "\x1b[31m",
            Style::String => "\x1b[32m",
            Style::Number => "\x1b[33m",
            Style::Definition => "\x1b[1m",
        }
    }
}

/// Names that are coloured as built in, in order.
const BUILTINS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "PythonFinalizationError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "__build_class__",
    "__debug__",
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// A part of the text with its style; they follow one another, and what is between them is plain.
pub type Span = (std::ops::Range<usize>, Style);

/// The styles of source text. Linear in its length, also where it is wrong.
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let Some(broken) = spans_of_part(text, start, &mut spans) else { break };
        // The lexer gave up there: what it is at ends with the line, but for a string of several lines.
        let rest = &text[broken..];
        let quote = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let prefix = rest.len() - quote.len();
        let is_string = quote.starts_with(['"', '\'']) && prefix <= 2;
        let is_long = is_string && (quote.starts_with("\"\"\"") || quote.starts_with("'''"));
        let length = if is_long { rest.len() } else { rest.find('\n').unwrap_or(rest.len()) };
        if is_string {
            spans.push((broken..broken + length, Style::String));
        }
        // Past the line end.
        start = broken + length + 1;
    }
    spans
}

/// Adds the styles from `start` on; gives where the lexer stopped if not at the end.
fn spans_of_part(text: &str, start: usize, spans: &mut Vec<Span>) -> Option<usize> {
    let part = &text[start..];
    let source = SourceText::new(part);
    let lexed = lex(&source, Mode::Exec, true);
    let mut end = 0;
    let mut before = TokenKind::Newline;
    for token in &lexed.tokens {
        let (from, to) = (token.span.start as usize, token.span.end as usize);
        let (from, to) = (from.min(part.len()), to.min(part.len()));
        match token.kind {
            TokenKind::Error => {
                // What it is about begins behind the last token.
                let mut broken = end;
                while let Some(c) = part[broken..].chars().next().filter(|&c| c.is_whitespace() || c == '#') {
                    let length = part[broken..].find('\n').unwrap_or(part.len() - broken);
                    broken += if c == '#' { length } else { c.len_utf8() };
                }
                comments(part, end..broken, start, spans);
                return (broken < part.len()).then_some(start + broken);
            }
            TokenKind::EndMarker => break,
            _ => {}
        }
        if from > end {
            end = comments(part, end..from, start, spans);
        }
        let style = style(token, part, before);
        if style != Style::Plain && to > from {
            spans.push((start + from..start + to, style));
        }
        if to > from {
            before = token.kind;
        }
        end = end.max(to);
    }
    comments(part, end..part.len(), start, spans);
    None
}

/// Comments are all that stands between tokens, but for blanks and backslashes. Gives where the last one ends.
fn comments(part: &str, range: std::ops::Range<usize>, offset: usize, spans: &mut Vec<Span>) -> usize {
    let mut at = range.start;
    while let Some(sign) = part.get(at..range.end).and_then(|gap| gap.find('#')) {
        let from = at + sign;
        let to = part[from..].find('\n').map_or(part.len(), |length| from + length);
        spans.push((offset + from..offset + to, Style::Comment));
        at = to;
        if at >= range.end {
            break;
        }
    }
    at.max(range.end)
}

fn style(token: &Token, text: &str, before: TokenKind) -> Style {
    use TokenKind as Kind;
    match token.kind {
        Kind::String | Kind::FStringStart | Kind::FStringEnd | Kind::TStringStart | Kind::TStringEnd => {
            Style::String
        }
        Kind::Middle | Kind::TMiddle => Style::String,
        Kind::Number => Style::Number,
        Kind::SoftMatch | Kind::SoftCase | Kind::SoftType => Style::Keyword,
        Kind::Name if matches!(before, Kind::Def | Kind::Class) => Style::Definition,
        Kind::Name if before != Kind::Dot => {
            let name = text.get(token.span.start as usize..token.span.end as usize).unwrap_or("");
            if BUILTINS.binary_search(&name).is_ok() { Style::Builtin } else { Style::Plain }
        }
        kind if kind.is_keyword() => Style::Keyword,
        _ => Style::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let mut out = String::new();
        let mut at = 0;
        for (range, style) in spans(text) {
            assert!(range.start >= at, "{text:?}: spans go forward");
            out.push_str(&text[at..range.start]);
            out.push_str(&format!("{style:?}[{}]", &text[range.clone()]));
            at = range.end;
        }
        out + &text[at..]
    }

    #[test]
    fn builtins_are_in_order() {
        assert!(BUILTINS.is_sorted());
    }

    #[test]
    fn source_has_colours_also_where_it_is_wrong() {
        for (text, want) in [
            ("def f(x): # c", "Keyword[def] Definition[f](x): Comment[# c]"),
            ("print(1, 'a').print", "Builtin[print](Number[1], String['a']).print"),
            ("'open\nlen(2)", "String['open]\nBuiltin[len](Number[2])"),
            ("'''open\nlen(2)", "String['''open\nlen(2)]"),
            ("f'a{len}b'", "String[f']String[a]{Builtin[len]}String[b]String[']"),
            ("x = (1,\n  # é\n 2", "x = (Number[1],\n  Comment[# é]\n Number[2]"),
            ("a ? b\nif", "a ? b\nKeyword[if]"),
        ] {
            assert_eq!(marked(text), want, "{text:?}");
        }
    }
}
