//! Runs the compiled grammar over the tokens, as CPython's packrat parser would: same order, same look-ahead, so the
//! same complaint.

use super::compile::{Action, NodeKind, Op, Program};
use crate::ast::Span;
use crate::diagnostics::Diagnostic;
use crate::lexer::{Token, TokenKind};
use crate::source::SourceText;

/// Instructions before the search is called off. CPython has no such limit, only patience.
const MAX_STEPS: u64 = 200_000_000;
/// Results remembered at a time.
const MAX_MEMO: usize = 6_000_000;
/// Calls and choices open at a time.
const MAX_STACK: usize = 4_000_000;

/// What an item of the grammar matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    None,
    /// Index of a token.
    Token(u32),
    /// Index of a node.
    Node(u32),
    /// Index of a list.
    List(u32),
    /// Index of the token at which an alternative begins.
    Here(u32),
    Mark,
}

/// A matched construct that an action may ask about.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub kind: NodeKind,
    pub span: Span,
    pub parts: Vec<Value>,
}

/// Why a run ended early.
pub(super) enum Stop {
    /// A rule complained.
    Raised(Box<Diagnostic>),
    /// The lexer's error was reached.
    LexError,
    /// Too much work.
    GaveUp,
}

enum Frame {
    Choice { target: usize, pos: u32, n_values: usize },
    Return { target: usize, rule: u16, pos: u32, wrong: bool },
}

/// The remembered result of a rule at some token.
struct Remembered {
    /// The rule, and whether it was tried with the `wrong_*` rules.
    key: u16,
    /// Index of the token after it; `FAILED` if it does not fit.
    end: u32,
    value: Value,
}

const FAILED: u32 = u32::MAX;

pub(super) struct Engine<'a> {
    pub source: &'a SourceText,
    pub tokens: &'a [Token],
    program: &'a Program,
    /// Index of the next token.
    pub pos: u32,
    /// How many tokens have been looked at.
    pub filled: u32,
    /// A token was missing that nothing can do without.
    pub pending: Option<Diagnostic>,
    /// The second pass, in which the `wrong_*` rules take part.
    pub wrong: bool,
    pub nodes: Vec<Node>,
    pub lists: Vec<Vec<Value>>,
    values: Vec<Value>,
    frames: Vec<Frame>,
    /// For each token from `start` on.
    memo: Vec<Vec<Remembered>>,
    n_remembered: usize,
    start: u32,
    steps: u64,
    without_wrong: u16,
    simple_stmts: u16,
}

impl<'a> Engine<'a> {
    pub fn new(source: &'a SourceText, tokens: &'a [Token], program: &'a Program, start: u32) -> Engine<'a> {
        Engine {
            source,
            tokens,
            program,
            pos: start,
            filled: start + 1,
            pending: None,
            wrong: false,
            nodes: Vec::new(),
            lists: Vec::new(),
            values: Vec::new(),
            frames: Vec::new(),
            memo: Vec::new(),
            n_remembered: 0,
            start,
            steps: 0,
            without_wrong: program.rule("expression_without_wrong"),
            simple_stmts: program.rule("simple_stmts"),
        }
    }

    /// Matches `rule` from token `start` on. True if it fits.
    pub fn run(&mut self, rule: u16, start: u32) -> Result<bool, Stop> {
        self.pos = start;
        self.values.clear();
        self.frames.clear();
        self.memo.clear();
        self.n_remembered = 0;
        self.start = start;
        self.nodes.clear();
        self.lists.clear();
        self.steps = 0;
        // Both the end of the rule and its failure land on the `Fail` at index 0, with no frame left.
        self.frames.push(Frame::Return { target: 0, rule, pos: start, wrong: self.wrong });
        let mut ip = self.program.rules[usize::from(rule)].start;
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS || self.frames.len() > MAX_STACK || self.n_remembered > MAX_MEMO {
                return Err(Stop::GaveUp);
            }
            ip = match self.step(ip)? {
                Step::To(target) => target,
                Step::Fail => match self.backtrack() {
                    Some(target) => target,
                    None => return Ok(false),
                },
                Step::Done => return Ok(true),
            };
        }
    }

