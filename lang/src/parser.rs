//! The one way into the parser: source in, syntax tree or diagnostic out.

use crate::ast::Module;
use crate::diagnostics::Diagnostic;
use crate::source::{Origin, SourceText};

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
}

impl ParseOptions<'_> {
    pub fn new(mode: Mode) -> ParseOptions<'static> {
        ParseOptions { mode, origin: Origin::Str, allow_incomplete: false, dont_imply_dedent: false }
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
