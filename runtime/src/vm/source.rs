//! From source text to code object: the compiler as the runtime uses it, with its errors and warnings as exceptions.

use std::rc::Rc;

use ouro_lang::code::CodeObject;
use ouro_lang::compiler::{self, CompileOptions};
use ouro_lang::diagnostics::{Diagnostic, DiagnosticKind};
use ouro_lang::parser::{self, Mode, ParseOptions};
use ouro_lang::source::Origin;

use super::Vm;
use crate::exceptions::Raised;
use crate::heap::Gc;
use crate::objects::code::Code;
use crate::objects::exception::Exception;
use crate::value::Value;
use crate::{Exc, PyResult};

/// What `compile()` is told besides the source.
#[derive(Clone, Copy, Debug)]
pub struct SourceOptions<'a> {
    pub mode: Mode,
    pub filename: &'a str,
    /// -1: the interpreter's own level.
    pub optimize: i32,
    pub future_annotations: bool,
    pub top_level_await: bool,
    pub allow_incomplete: bool,
    pub dont_imply_dedent: bool,
    /// Where the source came from.
    pub origin: Origin<'a>,
}

impl<'a> SourceOptions<'a> {
    pub fn new(mode: Mode, filename: &'a str) -> SourceOptions<'a> {
        SourceOptions {
            mode,
            filename,
            optimize: -1,
            future_annotations: false,
            top_level_await: false,
            allow_incomplete: false,
            dont_imply_dedent: false,
            origin: Origin::Str,
        }
    }
}

impl Vm {
    /// Compiles source text.
    ///
    /// # Errors
    /// SyntaxError and its like, and what a warnings filter makes of SyntaxWarnings.
    pub fn compile_source(&self, source: &[u8], options: SourceOptions<'_>) -> PyResult<Gc<Code>> {
        let code = self.compile_to_code_object(source, options)?;
        Ok(Code::new(self, &code))
    }

    /// As [`Vm::compile_source`], without making values of it.
    pub fn compile_to_code_object(
        &self,
        source: &[u8],
        options: SourceOptions<'_>,
    ) -> PyResult<Rc<CodeObject>> {
        let parse_options = ParseOptions {
            mode: options.mode,
            origin: options.origin,
            allow_incomplete: options.allow_incomplete,
            dont_imply_dedent: options.dont_imply_dedent,
            max_str_digits: self.int_max_str_digits.get(),
        };
        let parsed = match parser::parse(source, parse_options) {
            Ok(parsed) => parsed,
            Err(diagnostic) => {
                let raised = self.raise_diagnostic(&diagnostic, options.filename);
                return Err(self.add_syntax_metadata(raised, &diagnostic, source, options.origin));
            }
        };
        let mut warnings = parsed.warnings;
        let compile_options = CompileOptions {
            optimize: u8::try_from(options.optimize).unwrap_or(self.options.optimize),
            future_annotations: options.future_annotations,
            top_level_await: options.top_level_await,
        };
        let compiled = compiler::compile(
            &parsed.module,
            &parsed.source,
            options.filename,
            compile_options,
            &mut warnings,
        );
        for warning in &warnings {
            let warned =
                self.warn_explicit(Exc::SyntaxWarning, &warning.message, options.filename, warning.line());
            if self.catch(warned, Exc::SyntaxWarning)?.is_none() {
                // A filter made it an error, which shows the place.
                let mut diagnostic = warning.clone();
                diagnostic.message =
                    warning.message.replace(" Such sequences will not work in the future.", "");
                return Err(self.raise_diagnostic(&diagnostic, options.filename));
            }
        }
        compiled.map_err(|diagnostic| self.raise_diagnostic(&diagnostic, options.filename))
    }

    /// Keeps source that is in no file with a SyntaxError that a misspelt keyword may explain.
    fn add_syntax_metadata(
        &self,
        raised: Raised,
        diagnostic: &Diagnostic,
        source: &[u8],
        origin: Origin<'_>,
    ) -> Raised {
        let message = &diagnostic.message;
        if message != "invalid syntax" && !message.contains("Perhaps you forgot a comma") {
            return raised;
        }
        let text = match origin {
            Origin::Script(_) => Value::NONE,
            _ => String::from_utf8_lossy(source).as_ref().into(),
        };
        let exception = self.take_raised(raised);
        exception.set_field(8, self.tuple(&[Value::small(0), Value::small(0), text]));
        self.reraise(exception)
    }

    /// The exception a diagnostic stands for.
    #[cold]
    pub fn raise_diagnostic(&self, diagnostic: &Diagnostic, filename: &str) -> Raised {
        let exc = match diagnostic.kind {
            DiagnosticKind::Indentation => Exc::IndentationError,
            DiagnosticKind::Tab => Exc::TabError,
            DiagnosticKind::Incomplete => Exc::IncompleteInputError,
            DiagnosticKind::TooDeep => Exc::MemoryError,
            _ => Exc::SyntaxError,
        };
        let message: Value = diagnostic.message.as_str().into();
        if exc == Exc::MemoryError {
            return self.set_raised(Exception::new(self, exc, &[message]));
        }
        let Some(location) = &diagnostic.location else {
            let exception = Exception::new(self, exc, std::slice::from_ref(&message));
            exception.set_field(0, message);
            // Text that is none at all has no place either.
            if diagnostic.kind != DiagnosticKind::Encoding {
                exception.set_field(1, filename.into());
            }
            return self.set_raised(exception);
        };
        let int = |n: Option<i64>| n.map_or(Value::NONE, Value::int);
        let text = match &location.text {
            Some(text) => text.as_str().into(),
            None => {
                self.source_line(filename, location.line).map_or(Value::NONE, |line| line.as_str().into())
            }
        };
        let details = [
            filename.into(),
            Value::int(location.line as i64),
            Value::int(location.offset as i64),
            text,
            int(location.end_line.map(i64::from)),
            int(location.end_offset.map(i64::from)),
        ];
        let exception = Exception::new(self, exc, &[message.clone(), self.tuple(&details)]);
        exception.set_field(0, message);
        for (field, value) in (1..).zip(details) {
            exception.set_field(field, value);
        }
        exception.set_field(7, Value::NONE);
        self.set_raised(exception)
    }
}