    fn step(&mut self, ip: usize) -> Result<Step, Stop> {
        let program = self.program;
        let next = Step::To(ip + 1);
        Ok(match &program.ops[ip] {
            Op::Token(kind) => match self.token()?.kind.hard() == *kind {
                true => self.take(ip),
                false => Step::Fail,
            },
            Op::Word(word) => match self.is_word(|text| text == *word)? {
                true => self.take(ip),
                false => Step::Fail,
            },
            Op::SoftKeyword => match self.is_word(|text| matches!(text, "match" | "case" | "type" | "_"))? {
                true => self.take(ip),
                false => Step::Fail,
            },
            Op::Forced(kind, text) => match self.token()?.kind.hard() == *kind {
                true => self.take(ip),
                false => {
                    // CPython notes this down and goes on; a later complaint replaces it.
                    let message = format!("expected '{text}'");
                    self.pending = Some(self.at_known_token(self.pos as usize, message));
                    Step::Fail
                }
            },
            Op::Call(rule) => return self.call(*rule, ip + 1),
            Op::CallWrong(_) if !self.wrong => Step::Fail,
            Op::CallWrong(rule) => return self.call(*rule, ip + 1),
            Op::Return => return Ok(self.finish_rule()),
            Op::Choice(target) if !program.firsts[ip].has(self.token()?.kind.hard()) => Step::To(*target),
            Op::Choice(target) => {
                let n_values = self.values.len();
                self.frames.push(Frame::Choice { target: *target, pos: self.pos, n_values });
                next
            }
            Op::Commit(target) => {
                self.frames.pop();
                Step::To(*target)
            }
            Op::Again(target) => {
                let (here, length) = (self.pos, self.values.len());
                if let Some(Frame::Choice { pos, n_values, .. }) = self.frames.last_mut() {
                    (*pos, *n_values) = (here, length);
                }
                Step::To(*target)
            }
            Op::Rewind(target) => {
                if let Some(Frame::Choice { pos, n_values, .. }) = self.frames.pop() {
                    self.pos = pos;
                    self.values.truncate(n_values);
                }
                Step::To(*target)
            }
            Op::FailTwice => {
                self.frames.pop();
                Step::Fail
            }
            Op::Fail => Step::Fail,
            Op::Cut => {
                if let Some(Frame::Choice { target, .. }) = self.frames.last_mut() {
                    *target = 0;
                }
                next
            }
            Op::None => {
                self.values.push(Value::None);
                next
            }
            Op::Drop => {
                self.values.pop();
                next
            }
            Op::Mark => {
                self.values.push(Value::Mark);
                next
            }
            Op::Collect => {
                let mark = self.values.iter().rposition(|value| *value == Value::Mark).unwrap_or(0);
                let list = self.values.split_off(mark + 1);
                self.values.pop();
                self.lists.push(list);
                self.values.push(Value::List(self.lists.len() as u32 - 1));
                next
            }
            Op::Here => {
                self.values.push(Value::Here(self.pos));
                next
            }
            Op::Squash { n_values } => {
                let first = self.values.len() - usize::from(*n_values);
                let value = if *n_values == 2 { self.values[first + 1] } else { Value::None };
                self.values.truncate(first);
                self.values.push(value);
                next
            }
            Op::Act { action, n_values } => {
                let first = self.values.len() - usize::from(*n_values);
                let parts = self.values.split_off(first);
                match self.act(&program.actions[usize::from(*action)], &parts)? {
                    Some(value) => {
                        self.values.push(value);
                        next
                    }
                    None => match self.pending.take() {
                        // An action that comes to nothing is taken for the cause of what was noted down.
                        Some(pending) => return Err(Stop::Raised(Box::new(pending))),
                        None => Step::Fail,
                    },
                }
            }
        })
    }

    /// The token at the current position; looking at it is what makes CPython read it.
    fn token(&mut self) -> Result<Token, Stop> {
        let Some(token) = self.tokens.get(self.pos as usize) else {
            // Past the end marker, which nothing can match.
            return Ok(Token { kind: TokenKind::Stray, span: Span::default() });
        };
        self.filled = self.filled.max(self.pos + 1);
        match token.kind {
            TokenKind::Error => Err(Stop::LexError),
            _ => Ok(*token),
        }
    }

    fn take(&mut self, ip: usize) -> Step {
        self.values.push(Value::Token(self.pos));
        self.pos += 1;
        Step::To(ip + 1)
    }

    fn is_word(&mut self, test: impl Fn(&str) -> bool) -> Result<bool, Stop> {
        let token = self.token()?;
        Ok(token.kind.hard() == TokenKind::Name && test(self.source.slice(token.span)))
    }

