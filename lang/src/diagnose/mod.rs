//! Finds the words for a syntax error.
//!
//! CPython's messages come out of its PEG grammar: a second pass, with rules for what people get wrong. To say the
//! same in the same places, this runs that kind of grammar (`grammar.peg`) over the tokens, twice as CPython does,
//! but only once the LR parser has refused the source, and only from the statement that it refused.

mod actions;
mod compile;
mod engine;

use std::sync::OnceLock;

use crate::ast::Span;
use crate::diagnostics::{Diagnostic, DiagnosticKind, Location};
use crate::lexer::{LexError, Token, TokenKind, never_closed};
use crate::parser::{Mode, ParseOptions};
use crate::source::SourceText;

use compile::Program;
use engine::{Engine, Stop};

/// What the LR parser knows about its failure.
pub struct Failure<'a> {
    pub source: &'a SourceText,
    pub tokens: &'a [Token],
    pub lex_error: Option<LexError>,
    /// What it refused.
    pub span: Span,
}

/// The diagnostic that CPython would give.
pub fn diagnose(failure: Failure<'_>, options: &ParseOptions<'_>) -> Diagnostic {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    let program = PROGRAM.get_or_init(Program::new);
    let Failure { source, tokens, lex_error, span } = failure;
    let (rule, start) = match options.mode {
        Mode::Exec => ("file", first_token(source, tokens, span)),
        Mode::Eval => ("eval", 0),
        Mode::Single => ("interactive", 0),
    };
    let rule = program.rule(rule);
    let mut engine = Engine::new(source, tokens, program, start);

    let lexical = |lex_error: Option<LexError>| lex_error.expect("its token was found").diagnostic;
    let first = engine.run(rule, start);
    let fits = matches!(first, Ok(true));
    let ended = match &lex_error {
        Some(lex_error) if matches!(first, Err(Stop::LexError)) => lex_error.at_end,
        _ => reached_end(&engine),
    };
    if options.allow_incomplete && !fits && ended {
        let message = "incomplete input".to_owned();
        let mut diagnostic = engine.at_token(engine.filled as usize - 1, DiagnosticKind::Incomplete, message);
        diagnostic.kind = DiagnosticKind::Incomplete;
        return diagnostic;
    }
    if fits {
        if options.mode == Mode::Single {
            let message = "multiple statements found while compiling a single statement".to_owned();
            return engine.at_token(engine.filled as usize - 1, DiagnosticKind::Syntax, message);
        }
        // The grammars disagree; at least the place is right.
        return source.parse_error(DiagnosticKind::Syntax, span, source.line(span.end), "invalid syntax");
    }
    let last_token = engine.filled as usize - 1;
    let second = |engine: &mut Engine<'_>| {
        engine.wrong = true;
        engine.run(rule, start).err()
    };
    let stop = match first {
        Ok(_) => second(&mut engine),
        Err(stop) => Some(stop),
    };
    let stop = stop.or(engine.pending.take().map(|pending| Stop::Raised(Box::new(pending))));
    match stop {
        Some(Stop::LexError) => lexical(lex_error),
        Some(Stop::Raised(diagnostic)) => prefer_lexical(&engine, *diagnostic, lex_error),
        Some(Stop::GaveUp) => {
            let generic =
                source.parse_error(DiagnosticKind::Syntax, span, source.line(span.end), "invalid syntax");
            prefer_lexical(&engine, generic, lex_error)
        }
        None => {
            let token = tokens[last_token];
            match token.kind {
                TokenKind::Indent | TokenKind::Dedent => {
                    let message = match token.kind {
                        TokenKind::Indent => "unexpected indent",
                        _ => "unexpected unindent",
                    };
                    let last = engine.filled as usize - 1;
                    engine.at_token(last, DiagnosticKind::Indentation, message.to_owned())
                }
                _ => {
                    let generic = generic(&engine, token);
                    prefer_lexical(&engine, generic, lex_error)
                }
            }
        }
    }
}

