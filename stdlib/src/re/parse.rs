//! Pattern text to syntax tree, with Python's own errors.
//!
//! The nesting of groups is bounded, so neither this parser nor what walks its trees can exhaust the stack.

use super::error::{ErrorKind, PatternError};
use super::flags::*;
use super::node::*;
use super::tokens::{Token, Tokenizer, is_number, parse_number, shown_number};
use super::unicode::is_alpha;

/// Groups may nest this deep; CPython's own parser gives up at about the same depth.
const MAX_NESTING: usize = 490;
/// The most groups a pattern can have.
pub const MAX_GROUPS: u64 = 1 << 30;

/// Resolves the name of a `\N{...}` escape to a single code point.
pub type NameLookup<'n> = &'n dyn Fn(&str) -> Option<u32>;

/// What the parser found out about a pattern.
pub struct Parsed {
    pub body: Sequence,
    /// The flags given and those set inline, completed with UNICODE where it is implied.
    pub flags: u32,
    /// The number of groups, group 0 included.
    pub group_count: usize,
    /// Names in the order of their groups.
    pub group_names: Vec<(Vec<u32>, u32)>,
    /// FutureWarning texts.
    pub warnings: Vec<String>,
}

/// Parses a pattern given as code points (a bytes pattern as its bytes).
pub fn parse(
    source: &[u32],
    is_text: bool,
    flags: u32,
    lookup_name: NameLookup<'_>,
) -> Result<Parsed, PatternError> {
    let mut parser = Parser {
        tokens: Tokenizer::new(source, is_text)?,
        flags,
        group_widths: vec![None],
        group_names: Vec::new(),
        look_behind_groups: None,
        conditional_groups: Vec::new(),
        warnings: Vec::new(),
        lookup_name,
    };
    let body = parser.alternation(flags & VERBOSE != 0, 0)?;
    let flags = complete_flags(is_text, parser.flags)?;
    if parser.tokens.next != Token::End {
        return Err(parser.tokens.error("unbalanced parenthesis", 0));
    }
    for (group, position) in &parser.conditional_groups {
        if *group >= parser.group_widths.len() as u64 {
            return Err(PatternError::at(format!("invalid group reference {group}"), *position));
        }
    }
    Ok(Parsed {
        body,
        flags,
        group_count: parser.group_widths.len(),
        group_names: parser.group_names,
        warnings: parser.warnings,
    })
}

/// Checks the flags against the type of the pattern and adds UNICODE to text patterns.
fn complete_flags(is_text: bool, flags: u32) -> Result<u32, PatternError> {
    let refuse = |message: &str| Err(PatternError::plain(ErrorKind::Value, message));
    if is_text {
        if flags & LOCALE != 0 {
            return refuse("cannot use LOCALE flag with a str pattern");
        }
        if flags & ASCII == 0 {
            return Ok(flags | UNICODE);
        }
        if flags & UNICODE != 0 {
            return refuse("ASCII and UNICODE flags are incompatible");
        }
    } else {
        if flags & UNICODE != 0 {
            return refuse("cannot use UNICODE flag with a bytes pattern");
        }
        if flags & LOCALE != 0 && flags & ASCII != 0 {
            return refuse("ASCII and LOCALE flags are incompatible");
        }
    }
    Ok(flags)
}

/// An item of a class or an escape outside one.
enum Escaped {
    Literal(u32),
    Category(Category),
    Anchor(Anchor),
    Backreference(u32),
}

struct Parser<'s, 'n> {
    tokens: Tokenizer<'s>,
    flags: u32,
    /// The width of every closed group; `None` for group 0 and the groups still open.
    group_widths: Vec<Option<(u128, u128)>>,
    group_names: Vec<(Vec<u32>, u32)>,
    /// Inside a look-behind: how many groups there were when the outermost one began.
    look_behind_groups: Option<usize>,
    /// The numbers conditionals ask about, with the position of the first mention.
    conditional_groups: Vec<(u64, usize)>,
    warnings: Vec<String>,
    lookup_name: NameLookup<'n>,
}

