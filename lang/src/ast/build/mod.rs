//! What the grammar's actions call: makes nodes from their parts.
//!
//! LR(1) takes more than Python does in some places; what is refused here, the parser reports through `diagnose`,
//! so a refusal carries no message. Literals do carry one: only here are they looked into.

mod args;
mod expr;
mod pattern;
mod stmt;
mod strings;
mod target;

use std::collections::HashMap;
use std::sync::Arc;

use super::{Expr, ExprKind, Ident, MAX_EXPR_DEPTH, Span};
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::lexer::{self, Token, TokenKind};
use crate::source::SourceText;

pub use args::{CallArg, CallArgs, Param, arg, keyword, star_arg};
pub use expr::constant;
pub use pattern::{MappingItem, PatternArg, capture, or_pattern, pattern, star_pattern, value_pattern};
pub use stmt::*;
pub use strings::{Piece, StringPart};

/// Why an action failed.
#[derive(Clone, Debug)]
pub enum BuildError {
    /// Not Python; `diagnose` knows the words.
    Refused(Span),
    /// A message of its own.
    Fatal(Box<Diagnostic>),
}

pub type BuildResult<T> = Result<T, ParseError>;

/// The error type that LALRPOP wants from actions.
pub type ParseError = lalrpop_util::ParseError<u32, TokenKind, BuildError>;

/// What the actions share.
pub struct Builder<'s> {
    source: &'s SourceText,
    tokens: &'s [Token],
    idents: HashMap<&'s str, Ident>,
    /// The f-strings and t-strings that are open, innermost last.
    fstrings: Vec<strings::Open>,
    /// Most digits of a decimal literal; 0 for any number.
    max_str_digits: usize,
    /// SyntaxWarnings of literals.
    pub warnings: Vec<Diagnostic>,
}

impl<'s> Builder<'s> {
    pub fn new(source: &'s SourceText, tokens: &'s [Token], max_str_digits: usize) -> Builder<'s> {
        Builder {
            source,
            tokens,
            idents: HashMap::new(),
            fstrings: Vec::new(),
            max_str_digits,
            warnings: Vec::new(),
        }
    }

    /// The identifier written at `l..r`, in its normal form.
    pub fn ident(&mut self, l: u32, r: u32) -> Ident {
        let text = self.source.slice(Span::new(l, r));
        if let Some(ident) = self.idents.get(text) {
            return ident.clone();
        }
        let ident: Ident = match lexer::normalize(text) {
            // Two spellings of one name must still be equal, but need not be the same allocation.
            Some(normal) => Arc::from(normal),
            None => Arc::from(text),
        };
        self.idents.insert(text, ident.clone());
        ident
    }

    /// The names of `import a.b.c` as one text.
    pub fn dotted(&mut self, first: Ident, rest: Vec<Ident>) -> Ident {
        let mut name = first.to_string();
        for part in rest {
            name.push('.');
            name.push_str(&part);
        }
        Arc::from(name)
    }

    /// Makes an expression unless the tree gets too high.
    fn expr(&self, kind: ExprKind, l: u32, r: u32) -> BuildResult<Expr> {
        let expr = Expr::new(kind, Span::new(l, r));
        if expr.depth > MAX_EXPR_DEPTH {
            return Err(fatal(Diagnostic::too_deep()));
        }
        Ok(expr)
    }

    /// A SyntaxError about the token after `offset`, where CPython's parser stands when it finds the fault.
    fn error_at_next_token(&self, offset: u32, message: &str) -> ParseError {
        let index = self.tokens.partition_point(|token| token.span.end <= offset);
        let span = self.tokens.get(index).map_or(Span::new(offset, offset), |token| match token.kind {
            TokenKind::Newline => Span::new(token.span.start, token.span.end),
            _ => token.span,
        });
        self.error(span, message)
    }

    /// A SyntaxError about `span`.
    fn error(&self, span: Span, message: impl Into<String>) -> ParseError {
        fatal(self.source.parse_error(DiagnosticKind::Syntax, span, self.source.line(span.start), message))
    }
}

fn refuse<T>(span: Span) -> BuildResult<T> {
    Err(ParseError::User { error: BuildError::Refused(span) })
}

fn fatal(diagnostic: Diagnostic) -> ParseError {
    ParseError::User { error: BuildError::Fatal(Box::new(diagnostic)) }
}

/// `list` with `item` at its end.
pub fn push<T>(mut list: Vec<T>, item: T) -> Vec<T> {
    list.push(item);
    list
}

/// `list` with `item` before it.
pub fn prepend<T>(item: T, mut list: Vec<T>) -> Vec<T> {
    list.insert(0, item);
    list
}

pub fn append<T>(mut list: Vec<T>, mut tail: Vec<T>) -> Vec<T> {
    list.append(&mut tail);
    list
}
