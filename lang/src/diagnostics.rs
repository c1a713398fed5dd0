//! What `lang` says about source text it cannot accept: CPython's exception kind, wording and caret range.

/// Which SyntaxError class the runtime raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosticKind {
    Syntax,
    Indentation,
    Tab,
    /// The input ended inside a statement; a REPL asks for more lines. Raised as SyntaxError otherwise.
    Incomplete,
    /// Nested deeper than CPython's limits: "too many nested parentheses" and the like are Syntax, this is a MemoryError or RecursionError.
    TooDeep,
    /// The source is not text: NUL bytes ("source code string cannot contain null bytes"), bad encoding.
    Encoding,
    /// A warning, never an error: invalid escape sequence, `is` with a literal.
    SyntaxWarning,
}

/// One message with the range it points at. Columns are 0-based code points, lines 1-based, as the runtime's
/// SyntaxError attributes need them (which add 1 to columns).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub kind: DiagnosticKind,
    pub message: String,
    /// 1-based line of the start; 0 when CPython gives no location.
    pub line: u32,
    /// 0-based column of the start, in code points.
    pub column: u32,
    /// 1-based line of the end.
    pub end_line: u32,
    /// 0-based column one past the end, in code points; `None` when CPython reports an end offset of 0 or None.
    pub end_column: Option<u32>,
}