type Parse<T> = Result<T, PatternError>;

impl Parser<'_, '_> {
    fn sequence(&self, nodes: Vec<Node>) -> Sequence {
        Sequence::new(nodes, &self.group_widths)
    }

    /// `a|b|c`
    fn alternation(&mut self, mut verbose: bool, nesting: usize) -> Parse<Sequence> {
        if nesting > MAX_NESTING {
            return Err(PatternError::plain(ErrorKind::Recursion, "maximum recursion depth exceeded"));
        }
        let mut items = Vec::new();
        loop {
            let first = nesting == 0 && items.is_empty();
            items.push(self.concatenation(verbose, nesting, first)?);
            if !self.tokens.accept('|')? {
                break;
            }
            if nesting == 0 {
                verbose = self.flags & VERBOSE != 0;
            }
        }
        if items.len() == 1 {
            return Ok(self.sequence(items.pop().unwrap_or_default()));
        }
        let mut nodes = common_prefix(&mut items);
        match as_single_set(&items) {
            Some(set) => nodes.push(set),
            None => {
                let items = items.into_iter().map(|item| self.sequence(item)).collect();
                nodes.push(Node::Branch(items));
            }
        }
        Ok(self.sequence(nodes))
    }

    /// Everything up to `|`, `)` or the end. `first`: global flags may still be set here.
    fn concatenation(&mut self, mut verbose: bool, nesting: usize, first: bool) -> Parse<Vec<Node>> {
        let mut nodes: Vec<Node> = Vec::new();
        loop {
            let token = self.tokens.next;
            if token == Token::End || token.is('|') || token.is(')') {
                break;
            }
            self.tokens.get()?;
            if verbose {
                match token.ascii() {
                    ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => continue,
                    '#' => {
                        loop {
                            let skipped = self.tokens.get()?;
                            if skipped == Token::End || skipped.is('\n') {
                                break;
                            }
                        }
                        continue;
                    }
                    _ => {}
                }
            }
            match (token, token.ascii()) {
                (Token::Escape(c), _) => {
                    let node = match self.escape(c)? {
                        Escaped::Literal(c) => Node::Literal(c),
                        Escaped::Category(category) => {
                            Node::Set { negated: false, items: vec![SetItem::Category(category)] }
                        }
                        Escaped::Anchor(anchor) => Node::Anchor(anchor),
                        Escaped::Backreference(group) => Node::Backreference(group),
                    };
                    nodes.push(node);
                }
                (_, '[') => {
                    let node = self.class()?;
                    nodes.push(node);
                }
                (_, repeat @ ('*' | '+' | '?' | '{')) => self.repetition(repeat, &mut nodes)?,
                (_, '.') => nodes.push(Node::Any),
                (_, '^') => nodes.push(Node::Anchor(Anchor::Beginning)),
                (_, '$') => nodes.push(Node::Anchor(Anchor::End)),
                (_, '(') => {
                    if let Some(node) = self.group(&mut verbose, nesting, first && nodes.is_empty())? {
                        nodes.push(node);
                    }
                }
                (Token::Char(c), _) => nodes.push(Node::Literal(c)),
                (Token::End, _) => {}
            }
        }
        Ok(inline_plain_groups(nodes))
    }

