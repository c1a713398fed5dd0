//! The one way into the parser: source in, syntax tree or diagnostic out.

use lalrpop_util::{ParseError, lalrpop_mod};

use crate::ast::build::{BuildError, Builder};
use crate::ast::{Module, Span};
use crate::diagnose::{Failure, diagnose};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::lexer::{LexError, Token, TokenKind, lex};
use crate::source::{Origin, SourceText};

lalrpop_mod!(
    #[allow(clippy::all, clippy::pedantic, unused, reason = "generated")]
    grammar
);

/// What the source may be: the `mode` argument of Python's `compile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A file of statements.
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement, or several joined with semicolons.
    Single,
}

/// How to read the source.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'a> {
    pub mode: Mode,
    pub origin: Origin<'a>,
    /// Input that ends too early gives `DiagnosticKind::Incomplete` (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete: bool,
    /// An open block at the end of the input is incomplete too (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Most digits of a decimal int literal, 0 for no limit (`sys.set_int_max_str_digits`).
    pub max_str_digits: usize,
}

impl ParseOptions<'_> {
    pub fn new(mode: Mode) -> ParseOptions<'static> {
        ParseOptions {
            mode,
            origin: Origin::Str,
            allow_incomplete: false,
            dont_imply_dedent: false,
            max_str_digits: 4300,
        }
    }
}

/// A tree with what is needed to talk about it.
#[derive(Clone, Debug)]
pub struct ParsedModule {
    pub module: Module,
    /// SyntaxWarnings in source order.
    pub warnings: Vec<Diagnostic>,
    /// The text that the spans refer to.
    pub source: SourceText,
}

/// Parses a `str` or `bytes`.
///
/// # Errors
/// What CPython would raise, as the first thing wrong with the source.
pub fn parse(source: impl AsRef<[u8]>, options: ParseOptions<'_>) -> Result<ParsedModule, Diagnostic> {
    let source = SourceText::decode(source.as_ref(), options.origin)?;
    let source = if options.mode == Mode::Exec { source.end_last_line() } else { source };
    let lexed = lex(&source, options.mode, options.dont_imply_dedent);
    let mut builder = Builder::new(&source, &lexed.tokens, options.max_str_digits);
    let result = grammar::TopParser::new().parse(&mut builder, stream(&lexed.tokens, options.mode));
    let mut warnings = lexed.warnings;
    warnings.append(&mut builder.warnings);
    match result {
        Ok(module) => {
            warnings.sort_by_key(Diagnostic::line);
            Ok(ParsedModule { module, warnings, source })
        }
        Err(error) => Err(explain(&source, &lexed.tokens, lexed.error, error, &options)),
    }
}

/// The tokens as LALRPOP wants them, after the one for the mode. Layout is given the place where the last real token
/// ended, so that no node reaches into the line ends behind it.
fn stream(tokens: &[Token], mode: Mode) -> impl Iterator<Item = Result<(u32, TokenKind, u32), BuildError>> {
    let start = match mode {
        Mode::Exec => TokenKind::StartExec,
        Mode::Eval => TokenKind::StartEval,
        Mode::Single => TokenKind::StartSingle,
    };
    let mut end = 0;
    std::iter::once(Ok((0, start, 0))).chain(tokens.iter().map(move |token| {
        if token.kind.is_layout() {
            return Ok((end, token.kind, end));
        }
        end = token.span.end;
        Ok((token.span.start, token.kind, token.span.end))
    }))
}

fn explain(
    source: &SourceText,
    tokens: &[Token],
    lex_error: Option<LexError>,
    error: ParseError<u32, TokenKind, BuildError>,
    options: &ParseOptions<'_>,
) -> Diagnostic {
    let span = match error {
        ParseError::User { error: BuildError::Fatal(diagnostic) } => {
            // As always, an error of the tokenizer goes first, wherever it is.
            return match lex_error {
                Some(lex_error)
                    if lex_error.overrides_parser && diagnostic.kind == DiagnosticKind::Syntax =>
                {
                    lex_error.diagnostic
                }
                _ => *diagnostic,
            };
        }
        ParseError::User { error: BuildError::Refused(span) } => span,
        ParseError::UnrecognizedToken { token: (start, _, end), .. }
        | ParseError::ExtraToken { token: (start, _, end) } => Span::new(start, end),
        ParseError::InvalidToken { location } | ParseError::UnrecognizedEof { location, .. } => {
            Span::new(location, location)
        }
    };
    diagnose(Failure { source, tokens, lex_error, span }, options)
}
