//! Whether what was typed is whole, and how the next line of it is to be indented. Knows source text only.

use ouro_lang::ast::{Module, Stmt};
use ouro_lang::diagnostics::DiagnosticKind;
use ouro_lang::lexer::{TokenKind, lex};
use ouro_lang::parser::{self, Mode, ParseOptions};
use ouro_lang::source::SourceText;

/// What one level of a block is indented by.
pub const INDENT: usize = 4;

/// Nothing but blanks and comments.
pub fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    })
}

/// What the parser says of lines without the end of the last one: a compound statement needs an empty line to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Whole,
    /// More lines are needed, or may follow.
    Open,
    Wrong,
}

/// Looks at lines without the end of the last one, as `codeop` does.
pub fn state(text: &str) -> State {
    let text = text.strip_prefix(":time ").unwrap_or(text);
    if is_blank(text) {
        return State::Whole;
    }
    let options =
        ParseOptions { allow_incomplete: true, dont_imply_dedent: true, ..ParseOptions::new(Mode::Single) };
    if parser::parse(text, options).is_ok() {
        return State::Whole;
    }
    // A line end settles what an end of input leaves open.
    match parser::parse(format!("{text}\n"), options) {
        Err(diagnostic) if diagnostic.kind != DiagnosticKind::Incomplete => State::Wrong,
        _ => State::Open,
    }
}

/// Whether Enter behind `text` is to run it; if not, another line begins. For an editor that holds all lines at once.
pub fn is_to_run(text: &str) -> bool {
    // What the editor indented the last line by does not count.
    let text = match text.rsplit_once('\n') {
        Some((_, last)) if last.trim().is_empty() => &text[..text.len() - last.len()],
        _ => text,
    };
    match state(text) {
        State::Whole => true,
        State::Open => false,
        State::Wrong => match text.rsplit_once('\n') {
            // One wrong line is reported. In a block somebody may want to mend it; an empty line says that it is over.
            Some((_, last)) => last.is_empty(),
            None => true,
        },
    }
}

/// Blanks that the line after `text` begins with.
pub fn next_indent(text: &str) -> usize {
    let source = SourceText::new(&format!("{text}\n"));
    let lexed = lex(&source, Mode::Exec, true);
    let tokens: Vec<_> = lexed
        .tokens
        .iter()
        .filter(|token| !token.kind.is_layout() || matches!(token.kind, TokenKind::Error))
        .filter(|token| (token.span.start as usize) < text.len())
        .collect();
    let last_line_start = text.rfind('\n').map_or(0, |at| at + 1);
    let last_line = &text[last_line_start..];
    let own = last_line.len() - last_line.trim_start_matches([' ', '\t']).len();
    let Some(last) = tokens.last() else { return own };
    if (last.span.start as usize) < last_line_start && (last.span.end as usize) > last_line_start {
        // Inside a string of several lines.
        return 0;
    }
    let depth = tokens.iter().fold(0_i32, |depth, token| match token.kind {
        TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace | TokenKind::WithLParen => depth + 1,
        TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => depth - 1,
        _ => depth,
    });
    let opens = match last.kind {
        TokenKind::Colon => depth <= 0,
        TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace | TokenKind::WithLParen => true,
        _ => false,
    };
    if opens && last.span.start as usize >= last_line_start {
        return own + INDENT;
    }
    let first = tokens.iter().find(|token| token.span.start as usize >= last_line_start);
    let leaves = first.is_some_and(|token| {
        use TokenKind::{Break, Continue, Pass, Raise, Return};
        matches!(token.kind, Return | Pass | Break | Continue | Raise)
    });
    if leaves && depth <= 0 { own.saturating_sub(INDENT) } else { own }
}

/// A program that was pasted, as pieces that are compiled one by one: all but the last as modules. Every piece has the line ends of those
/// before it, so that lines keep their numbers. None if it is one statement, or does not parse.
pub fn pieces(text: &str) -> Option<Vec<String>> {
    let parsed = parser::parse(text, ParseOptions::new(Mode::Exec)).ok()?;
    let Module::Module { body } = &parsed.module else { return None };
    let line = |offset: u32| parsed.source.line(offset);
    let end = |statement: &Stmt| line(statement.span.end.saturating_sub(1).max(statement.span.start));
    // The last lines of all pieces; statements joined by semicolons stay together.
    let mut ends: Vec<u32> = Vec::new();
    for (index, statement) in body.iter().enumerate() {
        let joined = index > 0 && line(statement.span.start) == end(&body[index - 1]);
        if joined {
            ends.pop();
        }
        ends.push(end(statement));
    }
    if ends.len() < 2 {
        return None;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut first = 0;
    let mut pieces = Vec::new();
    for (index, &end) in ends.iter().enumerate() {
        let end = if index + 1 == ends.len() { lines.len() } else { end as usize };
        pieces.push(format!("{}{}\n", "\n".repeat(first), lines[first..end].join("\n")));
        first = end;
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_with_an_empty_line() {
        for (text, want) in [
            ("1", true),
            ("", true),
            ("# note", true),
            ("(1 +", false),
            ("(1 +\n2)", true),
            ("1 + \\", false),
            ("'unclosed", true),
            ("'''open", false),
            ("if x: y", false),
            ("if x: y\n", true),
            ("def f():\n    return 1", false),
            ("def f():\n    return 1\n    ", true),
            ("def f():\n    x = = 1", false),
            ("def f():\n    x = = 1\n", true),
            ("x = = 1", true),
            ("a = 1\nb = 2", false),
            ("a = 1\nb = 2\n", true),
            ("@decorated", false),
            (":tasks", true),
            (":time for i in x: pass", false),
            ("x?", true),
        ] {
            assert_eq!(is_to_run(text), want, "{text:?}");
        }
    }

    #[test]
    fn lines_are_indented_as_the_block_asks() {
        for (text, want) in [
            ("x", 0),
            ("if x:", 4),
            ("if x: # why", 4),
            ("if x:\n    y", 4),
            ("if x:\n    if y:", 8),
            ("def f():\n    return 1", 0),
            ("for x in y:\n    if z:\n        break", 4),
            ("f(", 4),
            ("f(\n    1,", 4),
            ("{'a':", 0),
            ("'''a:", 0),
            ("x = 'if:'", 0),
        ] {
            assert_eq!(next_indent(text), want, "{text:?}");
        }
    }

    #[test]
    fn programs_are_cut_between_statements() {
        let text = "a = 1; b = 2\n\n@d\ndef f():\n    pass\n# end\nc\n";
        let want = ["a = 1; b = 2\n", "\n\n@d\ndef f():\n    pass\n", "\n\n\n\n\n# end\nc\n\n"];
        assert_eq!(pieces(text).unwrap(), want);
        assert_eq!(pieces("def f():\n    a\n    b\n"), None);
    }
}