    /// `*`, `+`, `?`, `{m,n}` and what may follow them. A brace that is no repetition is a literal.
    fn repetition(&mut self, repeat: char, nodes: &mut Vec<Node>) -> Parse<()> {
        let here = self.tokens.tell();
        let (mut min, mut max) = match repeat {
            '?' => (0, 1),
            '+' => (1, MAX_REPEAT),
            _ => (0, MAX_REPEAT),
        };
        if repeat == '{' {
            let literal = Node::Literal(u32::from(b'{'));
            if self.tokens.next.is('}') {
                nodes.push(literal);
                return Ok(());
            }
            let low = self.digits()?;
            let high = if self.tokens.accept(',')? { self.digits()? } else { low.clone() };
            if !self.tokens.accept('}')? {
                nodes.push(literal);
                return self.tokens.seek(here);
            }
            if !low.is_empty() {
                min = repeat_number(&low)?;
            }
            if !high.is_empty() {
                max = repeat_number(&high)?;
                if max < min {
                    let back = self.tokens.tell() - here;
                    return Err(self.tokens.error("min repeat greater than max repeat", back));
                }
            }
        }
        let back = self.tokens.tell() - here + 1;
        match nodes.last() {
            None | Some(Node::Anchor(_)) => return Err(self.tokens.error("nothing to repeat", back)),
            Some(Node::Repeat { .. }) => return Err(self.tokens.error("multiple repeat", back)),
            Some(_) => {}
        }
        let greed = if self.tokens.accept('?')? {
            Greed::Lazy
        } else if self.tokens.accept('+')? {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        let body = match nodes.pop() {
            Some(Node::Group { number: None, add_flags: 0, del_flags: 0, body }) => body,
            item => self.sequence(item.into_iter().collect()),
        };
        nodes.push(Node::Repeat { greed, min, max, body });
        Ok(())
    }

    fn digits(&mut self) -> Parse<Vec<u32>> {
        let mut digits = Vec::new();
        while self.tokens.next.ascii().is_ascii_digit() {
            self.tokens.get()?.append_to(&mut digits);
        }
        Ok(digits)
    }

    /// A character set; the bracket is consumed.
    fn class(&mut self) -> Parse<Node> {
        let here = self.tokens.tell() - 1;
        if self.tokens.next.is('[') {
            self.warn("nested set", self.tokens.tell());
        }
        let negated = self.tokens.accept('^')?;
        let mut items: Vec<SetItem> = Vec::new();
        loop {
            let token = self.tokens.get()?;
            if token == Token::End {
                return Err(self.unterminated_set(here));
            }
            if token.is(']') && !items.is_empty() {
                break;
            }
            let start = match token {
                Token::Escape(c) => self.class_escape(c)?,
                Token::Char(c) => {
                    let operation = match token.ascii() {
                        '-' => "set difference",
                        '&' => "set intersection",
                        '~' => "set symmetric difference",
                        '|' => "set union",
                        _ => "",
                    };
                    if !operation.is_empty() && !items.is_empty() && self.tokens.next == token {
                        self.warn(operation, self.tokens.tell() - 1);
                    }
                    SetItem::Literal(c)
                }
                Token::End => continue,
            };
            if !self.tokens.accept('-')? {
                items.push(start);
                continue;
            }
            let token_end = self.tokens.get()?;
            if token_end == Token::End {
                return Err(self.unterminated_set(here));
            }
            if token_end.is(']') {
                items.push(start);
                items.push(SetItem::Literal(u32::from(b'-')));
                break;
            }
            let end = match token_end {
                Token::Escape(c) => self.class_escape(c)?,
                Token::Char(c) => {
                    if token_end.is('-') {
                        self.warn("set difference", self.tokens.tell() - 2);
                    }
                    SetItem::Literal(c)
                }
                Token::End => continue,
            };
            match (start, end) {
                (SetItem::Literal(low), SetItem::Literal(high)) if low <= high => {
                    items.push(SetItem::Range(low, high));
                }
                _ => {
                    let mut text = Vec::new();
                    token.append_to(&mut text);
                    text.push(u32::from(b'-'));
                    token_end.append_to(&mut text);
                    let mut message = b"bad character range ".to_vec();
                    self.tokens.quote(&mut message, &text);
                    return Err(self.tokens.error(message, text.len()));
                }
            }
        }
        let items = unique(items);
        Ok(match (items.as_slice(), negated) {
            (&[SetItem::Literal(c)], false) => Node::Literal(c),
            (&[SetItem::Literal(c)], true) => Node::NotLiteral(c),
            _ => Node::Set { negated, items },
        })
    }

    fn unterminated_set(&self, start: usize) -> PatternError {
        PatternError::at("unterminated character set", start)
    }

    fn warn(&mut self, what: &str, position: usize) {
        self.warnings.push(format!("Possible {what} at position {position}"));
    }

    /// An escape inside a set, where anchors and group references mean nothing.
    fn class_escape(&mut self, c: u32) -> Parse<SetItem> {
        if let Some(literal) = control_escape(c) {
            return Ok(SetItem::Literal(literal));
        }
        if let Some(category) = category_escape(c) {
            return Ok(SetItem::Category(category));
        }
        if let Some(literal) = self.code_escape(c)? {
            return Ok(SetItem::Literal(literal));
        }
        let digit = char::from_u32(c).unwrap_or('\0');
        if ('0'..='7').contains(&digit) {
            let text = format!("{digit}{}", self.tokens.get_while(2, is_octal)?);
            let value = u32::from_str_radix(&text, 8).unwrap_or(u32::MAX);
            if value > 0o377 {
                return Err(self.octal_error(&text));
            }
            return Ok(SetItem::Literal(value));
        }
        if digit.is_ascii_alphanumeric() {
            return Err(self.bad_escape(&[c]));
        }
        Ok(SetItem::Literal(c))
    }

    /// An escape outside sets.
    fn escape(&mut self, c: u32) -> Parse<Escaped> {
        let letter = char::from_u32(c).unwrap_or('\0');
        let anchor = match letter {
            'A' => Some(Anchor::StringStart),
            'Z' | 'z' => Some(Anchor::StringEnd),
            'b' => Some(Anchor::Boundary),
            'B' => Some(Anchor::NonBoundary),
            _ => None,
        };
        if let Some(anchor) = anchor {
            return Ok(Escaped::Anchor(anchor));
        }
        if let Some(category) = category_escape(c) {
            return Ok(Escaped::Category(category));
        }
        if let Some(literal) = control_escape(c) {
            return Ok(Escaped::Literal(literal));
        }
        if let Some(literal) = self.code_escape(c)? {
            return Ok(Escaped::Literal(literal));
        }
        if letter == '0' {
            let text = self.tokens.get_while(2, is_octal)?;
            return Ok(Escaped::Literal(u32::from_str_radix(&text, 8).unwrap_or(0)));
        }
        if letter.is_ascii_digit() {
            let mut text = letter.to_string();
            if self.tokens.next.ascii().is_ascii_digit() {
                text.push(self.tokens.get()?.ascii());
                if text.chars().all(is_octal) && is_octal(self.tokens.next.ascii()) {
                    text.push(self.tokens.get()?.ascii());
                    let value = u32::from_str_radix(&text, 8).unwrap_or(u32::MAX);
                    if value > 0o377 {
                        return Err(self.octal_error(&text));
                    }
                    return Ok(Escaped::Literal(value));
                }
            }
            let group: usize = text.parse().unwrap_or(usize::MAX);
            if group >= self.group_widths.len() {
                return Err(self.tokens.error(format!("invalid group reference {group}"), text.len()));
            }
            if self.group_widths[group].is_none() {
                return Err(self.tokens.error("cannot refer to an open group", text.len() + 1));
            }
            self.check_look_behind_group(group)?;
            return Ok(Escaped::Backreference(group as u32));
        }
        if letter.is_ascii_alphabetic() {
            return Err(self.bad_escape(&[c]));
        }
        Ok(Escaped::Literal(c))
    }

    /// `\xhh`, and in text `\uhhhh`, `\Uhhhhhhhh` and `\N{name}`.
    fn code_escape(&mut self, c: u32) -> Parse<Option<u32>> {
        let width = match char::from_u32(c) {
            Some('x') => 2,
            Some('u') if self.tokens.is_text => 4,
            Some('U') if self.tokens.is_text => 8,
            Some('N') if self.tokens.is_text => return self.named_escape().map(Some),
            _ => return Ok(None),
        };
        let digits = self.tokens.get_while(width, |c| c.is_ascii_hexdigit())?;
        let text: Vec<u32> = std::iter::once(c).chain(digits.chars().map(u32::from)).collect();
        if digits.len() != width {
            let mut message = b"incomplete escape \\".to_vec();
            self.tokens.quote(&mut message, &text);
            return Err(self.tokens.error(message, text.len() + 1));
        }
        match u32::from_str_radix(&digits, 16) {
            Ok(value) if value <= 0x10ffff => Ok(Some(value)),
            _ => Err(self.bad_escape(&text)),
        }
    }

    fn named_escape(&mut self) -> Parse<u32> {
        if !self.tokens.accept('{')? {
            return Err(self.tokens.error("missing {", 0));
        }
        let name = self.tokens.get_until('}', "character name")?;
        let text: Option<String> = name.iter().map(|&c| char::from_u32(c)).collect();
        let Some(text) = text else { return Err(self.bad_escape(&[u32::from(b'N')])) };
        match (self.lookup_name)(&text) {
            Some(c) => Ok(c),
            None => {
                let mut message = b"undefined character name ".to_vec();
                super::unicode::push_repr(&mut message, &name, false);
                Err(self.tokens.error(message, name.len() + r"\N{}".len()))
            }
        }
    }

    fn octal_error(&self, digits: &str) -> PatternError {
        let message = format!("octal escape value \\{digits} outside of range 0-0o377");
        self.tokens.error(message, digits.len() + 1)
    }

    fn bad_escape(&self, text: &[u32]) -> PatternError {
        let mut message = b"bad escape \\".to_vec();
        self.tokens.quote(&mut message, text);
        self.tokens.error(message, text.len() + 1)
    }

    fn check_look_behind_group(&self, group: usize) -> Parse<()> {
        let Some(limit) = self.look_behind_groups else { return Ok(()) };
        if self.group_widths.get(group).is_none_or(|width| width.is_none()) {
            return Err(self.tokens.error("cannot refer to an open group", 0));
        }
        if group >= limit {
            let message = "cannot refer to group defined in the same lookbehind subpattern";
            return Err(self.tokens.error(message, 0));
        }
        Ok(())
    }

    /// Everything that begins with `(`, which is consumed. `None` for comments and global flags.
    fn group(&mut self, verbose: &mut bool, nesting: usize, at_start: bool) -> Parse<Option<Node>> {
        let start = self.tokens.tell() - 1;
        let mut name = None;
        let (mut add_flags, mut del_flags) = (0, 0);
        let mut capture = true;
        let mut atomic = false;
        if self.tokens.accept('?')? {
            let token = self.some("unexpected end of pattern")?;
            capture = false;
            match token.ascii() {
                'P' => {
                    if self.tokens.accept('<')? {
                        let text = self.tokens.get_until('>', "group name")?;
                        self.tokens.check_group_name(&text, 1)?;
                        name = Some(text);
                        capture = true;
                    } else if self.tokens.accept('=')? {
                        return self.named_backreference().map(Some);
                    } else {
                        let token = self.some("unexpected end of pattern")?;
                        return Err(self.unknown_extension(b"P", token));
                    }
                }
                ':' => {}
                '#' => loop {
                    if self.tokens.next == Token::End {
                        return Err(PatternError::at("missing ), unterminated comment", start));
                    }
                    if self.tokens.get()?.is(')') {
                        return Ok(None);
                    }
                },
                '=' | '!' => return self.look(token, false, *verbose, nesting, start).map(Some),
                '<' => {
                    let token = self.some("unexpected end of pattern")?;
                    if !matches!(token.ascii(), '=' | '!') {
                        return Err(self.unknown_extension(b"<", token));
                    }
                    return self.look(token, true, *verbose, nesting, start).map(Some);
                }
                '(' => return self.conditional(*verbose, nesting, start).map(Some),
                '>' => atomic = true,
                c if c == '-' || inline_flag(c).is_some() => match self.inline_flags(token)? {
                    None => {
                        if !at_start {
                            let message = "global flags not at the start of the expression";
                            return Err(PatternError::at(message, start));
                        }
                        *verbose = self.flags & VERBOSE != 0;
                        return Ok(None);
                    }
                    Some(flags) => (add_flags, del_flags) = flags,
                },
                _ => return Err(self.unknown_extension(b"", token)),
            }
        }
        let number = if capture { Some(self.open_group(name)?) } else { None };
        let inner_verbose = (*verbose || add_flags & VERBOSE != 0) && del_flags & VERBOSE == 0;
        let body = self.alternation(inner_verbose, nesting + 1)?;
        self.close_parenthesis(start)?;
        if let Some(number) = number {
            self.group_widths[number as usize] = Some((body.min_width, body.max_width));
        }
        Ok(Some(if atomic { Node::Atomic(body) } else { Node::Group { number, add_flags, del_flags, body } }))
    }

    /// The next token, which must exist.
    fn some(&mut self, message: &str) -> Parse<Token> {
        match self.tokens.get()? {
            Token::End => Err(self.tokens.error(message, 0)),
            token => Ok(token),
        }
    }

    fn unknown_extension(&self, prefix: &[u8], token: Token) -> PatternError {
        let mut text = Vec::new();
        token.append_to(&mut text);
        let mut message = b"unknown extension ?".to_vec();
        message.extend_from_slice(prefix);
        self.tokens.quote(&mut message, &text);
        self.tokens.error(message, text.len() + prefix.len() + 1)
    }

    fn close_parenthesis(&mut self, start: usize) -> Parse<()> {
        if self.tokens.accept(')')? {
            return Ok(());
        }
        Err(PatternError::at("missing ), unterminated subpattern", start))
    }

    fn open_group(&mut self, name: Option<Vec<u32>>) -> Parse<u32> {
        let number = self.group_widths.len() as u32;
        self.group_widths.push(None);
        let back = name.as_ref().map_or(0, |name| name.len() + 1);
        if self.group_widths.len() as u64 > MAX_GROUPS {
            return Err(self.tokens.error("too many groups", back));
        }
        if let Some(name) = name {
            if let Some(known) = self.group_number(&name) {
                let mut message = b"redefinition of group name ".to_vec();
                super::unicode::push_repr(&mut message, &name, false);
                message.extend_from_slice(format!(" as group {number}; was group {known}").as_bytes());
                return Err(self.tokens.error(message, back));
            }
            self.group_names.push((name, number));
        }
        Ok(number)
    }

    fn group_number(&self, name: &[u32]) -> Option<u32> {
        self.group_names.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    /// `(?P=name)`, up to the `=` consumed.
    fn named_backreference(&mut self) -> Parse<Node> {
        let name = self.tokens.get_until(')', "group name")?;
        self.tokens.check_group_name(&name, 1)?;
        let Some(group) = self.group_number(&name) else {
            return Err(self.tokens.error(self.tokens.unknown_group(&name), name.len() + 1));
        };
        if self.group_widths[group as usize].is_none() {
            return Err(self.tokens.error("cannot refer to an open group", name.len() + 1));
        }
        self.check_look_behind_group(group as usize)?;
        Ok(Node::Backreference(group))
    }

    /// `(?=...)`, `(?!...)`, `(?<=...)`, `(?<!...)`; `kind` is the `=` or `!`, consumed.
    fn look(
        &mut self,
        kind: Token,
        behind: bool,
        verbose: bool,
        nesting: usize,
        start: usize,
    ) -> Parse<Node> {
        let outermost = behind && self.look_behind_groups.is_none();
        if outermost {
            self.look_behind_groups = Some(self.group_widths.len());
        }
        let body = self.alternation(verbose, nesting + 1)?;
        if outermost {
            self.look_behind_groups = None;
        }
        self.close_parenthesis(start)?;
        let negated = kind.is('!');
        if negated && body.nodes.is_empty() {
            return Ok(Node::Failure);
        }
        Ok(Node::Look { behind, negated, body })
    }

    /// `(?(group)yes|no)`, up to the second `(` consumed.
    fn conditional(&mut self, verbose: bool, nesting: usize, start: usize) -> Parse<Node> {
        if nesting >= MAX_NESTING {
            return Err(PatternError::plain(ErrorKind::Recursion, "maximum recursion depth exceeded"));
        }
        let name = self.tokens.get_until(')', "group name")?;
        let back = name.len() + 1;
        let group = if is_number(&name) {
            let group = parse_number(&name)?;
            if group == 0 {
                return Err(self.tokens.error("bad group number", back));
            }
            if group >= MAX_GROUPS {
                let message = format!("invalid group reference {}", shown_number(&name));
                return Err(self.tokens.error(message, back));
            }
            if !self.conditional_groups.iter().any(|(known, _)| *known == group) {
                self.conditional_groups.push((group, self.tokens.tell() - back));
            }
            group as u32
        } else {
            self.tokens.check_group_name(&name, 1)?;
            match self.group_number(&name) {
                Some(group) => group,
                None => return Err(self.tokens.error(self.tokens.unknown_group(&name), back)),
            }
        };
        self.check_look_behind_group(group as usize)?;
        let yes = self.concatenation(verbose, nesting + 1, false)?;
        let yes = self.sequence(yes);
        let mut no = None;
        if self.tokens.accept('|')? {
            let nodes = self.concatenation(verbose, nesting + 1, false)?;
            no = Some(self.sequence(nodes));
            if self.tokens.next.is('|') {
                return Err(self.tokens.error("conditional backref with more than two branches", 0));
            }
        }
        self.close_parenthesis(start)?;
        Ok(Node::Conditional { group, yes, no })
    }

    /// Flags after `(?`, of which the first token is consumed. `None`: they were global and are set.
    fn inline_flags(&mut self, first: Token) -> Parse<Option<(u32, u32)>> {
        let (mut add_flags, mut del_flags) = (0, 0);
        let mut token = first;
        if !token.is('-') {
            while let Some(flag) = inline_flag(token.ascii()) {
                if flag == LOCALE && self.tokens.is_text {
                    return Err(self.bad_flags("cannot use 'L' flag with a str pattern", 0));
                }
                if flag == UNICODE && !self.tokens.is_text {
                    return Err(self.bad_flags("cannot use 'u' flag with a bytes pattern", 0));
                }
                add_flags |= flag;
                if flag & TYPE_FLAGS != 0 && add_flags & TYPE_FLAGS != flag {
                    return Err(self.bad_flags("flags 'a', 'u' and 'L' are incompatible", 0));
                }
                token = self.next_flag("missing -, : or )", ")-:")?;
            }
        }
        if token.is(')') {
            self.flags |= add_flags;
            return Ok(None);
        }
        if token.is('-') {
            token = self.some("missing flag")?;
            if inline_flag(token.ascii()).is_none() {
                return Err(self.unknown_flag(token, "missing flag"));
            }
            while let Some(flag) = inline_flag(token.ascii()) {
                if flag & TYPE_FLAGS != 0 {
                    return Err(self.bad_flags("cannot turn off flags 'a', 'u' and 'L'", 0));
                }
                del_flags |= flag;
                token = self.next_flag("missing :", ":")?;
            }
        }
        if add_flags & del_flags != 0 {
            return Err(self.bad_flags("flag turned on and off", 1));
        }
        Ok(Some((add_flags, del_flags)))
    }

    /// The next token of a flag list: a flag or one of `ends`.
    fn next_flag(&mut self, missing: &str, ends: &str) -> Parse<Token> {
        let token = self.some(missing)?;
        let c = token.ascii();
        if c != '\0' && (ends.contains(c) || inline_flag(c).is_some()) {
            return Ok(token);
        }
        Err(self.unknown_flag(token, missing))
    }

    fn unknown_flag(&self, token: Token, missing: &str) -> PatternError {
        let letter = matches!(token, Token::Char(c) if is_alpha(c));
        self.tokens.error(if letter { "unknown flag" } else { missing }, token.len())
    }

    fn bad_flags(&self, what: &str, back: usize) -> PatternError {
        self.tokens.error(format!("bad inline flags: {what}"), back)
    }
}

fn is_octal(c: char) -> bool {
    ('0'..='7').contains(&c)
}

/// Escapes that stand for a control character, and the backslash.
pub fn control_escape(c: u32) -> Option<u32> {
    Some(match char::from_u32(c)? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'v' => 0x0b,
        '\\' => 0x5c,
        _ => return None,
    })
}

fn category_escape(c: u32) -> Option<Category> {
    let letter = char::from_u32(c)?;
    let class = match letter.to_ascii_lowercase() {
        'd' => Class::Digit,
        's' => Class::Space,
        'w' => Class::Word,
        _ => return None,
    };
    Some(Category { class, negated: letter.is_ascii_uppercase() })
}

fn repeat_number(digits: &[u32]) -> Parse<u32> {
    match u32::try_from(parse_number(digits)?) {
        Ok(number) if number < MAX_REPEAT => Ok(number),
        _ => Err(PatternError::plain(ErrorKind::Overflow, "the repetition number is too large")),
    }
}

fn unique(items: Vec<SetItem>) -> Vec<SetItem> {
    let mut literals = std::collections::HashSet::new();
    let mut out: Vec<SetItem> = Vec::with_capacity(items.len());
    for item in items {
        let new = match item {
            SetItem::Literal(low) => literals.insert((low, u32::MAX)),
            SetItem::Range(low, high) => literals.insert((low, high)),
            SetItem::Category(_) => !out.contains(&item),
        };
        if new {
            out.push(item);
        }
    }
    out
}

/// Removes the leaves all alternatives begin with and returns them.
fn common_prefix(items: &mut [Vec<Node>]) -> Vec<Node> {
    let shared = (0..)
        .take_while(|&index| {
            let first = items[0].get(index);
            first.is_some_and(|first| {
                items[1..].iter().all(|item| item.get(index).is_some_and(|node| node.same_leaf(first)))
            })
        })
        .count();
    let mut prefix = Vec::new();
    for item in items {
        prefix = item.drain(..shared).collect();
    }
    prefix
}

/// Alternatives that are all one literal or plain set each, as one set.
fn as_single_set(items: &[Vec<Node>]) -> Option<Node> {
    let mut set = Vec::new();
    for item in items {
        match item.as_slice() {
            [Node::Literal(c)] => set.push(SetItem::Literal(*c)),
            [Node::Set { negated: false, items }] => set.extend_from_slice(items),
            _ => return None,
        }
    }
    Some(Node::Set { negated: false, items: unique(set) })
}

/// Puts the contents of groups that neither capture nor change flags in their place.
fn inline_plain_groups(nodes: Vec<Node>) -> Vec<Node> {
    let plain = |node: &Node| matches!(node, Node::Group { number: None, add_flags: 0, del_flags: 0, .. });
    if !nodes.iter().any(plain) {
        return nodes;
    }
    let mut out = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Group { number: None, add_flags: 0, del_flags: 0, body } => out.extend(body.nodes),
            node => out.push(node),
        }
    }
    out
}
