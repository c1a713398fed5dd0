//! What the rules say: where an error points, how an expression is called, and the checks that need more than a
//! pattern.

use super::compile::{Named, NodeKind, Place};
use super::engine::{Engine, Stop, Value};
use crate::ast::Span;
use crate::diagnostics::{Diagnostic, DiagnosticKind, Location};
use crate::lexer::{TokenKind, decode_literal, decode_string};

/// Which statement has a wrong target.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Store,
    For,
    Del,
}

impl Engine<'_> {
    pub(super) fn named_action(
        &mut self,
        named: Named,
        here: Value,
        parts: &[Value],
    ) -> Result<Option<Value>, Stop> {
        match (named, parts) {
            (Named::Suffixed, [atom, suffixes]) => {
                let last = self.flat(*suffixes).last().copied();
                Ok(Some(match last.and_then(|suffix| self.kind(suffix)) {
                    Some(kind) => self.node(kind, here, Vec::new()),
                    None => *atom,
                }))
            }
            (Named::Strings, [parts]) => {
                let parts = self.flat(*parts);
                let n_bytes = parts.iter().filter(|part| self.is_bytes(**part)).count();
                if n_bytes > 0 && n_bytes < parts.len() {
                    let message = "cannot mix bytes and nonbytes literals".to_owned();
                    return Err(self.raise_last(DiagnosticKind::Syntax, message));
                }
                let any_f = parts.iter().any(|part| self.kind(*part) == Some(NodeKind::FString));
                let kind = if any_f { NodeKind::FString } else { NodeKind::Literal };
                Ok(Some(self.node(kind, here, Vec::new())))
            }
            (Named::String, [literal]) => {
                if let Err((message, at_literal)) = decode_literal(self.text(*literal)) {
                    return Err(match at_literal {
                        true => self.raise_at(*literal, message),
                        false => self.raise_last(DiagnosticKind::Syntax, message),
                    });
                }
                Ok(Some(self.node(NodeKind::Literal, here, vec![*literal])))
            }
            (Named::FString, [start, pieces]) => {
                let raw = self.text(*start).contains(['r', 'R']);
                for piece in self.flat(*pieces) {
                    if self.token_kind(piece) != Some(TokenKind::Middle) {
                        continue;
                    }
                    if let Err(error) = decode_string(self.text(piece), raw, true) {
                        return Err(self.raise_at(piece, error.message));
                    }
                }
                Ok(Some(self.node(NodeKind::FString, here, Vec::new())))
            }
            (Named::MixedTemplates, [first, second]) => {
                let last = self.flat(*first).last().copied().unwrap_or(Value::None);
                let next = self.flat(*second).first().copied().unwrap_or(Value::None);
                let message = "cannot mix t-string literals with string or bytes literals".to_owned();
                Err(self.raise_span(self.span(last).to(self.span(next)), message))
            }
            (Named::Conversion, [mark, name]) => self.conversion(*mark, *name),
            (Named::RealNumber, [number]) => {
                if self.text(*number).ends_with(['j', 'J']) {
                    return Err(self.raise_at(*number, "real number required in complex literal"));
                }
                Ok(Some(*number))
            }
            (Named::ImaginaryNumber, [number]) => {
                if !self.text(*number).ends_with(['j', 'J']) {
                    return Err(self.raise_at(*number, "imaginary number required in complex literal"));
                }
                Ok(Some(*number))
            }
            (Named::GeneratorInCall, [args, clauses]) => {
                let positional: Vec<Value> =
                    self.arguments(*args).into_iter().filter(|arg| self.is_positional(*arg)).collect();
                match positional.as_slice() {
                    [] | [_] => Ok(None),
                    [.., last] => {
                        let span = self.span(*last).to(self.last_of_clauses(*clauses));
                        Err(self.raise_span(span, "Generator expression must be parenthesized".to_owned()))
                    }
                }
            }
            (Named::GeneratorArgument, [element, clauses]) => {
                let clause = self.flat(*clauses).last().copied().unwrap_or(Value::None);
                let target = self.parts(clause).first().copied().unwrap_or(Value::None);
                let span = self.span(*element).to(self.span(target));
                Err(self.raise_span(span, "Generator expression must be parenthesized".to_owned()))
            }
            (Named::PositionalAfterKeyword, [args]) => {
                let unpacks =
                    self.arguments(*args).iter().any(|arg| self.kind(*arg) == Some(NodeKind::Unpacking));
                let message = match unpacks {
                    true => "positional argument follows keyword argument unpacking",
                    false => "positional argument follows keyword argument",
                };
                Err(self.raise_last(DiagnosticKind::Syntax, message.to_owned()))
            }
            (Named::ForgottenComma, [first, second]) => {
                if self.legacy_name(*first).is_some() || !self.in_brackets(self.pos - 1) {
                    return Ok(None);
                }
                let span = self.span(*first).to(self.span(*second));
                Err(self.raise_span(span, "invalid syntax. Perhaps you forgot a comma?".to_owned()))
            }
            (Named::LegacyStatement, [name, values]) => match self.legacy_name(*name) {
                Some(statement) => {
                    let span = self.span(*name).to(self.span(*values));
                    let message = format!(
                        "Missing parentheses in call to '{statement}'. Did you mean {statement}(...)?"
                    );
                    Err(self.raise_span(span, message))
                }
                None => Ok(None),
            },
            (Named::LessGreater, [less, greater]) => {
                if !self.wrong || self.span(*less).end != self.span(*greater).start {
                    return Ok(None);
                }
                let span = self.span(*less).to(self.span(*greater));
                let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?".to_owned();
                Err(self.raise_span(span, message))
            }
            (Named::StoreTarget, [target]) => self.wrong_target(*target, Target::Store),
            (Named::ForTarget, [target]) => self.wrong_target(*target, Target::For),
            (Named::DelTarget, [target]) => self.wrong_target(*target, Target::Del),
            (Named::MissingColon, [key]) => {
                let end = self.span(*key).end;
                let mut diagnostic = self.diagnostic(
                    DiagnosticKind::Syntax,
                    Span::new(end - 1, end),
                    "':' expected after dictionary key".to_owned(),
                );
                if let Some(location) = &mut diagnostic.location {
                    location.line = self.source.line(self.span(*key).start);
                    location.end_offset = Some(0);
                }
                Err(Stop::Raised(Box::new(diagnostic)))
            }
            (Named::TypeVarTupleBound, [colon, bound]) => self.wrong_bound(*colon, *bound, "TypeVarTuple"),
            (Named::ParamSpecBound, [colon, bound]) => self.wrong_bound(*colon, *bound, "ParamSpec"),
            _ => unreachable!("the grammar gives {named:?} other parts"),
        }
    }

    fn conversion(&mut self, mark: Value, name: Value) -> Result<Option<Value>, Stop> {
        let letter = self.text(name).to_owned();
        let string = self.string_letter().unwrap_or('f');
        if self.span(mark).end != self.span(name).start {
            let message =
                format!("{string}-string: conversion type must come right after the exclamation mark");
            let span = self.span(mark).to(self.span(name));
            return Err(self.raise_span(span, message));
        }
        if !matches!(letter.as_str(), "s" | "r" | "a") {
            let message = format!(
                "{string}-string: invalid conversion character '{letter}': expected 's', 'r', or 'a'"
            );
            return Err(self.raise_at(name, message));
        }
        Ok(Some(name))
    }

    fn is_bytes(&self, literal: Value) -> bool {
        let text = self.text(literal);
        self.kind(literal) == Some(NodeKind::Literal)
            && text.bytes().take_while(u8::is_ascii_alphabetic).any(|letter| matches!(letter, b'b' | b'B'))
    }

    /// `f` or `t`, for the innermost string around the current token.
    fn string_letter(&self) -> Option<char> {
        let mut depth = 0u32;
        self.tokens[..self.pos as usize].iter().rev().find_map(|token| {
            match token.kind {
                TokenKind::FStringEnd | TokenKind::TStringEnd => depth += 1,
                TokenKind::FStringStart | TokenKind::TStringStart if depth > 0 => depth -= 1,
                TokenKind::FStringStart => return Some('f'),
                TokenKind::TStringStart => return Some('t'),
                _ => {}
            }
            None
        })
    }

    fn wrong_target(&mut self, target: Value, statement: Target) -> Result<Option<Value>, Stop> {
        let Some(wrong) = self.invalid_target(target, statement) else { return Ok(None) };
        let verb = if statement == Target::Del { "delete" } else { "assign to" };
        let message = format!("cannot {verb} {}", self.describe(wrong));
        Err(self.raise_at(wrong, message))
    }

    /// The first part of `target` that cannot be one.
    fn invalid_target(&self, target: Value, statement: Target) -> Option<Value> {
        // Brackets bound the depth of lists and tuples, hence of this.
        match self.kind(target)? {
            NodeKind::List | NodeKind::Tuple => {
                let parts = self.parts(target).to_vec();
                let mut elements = parts.into_iter().flat_map(|part| self.flat(part));
                elements.find_map(|element| self.invalid_target(element, statement))
            }
            NodeKind::Starred if statement == Target::Del => Some(target),
            NodeKind::Starred => {
                let value = self.parts(target).first().copied()?;
                self.invalid_target(value, statement)
            }
            NodeKind::Compare if statement == Target::For => {
                // `for x in y` looks like a comparison.
                let (left, operators) = match self.parts(target) {
                    [left, operators, ..] => (*left, *operators),
                    _ => return None,
                };
                let first = self.flat(operators).first().copied()?;
                match self.token_kind(first) {
                    Some(TokenKind::In) => self.invalid_target(left, statement),
                    _ => None,
                }
            }
            NodeKind::Name | NodeKind::Subscript | NodeKind::Attribute => None,
            _ => Some(target),
        }
    }

    fn wrong_bound(&mut self, colon: Value, bound: Value, kind: &str) -> Result<Option<Value>, Stop> {
        let what = if self.kind(bound) == Some(NodeKind::Tuple) { "constraints" } else { "bound" };
        Err(self.raise_from(colon, format!("cannot use {what} with {kind}")))
    }

    /// `print` or `exec`.
    fn legacy_name(&self, value: Value) -> Option<&'static str> {
        let is_name = match value {
            Value::Token(_) => true,
            _ => self.kind(value) == Some(NodeKind::Name),
        };
        let text = self.source.slice(self.span(value));
        ["print", "exec"].into_iter().find(|name| is_name && text == *name)
    }

    /// Whether a bracket is open after a token.
    fn in_brackets(&self, token: u32) -> bool {
        let mut depth = 0i32;
        for token in self.tokens[..=token as usize].iter().rev() {
            match token.kind.hard() {
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => depth += 1,
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace if depth == 0 => return true,
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth -= 1,
                // No line ends inside brackets.
                TokenKind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    // Looking into values.

    fn kind(&self, value: Value) -> Option<NodeKind> {
        match value {
            Value::Node(node) => Some(self.nodes[node as usize].kind),
            _ => None,
        }
    }

    fn token_kind(&self, value: Value) -> Option<TokenKind> {
        match value {
            Value::Token(token) => Some(self.tokens[token as usize].kind),
            _ => None,
        }
    }

    fn parts(&self, value: Value) -> &[Value] {
        match value {
            Value::Node(node) => &self.nodes[node as usize].parts,
            _ => &[],
        }
    }

    /// The elements of a list, also of lists in it; anything else is one element.
    fn flat(&self, value: Value) -> Vec<Value> {
        match value {
            Value::List(list) => {
                self.lists[list as usize].iter().flat_map(|element| self.flat(*element)).collect()
            }
            Value::None => Vec::new(),
            value => vec![value],
        }
    }

    /// The arguments of a call in order.
    fn arguments(&self, args: Value) -> Vec<Value> {
        match self.kind(args) {
            Some(NodeKind::Args) => {
                let parts = self.parts(args).iter().flat_map(|part| self.flat(*part));
                parts.flat_map(|part| self.arguments(part)).collect()
            }
            _ => vec![args],
        }
    }

    fn is_positional(&self, argument: Value) -> bool {
        !matches!(self.kind(argument), Some(NodeKind::Keyword | NodeKind::Unpacking))
    }

    /// The span of the last condition of the last `for` clause, or of what it loops over.
    fn last_of_clauses(&self, clauses: Value) -> Span {
        let clause = self.flat(clauses).last().copied().unwrap_or(Value::None);
        match self.parts(clause) {
            [_, iter, conditions] => {
                let last = self.flat(*conditions).last().copied().unwrap_or(*iter);
                self.span(last)
            }
            _ => self.span(clause),
        }
    }

    fn span(&self, value: Value) -> Span {
        match value {
            Value::Token(token) => self.tokens[token as usize].span,
            Value::Node(node) => {
                let node = &self.nodes[node as usize];
                // A range that ends with clauses ends with their last expression all the same.
                node.span
            }
            Value::List(_) => {
                let elements = self.flat(value);
                match (elements.first(), elements.last()) {
                    (Some(first), Some(last)) => self.span(*first).to(self.span(*last)),
                    _ => Span::default(),
                }
            }
            Value::None | Value::Here(_) | Value::Mark => Span::default(),
        }
    }

    fn text(&self, value: Value) -> &str {
        self.source.slice(self.span(value))
    }

    /// What messages call an expression.
    fn describe(&self, value: Value) -> &str {
        let Some(kind) = self.kind(value) else { return self.text(value) };
        match kind {
            NodeKind::Name => "name",
            NodeKind::Attribute => "attribute",
            NodeKind::Subscript => "subscript",
            NodeKind::Starred => "starred",
            NodeKind::List => "list",
            NodeKind::Tuple => "tuple",
            NodeKind::Call => "function call",
            NodeKind::Compare => "comparison",
            NodeKind::Operation => "expression",
            NodeKind::IfExp => "conditional expression",
            NodeKind::Lambda => "lambda",
            NodeKind::NamedExpr => "named expression",
            NodeKind::Yield => "yield expression",
            NodeKind::Await => "await expression",
            NodeKind::Dict => "dict literal",
            NodeKind::Set => "set display",
            NodeKind::ListComp => "list comprehension",
            NodeKind::SetComp => "set comprehension",
            NodeKind::DictComp => "dict comprehension",
            NodeKind::GeneratorExp => "generator expression",
            NodeKind::FString => "f-string expression",
            NodeKind::TString => "t-string expression",
            NodeKind::Literal => "literal",
            NodeKind::True => "True",
            NodeKind::False => "False",
            NodeKind::None => "None",
            NodeKind::Ellipsis => "ellipsis",
            NodeKind::Comprehension
            | NodeKind::Args
            | NodeKind::Keyword
            | NodeKind::Unpacking
            | NodeKind::Other => self.text(value),
        }
    }

    // Raising.

    pub(super) fn raise(
        &mut self,
        place: Place,
        message: &str,
        described: Option<Value>,
        parts: &[Value],
    ) -> Stop {
        let mut message = message.replace("\\\"", "\"");
        if let Some(described) = described {
            message = message.replace("{a}", self.describe(described));
        }
        match place {
            Place::Part(part) => self.raise_at(parts[part], message),
            Place::Range(first, last) => {
                let last_span = match self.flat(parts[last]).last() {
                    Some(clause) if self.kind(*clause) == Some(NodeKind::Comprehension) => {
                        self.last_of_clauses(parts[last])
                    }
                    _ => self.span(parts[last]),
                };
                let span = self.span(parts[first]).to(last_span);
                self.raise_span(span, message)
            }
            Place::From(part) => self.raise_from(parts[part], message),
            Place::Last => self.raise_last(DiagnosticKind::Syntax, message),
            Place::Next => {
                // Looking at it reads it.
                self.filled = self.filled.max(self.pos + 1).min(self.tokens.len() as u32);
                if self.tokens.get(self.pos as usize).is_some_and(|token| token.kind == TokenKind::Error) {
                    return Stop::LexError;
                }
                self.raise_at_token(self.pos as usize, message)
            }
        }
    }

    fn raise_at(&self, value: Value, message: impl Into<String>) -> Stop {
        self.raise_span(self.span(value), message.into())
    }

    fn raise_span(&self, span: Span, message: String) -> Stop {
        Stop::Raised(Box::new(self.diagnostic(DiagnosticKind::Syntax, span, message)))
    }

    /// From a value to where the lexer is.
    fn raise_from(&self, value: Value, message: String) -> Stop {
        let span = self.span(value);
        let end = self.lexer_at();
        let mut diagnostic =
            self.diagnostic(DiagnosticKind::Syntax, Span::new(span.start, end.max(span.end)), message);
        if let Some(location) = &mut diagnostic.location {
            location.end_offset = Some(self.lexer_column() as i32);
        }
        Stop::Raised(Box::new(diagnostic))
    }

    pub(super) fn raise_indentation(&self, message: &str, line_of: Option<Value>) -> Stop {
        let mut message = message.to_owned();
        if let Some(value) = line_of {
            message = message.replace("{a}", &self.source.line(self.span(value).start).to_string());
        }
        self.raise_last(DiagnosticKind::Indentation, message)
    }

    /// At the last token read.
    pub(super) fn raise_last(&self, kind: DiagnosticKind, message: String) -> Stop {
        Stop::Raised(Box::new(self.at_token(self.filled as usize - 1, kind, message)))
    }

    pub(super) fn raise_at_token(&self, token: usize, message: String) -> Stop {
        Stop::Raised(Box::new(self.at_token(token, DiagnosticKind::Syntax, message)))
    }

    /// A message about a token, with column 0 for those that have no text.
    pub(super) fn at_known_token(&self, token: usize, message: String) -> Diagnostic {
        let mut diagnostic = self.at_token(token, DiagnosticKind::Syntax, message);
        if let Some(location) = &mut diagnostic.location
            && location.end_offset == Some(-1)
        {
            (location.offset, location.end_offset) = (0, Some(0));
        }
        diagnostic
    }

    /// A message about a token. Those that have no text are placed where the lexer is.
    pub(super) fn at_token(&self, token: usize, kind: DiagnosticKind, message: String) -> Diagnostic {
        let token = self.tokens[token.min(self.tokens.len() - 1)];
        let has_text = !token.kind.is_layout() && token.kind != TokenKind::Error;
        if has_text || token.kind == TokenKind::Newline && token.span.start < token.span.end {
            return self.diagnostic(kind, token.span, message);
        }
        let line = match self.source.as_str().is_empty() {
            true => 0,
            false => self.lexer_line(),
        };
        let location = Location {
            line,
            offset: self.lexer_column() as i32,
            end_line: Some(line),
            end_offset: Some(-1),
            text: Some(self.source.line_text_full(line).to_owned()),
        };
        Diagnostic::at(kind, message, location)
    }

    pub(super) fn diagnostic(&self, kind: DiagnosticKind, span: Span, message: String) -> Diagnostic {
        self.source.parse_error(kind, span, self.lexer_line(), message)
    }

    /// The offset up to which the lexer has read: the end of the last token.
    fn lexer_at(&self) -> u32 {
        self.tokens[self.filled as usize - 1].span.end
    }

    /// The line that the lexer is on.
    pub(super) fn lexer_line(&self) -> u32 {
        let token = self.tokens[self.filled as usize - 1];
        let length = self.source.as_str().len() as u32;
        let at_line_start =
            matches!(token.kind, TokenKind::Indent | TokenKind::Dedent) && token.span.end < length;
        match at_line_start {
            true => self.source.line(token.span.end),
            false => self.source.line(token.span.end.saturating_sub(1)),
        }
    }

    /// How many code points of that line it has read.
    fn lexer_column(&self) -> u32 {
        let start = self.source.line_start(self.lexer_line()) as usize;
        let end = self.lexer_at() as usize;
        self.source.as_str().get(start..end).map_or(0, |text| text.chars().count() as u32)
    }
}
