//! Reads `grammar.peg` into a program for the engine.
//!
//! The program is that of a backtracking machine (as in LPeg): its stacks are on the heap, so no input can exhaust
//! the native stack. Every item of an alternative leaves one value, which the action at its end folds into one.

use std::collections::HashMap;

use crate::lexer::TokenKind;

/// One instruction. Targets are indexes into the program.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// Takes a token of this kind.
    Token(TokenKind),
    /// Takes a name with this text.
    Word(&'static str),
    /// Takes `match`, `case`, `type` or `_`.
    SoftKeyword,
    /// Takes a token of this kind or complains that it was expected.
    Forced(TokenKind, &'static str),
    Call(u16),
    /// The same in the second pass; fails in the first.
    CallWrong(u16),
    /// Ends a rule.
    Return,
    /// On failure, goes on at the target from here.
    Choice(usize),
    /// Forgets the last choice.
    Commit(usize),
    /// Moves the last choice to here: one more round of a loop.
    Again(usize),
    /// Ends a positive look-ahead: forgets the choice and what was taken since.
    Rewind(usize),
    /// Ends a negative look-ahead that has matched: forgets the choice, then fails.
    FailTwice,
    Fail,
    /// The alternatives after the current one are out of the question.
    Cut,
    None,
    Drop,
    /// Opens a list.
    Mark,
    /// Closes a list: everything since the mark.
    Collect,
    /// Remembers where an alternative begins.
    Here,
    /// Folds the values since `Here` by an action.
    Act {
        action: u16,
        n_values: u8,
    },
    /// Folds the values of an alternative without action: a single one stays, others are nothing.
    Squash {
        n_values: u8,
    },
}

/// Which part of an alternative an action means: the index of its value, counting `Here` as the first.
pub(super) type Part = usize;

/// Where an error is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Part(Part),
    Range(Part, Part),
    /// From a part to where the lexer is.
    From(Part),
    /// The last token that has been read.
    Last,
    /// The token that comes next.
    Next,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    /// A node of this kind with these children.
    Node(NodeKind, Vec<Part>),
    Pass(Part),
    Error(Place, &'static str, Option<Part>),
    /// An IndentationError at the last token; the part gives the line.
    Indent(&'static str, Option<Part>),
    /// Something that `actions.rs` has a function for.
    Named(Named, Vec<Part>),
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $name { $($variant),* }

        impl $name {
            fn by_name(name: &str) -> Option<$name> {
                match name {
                    $($text => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

names! {
    /// As much of the kind of an expression as messages tell apart.
    NodeKind {
        Name = "Name", Attribute = "Attribute", Subscript = "Subscript", Starred = "Starred", List = "List",
        Tuple = "Tuple", Call = "Call", Compare = "Compare", Operation = "Operation", IfExp = "IfExp",
        Lambda = "Lambda", NamedExpr = "NamedExpr", Yield = "Yield", Await = "Await", Dict = "Dict", Set = "Set",
        ListComp = "ListComp", SetComp = "SetComp", DictComp = "DictComp", GeneratorExp = "GeneratorExp",
        FString = "FString", TString = "TString", Literal = "Literal", True = "True", False = "False",
        None = "None", Ellipsis = "Ellipsis",
        Comprehension = "Comprehension", Args = "Args", Keyword = "Keyword", Unpacking = "Unpacking",
        Other = "Other",
    }
}

names! {
    Named {
        Suffixed = "suffixed", Strings = "strings", Conversion = "conversion", RealNumber = "real_number",
        ImaginaryNumber = "imaginary_number", GeneratorInCall = "generator_in_call",
        GeneratorArgument = "generator_argument", PositionalAfterKeyword = "positional_after_keyword",
        ForgottenComma = "forgotten_comma", LegacyStatement = "legacy_statement", StoreTarget = "store_target",
        ForTarget = "for_target", DelTarget = "del_target", MissingColon = "missing_colon",
        LessGreater = "less_greater", String = "string", FString = "fstring", MixedTemplates = "mixed_templates",
        TypeVarTupleBound = "type_var_tuple_bound", ParamSpecBound = "param_spec_bound",
    }
}

/// A set of token kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u128);

impl Kinds {
    pub const ALL: Kinds = Kinds(u128::MAX);

    fn one(kind: TokenKind) -> Kinds {
        Kinds(1 << kind as u8)
    }

    pub fn has(self, kind: TokenKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// The compiled grammar.
pub(super) struct Program {
    pub ops: Vec<Op>,
    /// For each `Choice`: the tokens with which its alternative can begin. Others need not be tried.
    pub firsts: Vec<Kinds>,
    pub actions: Vec<Action>,
    pub rules: Vec<Rule>,
}

pub(super) struct Rule {
    name: &'static str,
    pub start: usize,
    /// The tokens with which it can begin.
    pub first: Kinds,
    /// CPython shares what it remembers of this rule between looking with and without the `wrong_*` rules.
    pub memo: bool,
}

impl Program {
    /// The index of a rule.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn rule(&self, name: &str) -> u16 {
        let index = self.rules.iter().position(|rule| rule.name == name);
        index.unwrap_or_else(|| panic!("the grammar has no rule {name}")) as u16
    }

    /// Compiles the grammar that comes with the crate.
    ///
    /// # Panics
    /// If it is malformed, which a test would show.
    pub fn new() -> Program {
        let words = split(include_str!("grammar.peg"));
        let mut compiler = Compiler {
            words,
            at: 0,
            rules: HashMap::new(),
            program: Program {
                ops: vec![Op::Fail],
                firsts: Vec::new(),
                actions: Vec::new(),
                rules: Vec::new(),
            },
        };
        compiler.grammar();
        let undefined = compiler.program.rules.iter().find(|rule| rule.start == 0);
        assert!(undefined.is_none(), "rule {} is not defined", undefined.map_or("", |rule| rule.name));
        compiler.program.find_firsts();
        compiler.program
    }

    /// Works out with which tokens rules and alternatives can begin.
    fn find_firsts(&mut self) {
        // Rules are looked up in each other until nothing changes; empty sets grow.
        let mut rules = vec![(Kinds(0), false); self.rules.len()];
        loop {
            let next: Vec<_> = self.rules.iter().map(|rule| self.first_from(rule.start, &rules)).collect();
            if next == rules {
                break;
            }
            rules = next;
        }
        let all_if = |(kinds, empty): (Kinds, bool)| if empty { Kinds::ALL } else { kinds };
        self.firsts = (self.ops.iter().enumerate())
            .map(|(at, op)| match op {
                Op::Choice(_) => all_if(self.first_from(at + 1, &rules)),
                _ => Kinds::ALL,
            })
            .collect();
        for (rule, first) in self.rules.iter_mut().zip(rules) {
            rule.first = all_if(first);
        }
    }

    /// The tokens that what begins at `start` can take first, and whether it can come to its end without any.
    fn first_from(&self, start: usize, rules: &[(Kinds, bool)]) -> (Kinds, bool) {
        let (mut kinds, mut empty) = (Kinds(0), false);
        let mut seen = vec![false; self.ops.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.ops[at] {
                Op::Token(kind) => kinds.0 |= Kinds::one(*kind).0,
                Op::Word(_) | Op::SoftKeyword => kinds.0 |= Kinds::one(TokenKind::Name).0,
                // Complains about any other token.
                Op::Forced(..) => kinds = Kinds::ALL,
                Op::Call(rule) | Op::CallWrong(rule) => {
                    let (first, skips) = rules[usize::from(*rule)];
                    kinds.0 |= first.0;
                    if skips {
                        open.push(at + 1);
                    }
                }
                Op::Return => empty = true,
                Op::Choice(target) => open.extend([at + 1, *target]),
                Op::Commit(target) | Op::Again(target) | Op::Rewind(target) => open.push(*target),
                Op::Fail | Op::FailTwice => {}
                Op::Cut | Op::None | Op::Drop | Op::Mark | Op::Collect | Op::Here => open.push(at + 1),
                Op::Act { .. } | Op::Squash { .. } => open.push(at + 1),
            }
        }
        (kinds, empty)
    }
}

/// A word of the notation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    /// At the start of a line: begins a rule. The flag: remembered by CPython.
    Rule(&'static str, bool),
    Ident(&'static str),
    /// `'...'`
    Token(&'static str),
    /// `"..."`
    Text(&'static str),
    Sign(&'static str),
    End,
}

fn split(text: &'static str) -> Vec<Word> {
    let mut words = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') {
            continue;
        }
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let at_start = rest.len() == line.len();
            let length =
                |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let taken = match c {
                ' ' => 1,
                '\'' => {
                    let end = rest[1..].find('\'').expect("tokens end") + 1;
                    words.push(Word::Token(&rest[1..end]));
                    end + 1
                }
                '"' => {
                    let mut end = 1;
                    while !rest[end..].starts_with('"') {
                        end += if rest[end..].starts_with('\\') { 2 } else { 1 };
                    }
                    words.push(Word::Text(&rest[1..end]));
                    end + 1
                }
                '@' => {
                    let end = length(&rest[1..]) + 1;
                    words.push(Word::Rule(&rest[1..end], true));
                    end
                }
                _ if c.is_alphanumeric() => {
                    let end = length(rest);
                    words.push(match at_start {
                        true => Word::Rule(&rest[..end], false),
                        false => Word::Ident(&rest[..end]),
                    });
                    end
                }
                _ => {
                    let end = ["=>", "&&"]
                        .iter()
                        .find(|sign| rest.starts_with(**sign))
                        .map_or(1, |sign| sign.len());
                    words.push(Word::Sign(&rest[..end]));
                    end
                }
            };
            rest = &rest[taken..];
        }
    }
    words.push(Word::End);
    words
}

struct Compiler {
    words: Vec<Word>,
    at: usize,
    rules: HashMap<&'static str, u16>,
    program: Program,
}

impl Compiler {
    fn peek(&self) -> Word {
        self.words[self.at]
    }

    fn next(&mut self) -> Word {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Word::Sign(text) if text == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) {
        assert!(
            self.accept(sign),
            "expected {sign} at {:?}",
            &self.words[self.at.saturating_sub(5)..self.at + 3]
        );
    }

    fn ident(&mut self) -> &'static str {
        match self.next() {
            Word::Ident(name) => name,
            other => panic!("expected a name, found {other:?}"),
        }
    }

    fn emit(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.ops.len() - 1
    }

    fn here(&self) -> usize {
        self.program.ops.len()
    }

    /// Sets the target of the instruction at `at` to what is emitted next.
    fn land(&mut self, at: usize) {
        let here = self.here();
        match &mut self.program.ops[at] {
            Op::Choice(target) | Op::Commit(target) | Op::Again(target) | Op::Rewind(target) => {
                *target = here
            }
            other => panic!("{other:?} has no target"),
        }
    }

    fn rule_index(&mut self, name: &'static str) -> u16 {
        let rules = &mut self.program.rules;
        *self.rules.entry(name).or_insert_with(|| {
            rules.push(Rule { name, start: 0, first: Kinds::ALL, memo: false });
            (rules.len() - 1) as u16
        })
    }

    fn grammar(&mut self) {
        while let Word::Rule(name, memo) = self.next() {
            self.expect("=");
            let index = usize::from(self.rule_index(name));
            assert!(self.program.rules[index].start == 0, "rule {name} is defined twice");
            self.program.rules[index].start = self.here();
            self.program.rules[index].memo = memo;
            self.alternatives();
            self.emit(Op::Return);
        }
    }

    fn alternatives(&mut self) {
        let mut ends = Vec::new();
        loop {
            // Whether an alternative follows is known only after this one, so each gets a choice.
            let choice = self.emit(Op::Choice(0));
            self.alternative();
            ends.push(self.emit(Op::Commit(0)));
            self.land(choice);
            if !self.accept("/") {
                break;
            }
        }
        self.emit(Op::Fail);
        for end in ends {
            self.land(end);
        }
    }

    fn alternative(&mut self) {
        self.emit(Op::Here);
        let first = self.here();
        let mut n_values = 1;
        let mut labels: Vec<(&'static str, Part)> = Vec::new();
        loop {
            match self.peek() {
                Word::Sign("=>") => {
                    self.at += 1;
                    let action = self.action(&labels);
                    self.program.actions.push(action);
                    let action = (self.program.actions.len() - 1) as u16;
                    self.emit(Op::Act { action, n_values });
                    return;
                }
                Word::Sign("/" | ")") | Word::Rule(..) | Word::End => {
                    if let [Op::Call(rule)] = self.program.ops[first..]
                        && self.program.rules[usize::from(rule)].name.starts_with("wrong_")
                    {
                        self.program.ops[first] = Op::CallWrong(rule);
                    }
                    self.emit(Op::Squash { n_values });
                    return;
                }
                _ => {}
            }
            if let (Word::Ident(label), Word::Sign(":")) = (self.peek(), self.words[self.at + 1]) {
                self.at += 2;
                labels.push((label, usize::from(n_values)));
            }
            n_values += u8::from(self.item());
        }
    }

    /// One item; false if it leaves no value.
    fn item(&mut self) -> bool {
        if self.accept("~") {
            self.emit(Op::Cut);
            return false;
        }
        if self.accept("&&") {
            let Word::Token(text) = self.next() else { panic!("only tokens can be forced") };
            self.emit(Op::Forced(token(text), text));
            return true;
        }
        if self.accept("&") {
            let choice = self.emit(Op::Choice(0));
            self.primary();
            let rewind = self.emit(Op::Rewind(0));
            self.land(choice);
            self.emit(Op::Fail);
            self.land(rewind);
            return false;
        }
        if self.accept("!") {
            let choice = self.emit(Op::Choice(0));
            self.primary();
            self.emit(Op::FailTwice);
            self.land(choice);
            return false;
        }
        // What the loops repeat is compiled again from the same words.
        let start = self.at;
        let first = self.here();
        self.primary();
        let after = self.at;
        if self.accept("?") {
            self.repeat_from(first, start, |c| {
                let choice = c.emit(Op::Choice(0));
                c.primary();
                let commit = c.emit(Op::Commit(0));
                c.land(choice);
                c.emit(Op::None);
                c.land(commit);
            });
            self.at = after + 1;
        } else if self.accept("*") {
            self.repeat_from(first, start, |c| {
                c.emit(Op::Mark);
                c.repeat(start, None);
            });
            self.at = after + 1;
        } else if self.accept("+") {
            self.repeat_from(first, start, |c| {
                c.emit(Op::Mark);
                c.primary();
                c.repeat(start, None);
            });
            self.at = after + 1;
        } else if self.accept("%") {
            let separator = self.at;
            self.repeat_from(first, start, |c| {
                c.emit(Op::Mark);
                c.primary();
                c.repeat(start, Some(separator));
            });
            self.at = separator + 1;
        }
        true
    }

    /// Throws away what was compiled for the item at `start` and compiles it another way.
    fn repeat_from(&mut self, first: usize, start: usize, how: impl FnOnce(&mut Compiler)) {
        self.program.ops.truncate(first);
        self.at = start;
        how(self);
    }

    /// Zero or more of the item at `start`, with the separator before each, into the list that has been opened.
    fn repeat(&mut self, start: usize, separator: Option<usize>) {
        let choice = self.emit(Op::Choice(0));
        let body = self.here();
        if let Some(separator) = separator {
            self.at = separator;
            self.primary();
            self.emit(Op::Drop);
        }
        self.at = start;
        self.primary();
        self.emit(Op::Again(body));
        self.land(choice);
        self.emit(Op::Collect);
    }

    fn primary(&mut self) {
        match self.next() {
            Word::Sign("(") => {
                self.alternatives();
                self.expect(")");
            }
            Word::Token(text) => {
                self.emit(Op::Token(token(text)));
            }
            Word::Text(text) => {
                self.emit(Op::Word(text));
            }
            Word::Ident("SOFTKEYWORD") => {
                self.emit(Op::SoftKeyword);
            }
            Word::Ident(name) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                self.emit(Op::Token(token_class(name)));
            }
            Word::Ident(name) => {
                let rule = self.rule_index(name);
                self.emit(Op::Call(rule));
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    fn action(&mut self, labels: &[(&'static str, Part)]) -> Action {
        let part = |name: &str| {
            let found = labels.iter().find(|(label, _)| *label == name);
            found.unwrap_or_else(|| panic!("nothing is called {name}")).1
        };
        let name = self.ident();
        if name == "err" || name == "indent" {
            self.expect("(");
            let place = match name {
                "err" => {
                    let first = self.ident();
                    let place = match first {
                        "last" => Place::Last,
                        "next" => Place::Next,
                        _ if self.accept("-") => match self.peek() {
                            Word::Ident(second) => {
                                self.at += 1;
                                Place::Range(part(first), part(second))
                            }
                            _ => Place::From(part(first)),
                        },
                        _ => Place::Part(part(first)),
                    };
                    self.expect(",");
                    place
                }
                _ => Place::Last,
            };
            let Word::Text(message) = self.next() else { panic!("expected a message") };
            self.expect(")");
            // Only `a` is ever described.
            let described = message.contains("{a}").then(|| part("a"));
            return match name {
                "err" => Action::Error(place, message, described),
                _ => Action::Indent(message, described),
            };
        }
        if let Some(kind) = NodeKind::by_name(name) {
            return Action::Node(kind, labels.iter().map(|(_, part)| *part).collect());
        }
        if let Some(named) = Named::by_name(name) {
            let mut parts = Vec::new();
            if self.accept("(") {
                while !self.accept(")") {
                    let label = self.ident();
                    parts.push(part(label));
                    self.accept(",");
                }
            }
            return Action::Named(named, parts);
        }
        Action::Pass(part(name))
    }
}

fn token(text: &str) -> TokenKind {
    TokenKind::from_text(text).unwrap_or_else(|| panic!("no token is written {text}"))
}

fn token_class(name: &str) -> TokenKind {
    match name {
        "NAME" => TokenKind::Name,
        "NUMBER" => TokenKind::Number,
        "STRING" => TokenKind::String,
        "NEWLINE" => TokenKind::Newline,
        "INDENT" => TokenKind::Indent,
        "DEDENT" => TokenKind::Dedent,
        "ENDMARKER" => TokenKind::EndMarker,
        "FSTART" => TokenKind::FStringStart,
        "FEND" => TokenKind::FStringEnd,
        "TSTART" => TokenKind::TStringStart,
        "TEND" => TokenKind::TStringEnd,
        "MIDDLE" => TokenKind::Middle,
        "TMIDDLE" => TokenKind::TMiddle,
        _ => panic!("no class of tokens is called {name}"),
    }
}