/// "invalid syntax" at a token.
fn generic(engine: &Engine<'_>, token: Token) -> Diagnostic {
    if token.kind != TokenKind::EndMarker && token.span.start < token.span.end {
        return engine.diagnostic(DiagnosticKind::Syntax, token.span, "invalid syntax".to_owned());
    }
    let line = engine.lexer_line();
    let location = Location {
        line: if engine.source.as_str().is_empty() { 0 } else { line },
        offset: 0,
        end_line: Some(if engine.source.as_str().is_empty() { 0 } else { line }),
        end_offset: Some(0),
        text: Some(engine.source.line_text_full(line).to_owned()),
    };
    Diagnostic::at(DiagnosticKind::Syntax, "invalid syntax", location)
}

/// CPython reads on to the end of the source and lets an error of the tokenizer go first, or a bracket that was
/// opened on an earlier line and never closed.
fn prefer_lexical(engine: &Engine<'_>, diagnostic: Diagnostic, lex_error: Option<LexError>) -> Diagnostic {
    let Some(lex_error) = lex_error else { return diagnostic };
    if lex_error.overrides_parser {
        return lex_error.diagnostic;
    }
    let last = engine.tokens[engine.filled as usize - 1];
    let last_line = match last.kind {
        TokenKind::EndMarker | TokenKind::Indent | TokenKind::Dedent => engine.lexer_line(),
        _ => engine.source.line(last.span.start),
    };
    match lex_error.open_bracket {
        Some(open) if last_line > engine.source.line(open.offset) => {
            never_closed(engine.source, open, engine.source.as_str().len() as u32)
        }
        _ => diagnostic,
    }
}

/// Whether the lexer had come to the end of the source by the time the parser failed: most tokens make CPython's
/// tokenizer look at the character after them.
fn reached_end(engine: &Engine<'_>) -> bool {
    use TokenKind::*;
    let last = engine.tokens[engine.filled as usize - 1];
    let rest = &engine.source.as_str()[last.span.end as usize..];
    match last.kind {
        EndMarker => true,
        Newline => last.span.start == last.span.end,
        String | FStringEnd | TStringEnd | Ellipsis | DoubleStarEqual | DoubleSlashEqual | LShiftEqual
        | RShiftEqual => false,
        Dot => rest.is_empty() || rest == ".",
        _ => rest.is_empty(),
    }
}

/// The statement from which to look: the outermost one that holds `span`, or the one before it, since `else` and
/// the like belong to what came before.
fn first_token(source: &SourceText, tokens: &[Token], span: Span) -> u32 {
    let mut starts = [0u32; 2];
    let mut depth = 0usize;
    let mut line_start = true;
    let mut decorated = false;
    for (index, token) in tokens.iter().enumerate() {
        if token.span.start > span.start {
            break;
        }
        match token.kind {
            TokenKind::Indent => depth += 1,
            TokenKind::Dedent => depth = depth.saturating_sub(1),
            TokenKind::Newline => line_start = true,
            TokenKind::Name if legacy_call(source, &tokens[index..]) => return starts[0],
            kind if line_start => {
                line_start = false;
                use TokenKind::{Elif, Else, Except, Finally};
                if depth == 0 {
                    if !matches!(kind, Elif | Else | Except | Finally) && !decorated {
                        starts = [starts[1], index as u32];
                    }
                    decorated = kind == TokenKind::At;
                }
                if kind == TokenKind::Name && source.slice(token.span) == "match" {
                    // A line such as `match (x)` is good Python, but CPython misses a colon there once it looks for
                    // faults.
                    return starts[0];
                }
            }
            _ => {}
        }
    }
    starts[0]
}

/// `print -x` and the like: an expression, but CPython takes it for the statement of old once it looks for faults.
fn legacy_call(source: &SourceText, tokens: &[Token]) -> bool {
    use TokenKind::{LBracket, Minus, Plus, Star};
    matches!(tokens, [name, next, ..] if matches!(next.kind, Plus | Minus | Star | LBracket)
        && matches!(source.slice(name.span), "print" | "exec"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_compiles() {
        assert!(Program::new().ops.len() > 1000);
    }
}
