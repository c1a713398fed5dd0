//! The syntax tree of a pattern.

/// A class escape: `\d`, `\s`, `\w` and their complements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Category {
    pub class: Class,
    pub negated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Digit,
    Space,
    Word,
}

/// One member of a character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetItem {
    Literal(u32),
    Range(u32, u32),
    Category(Category),
}

/// A place that matches without consuming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// `^`
    Beginning,
    /// `$`
    End,
    /// `\A`
    StringStart,
    /// `\Z` and `\z`
    StringEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NonBoundary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// One item of a sequence. Only nodes without a sub-pattern are ever compared.
#[derive(Clone, Debug)]
pub enum Node {
    Literal(u32),
    NotLiteral(u32),
    /// `.`
    Any,
    Set {
        negated: bool,
        items: Vec<SetItem>,
    },
    Branch(Vec<Sequence>),
    /// `max` is `MAX_REPEAT` for no limit.
    Repeat {
        greed: Greed,
        min: u32,
        max: u32,
        body: Sequence,
    },
    /// A group, capturing if it has a number, with the flags it turns on and off.
    Group {
        number: Option<u32>,
        add_flags: u32,
        del_flags: u32,
        body: Sequence,
    },
    Atomic(Sequence),
    Look {
        behind: bool,
        negated: bool,
        body: Sequence,
    },
    Anchor(Anchor),
    Backreference(u32),
    /// `(?(1)yes|no)`
    Conditional {
        group: u32,
        yes: Sequence,
        no: Option<Sequence>,
    },
    /// `(?!)`: matches nowhere.
    Failure,
}

/// The limit of repetition numbers; as a maximum it stands for "no limit".
pub const MAX_REPEAT: u32 = u32::MAX;
/// Larger than every width that matters.
pub const MAX_WIDTH: u128 = 1 << 64;

/// A concatenation with the number of code points it can match.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    pub nodes: Vec<Node>,
    pub min_width: u128,
    pub max_width: u128,
}

impl Sequence {
    /// Makes a sequence; `group_widths` holds the widths of the groups closed so far.
    pub fn new(nodes: Vec<Node>, group_widths: &[Option<(u128, u128)>]) -> Self {
        let (mut min, mut max) = (0_u128, 0_u128);
        for node in &nodes {
            let (low, high) = node.width(group_widths);
            min = min.saturating_add(low);
            max = max.saturating_add(high);
        }
        Sequence { nodes, min_width: min.min(MAX_WIDTH), max_width: max.min(MAX_WIDTH) }
    }

    /// Whether it is a single item that always matches exactly one code point.
    pub fn single(&self) -> Option<&Node> {
        match self.nodes.as_slice() {
            [Node::Group { number: None, add_flags: 0, del_flags: 0, body }] => body.single(),
            [node @ (Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. })] => Some(node),
            _ => None,
        }
    }
}

impl Node {
    fn width(&self, group_widths: &[Option<(u128, u128)>]) -> (u128, u128) {
        match self {
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. } => (1, 1),
            Node::Branch(items) => items
                .iter()
                .fold((MAX_WIDTH, 0), |(min, max), item| (min.min(item.min_width), max.max(item.max_width))),
            Node::Repeat { min, max, body, .. } => {
                let high = if *max == MAX_REPEAT && body.max_width > 0 {
                    MAX_WIDTH
                } else {
                    body.max_width.saturating_mul(u128::from(*max))
                };
                (body.min_width.saturating_mul(u128::from(*min)), high)
            }
            Node::Group { body, .. } | Node::Atomic(body) => (body.min_width, body.max_width),
            Node::Backreference(group) => {
                group_widths.get(*group as usize).copied().flatten().unwrap_or((0, MAX_WIDTH))
            }
            Node::Conditional { yes, no, .. } => match no {
                Some(no) => (yes.min_width.min(no.min_width), yes.max_width.max(no.max_width)),
                None => (0, yes.max_width),
            },
            Node::Look { .. } | Node::Anchor(_) | Node::Failure => (0, 0),
        }
    }

    /// Equality of nodes without sub-patterns; anything else differs from everything.
    pub fn same_leaf(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Literal(a), Node::Literal(b)) | (Node::NotLiteral(a), Node::NotLiteral(b)) => a == b,
            (Node::Backreference(a), Node::Backreference(b)) => a == b,
            (Node::Any, Node::Any) | (Node::Failure, Node::Failure) => true,
            (Node::Anchor(a), Node::Anchor(b)) => a == b,
            (Node::Set { negated: n, items: a }, Node::Set { negated: m, items: b }) => n == m && a == b,
            _ => false,
        }
    }
}