    fn key(&self, rule: u16, wrong: bool) -> u16 {
        let separate = wrong && !self.program.rules[usize::from(rule)].memo;
        rule << 1 | u16::from(separate)
    }

    fn remember(&mut self, rule: u16, pos: u32, wrong: bool, end: u32, value: Value) {
        let key = self.key(rule, wrong);
        let at = (pos - self.start) as usize;
        if self.memo.len() <= at {
            self.memo.resize_with(at + 1, Vec::new);
        }
        self.memo[at].push(Remembered { key, end, value });
        self.n_remembered += 1;
    }

    fn call(&mut self, rule: u16, back: usize) -> Result<Step, Stop> {
        let entry = &self.program.rules[usize::from(rule)];
        // CPython reads the token at which a rule begins.
        if !entry.first.has(self.token()?.kind.hard()) {
            return Ok(Step::Fail);
        }
        let key = self.key(rule, self.wrong);
        let memo = self.memo.get((self.pos - self.start) as usize);
        if let Some(found) = memo.and_then(|memo| memo.iter().rev().find(|found| found.key == key)) {
            if found.end == FAILED {
                return Ok(Step::Fail);
            }
            self.values.push(found.value);
            self.pos = found.end;
            return Ok(Step::To(back));
        }
        self.frames.push(Frame::Return { target: back, rule, pos: self.pos, wrong: self.wrong });
        if rule == self.without_wrong {
            self.wrong = false;
        }
        Ok(Step::To(entry.start))
    }

    fn finish_rule(&mut self) -> Step {
        let Some(Frame::Return { target, rule, pos, wrong }) = self.frames.pop() else {
            unreachable!("a rule ends where it began")
        };
        let value = self.values.last().copied().unwrap_or(Value::None);
        self.wrong = wrong;
        if self.frames.is_empty() {
            return Step::Done;
        }
        if rule == self.simple_stmts {
            // Nothing before the end of a complete line is looked at again, save through what is remembered of its
            // first token.
            self.forget(pos + 1, self.pos);
        }
        self.remember(rule, pos, wrong, self.pos, value);
        Step::To(target)
    }

    /// Drops what is remembered about the tokens from `first` up to `end`.
    fn forget(&mut self, first: u32, end: u32) {
        let (first, n_tokens) = ((first - self.start) as usize, end.saturating_sub(first) as usize);
        for memo in self.memo.iter_mut().skip(first).take(n_tokens) {
            self.n_remembered -= memo.len();
            *memo = Vec::new();
        }
    }

    /// Unwinds to the last choice. `None` if there is none: the whole run has failed.
    fn backtrack(&mut self) -> Option<usize> {
        loop {
            match self.frames.pop()? {
                Frame::Choice { target, pos, n_values } => {
                    self.pos = pos;
                    self.values.truncate(n_values);
                    return Some(target);
                }
                Frame::Return { rule, pos, wrong, .. } => {
                    self.wrong = wrong;
                    self.remember(rule, pos, wrong, FAILED, Value::None);
                }
            }
        }
    }

    fn act(&mut self, action: &Action, parts: &[Value]) -> Result<Option<Value>, Stop> {
        match action {
            Action::Pass(part) => Ok(Some(parts[*part])),
            Action::Node(kind, children) => {
                let children = children.iter().map(|part| parts[*part]).collect();
                Ok(Some(self.node(*kind, parts[0], children)))
            }
            Action::Error(place, message, described) => {
                let described = described.map(|part| parts[part]);
                Err(self.raise(*place, message, described, parts))
            }
            Action::Indent(message, line_of) => {
                let line_of = line_of.map(|part| parts[part]);
                Err(self.raise_indentation(message, line_of))
            }
            Action::Named(named, children) => {
                let children: Vec<Value> = children.iter().map(|part| parts[*part]).collect();
                self.named_action(*named, parts[0], &children)
            }
        }
    }

    /// Makes a node from where its alternative began to the last token taken.
    pub fn node(&mut self, kind: NodeKind, here: Value, parts: Vec<Value>) -> Value {
        let start = match here {
            Value::Here(token) => self.tokens[token as usize].span.start,
            _ => 0,
        };
        let end = self.tokens[self.pos.saturating_sub(1) as usize].span.end;
        self.nodes.push(Node { kind, span: Span::new(start, end), parts });
        Value::Node(self.nodes.len() as u32 - 1)
    }
}

enum Step {
    To(usize),
    Fail,
    Done,
}
