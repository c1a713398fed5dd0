//! What `lang` says about source text it cannot accept: CPython's exception kind, wording and caret range.

/// Which exception class the runtime raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosticKind {
    Syntax,
    Indentation,
    Tab,
    /// The input ended inside a statement; a REPL asks for more lines. Raised as `_IncompleteInputError`, only
    /// where the caller allowed incomplete input.
    Incomplete,
    /// Too complex to parse; a MemoryError.
    TooDeep,
    /// The source is not text: NUL bytes ("source code string cannot contain null bytes"), bad encoding. A
    /// SyntaxError.
    Encoding,
    /// A warning, never an error: invalid escape sequence, `is` with a literal.
    SyntaxWarning,
}

/// One message with the range it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub kind: DiagnosticKind,
    pub message: String,
    /// `None` when CPython gives no location at all.
    pub location: Option<Box<Location>>,
}

/// The attributes of a SyntaxError, exactly as CPython sets them: odd values such as an `end_offset` of 0 or -1 and
/// offsets in bytes instead of code points are CPython's, depending on which of its passes complains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// `lineno`, 1-based.
    pub line: u32,
    /// `offset`, 1-based.
    pub offset: i32,
    pub end_line: Option<u32>,
    pub end_offset: Option<i32>,
    /// `text`. `None` leaves it to the runtime to look the line up in the file, as CPython does for errors found
    /// after parsing.
    pub text: Option<String>,
}

impl Diagnostic {
    /// A message without location.
    pub fn new(kind: DiagnosticKind, message: impl Into<String>) -> Diagnostic {
        Diagnostic { kind, message: message.into(), location: None }
    }

    pub fn at(kind: DiagnosticKind, message: impl Into<String>, location: Location) -> Diagnostic {
        Diagnostic { kind, message: message.into(), location: Some(Box::new(location)) }
    }

    /// What a source beyond the parser's limits raises.
    pub fn too_deep() -> Diagnostic {
        Diagnostic::new(
            DiagnosticKind::TooDeep,
            "Parser stack overflowed - Python source too complex to parse",
        )
    }

    /// The line of the message, 0 without one.
    pub fn line(&self) -> u32 {
        self.location.as_ref().map_or(0, |location| location.line)
    }
}
