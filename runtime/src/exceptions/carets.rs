//! The source lines of a traceback entry with their `~~~^^^` markers: the rules of CPython's `traceback` module.
//!
//! Knows no value: source text and a position go in, lines come out. Columns inside are code points; what is printed counts terminal columns.

use ouro_lang::ast::{Expr, ExprKind, Module, Span, StmtKind};
use ouro_lang::code::Position;
use ouro_lang::parser::{self, Mode, ParseOptions, ParsedModule};

use crate::text::unicode;

/// Part of the segment that is marked with `^`, the rest with `~`: from (line, column) to (line, column), lines counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchors {
    start: (usize, usize),
    end: (usize, usize),
}

/// A source line, or what stands for several, and the markers under it.
pub struct Row {
    pub text: String,
    pub marks: Option<String>,
}

/// The rows of an entry: the source lines of `position` (`lines` holds exactly these, trailing blanks removed) and markers
/// under them, without indentation or line ends.
pub fn source_rows(lines: &[String], position: Position) -> Vec<Row> {
    let own_margin = margin(lines);
    let dedented: Vec<String> = lines.iter().map(|line| without_margin(line, own_margin)).collect();
    if dedented.iter().all(|line| line.trim().is_empty()) || dedented.is_empty() {
        return Vec::new();
    }
    let lines: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
    let all: Vec<Vec<char>> = dedented.iter().map(|line| line.chars().collect()).collect();
    let last = all.len() - 1;
    // How much dedenting took from the first line.
    let removed = lines[0].len() - all[0].len();
    let start = char_offset(&lines[0], position.column as usize).saturating_sub(removed);
    let end = char_offset(&lines[last], position.end_column as usize).saturating_sub(removed);
    let start_column = display_width(&all[0][..start.min(all[0].len())]);
    let end_column = display_width(&all[last][..end.min(all[last].len())]);

    let anchors = segment(&all, start, end).and_then(|segment| find_anchors(&segment));
    let show_carets = should_show_carets(&all, start, end, anchors.is_some());
    let mut significant = vec![0, last];
    // Columns of the part marked with `^`, in the terminal.
    let mut marked = None;
    if let Some(Anchors { start: from, end: to }) = anchors {
        let column = |(line, column): (usize, usize)| {
            let column = if line == 0 { column + start } else { column };
            display_width(&all[line][..column.min(all[line].len())])
        };
        marked = Some(((from.0, column(from)), (to.0, column(to))));
        for line in [from.0, to.0] {
            significant.extend([line.wrapping_sub(1), line, line + 1]);
        }
    }
    significant.retain(|&line| line <= last);
    significant.sort_unstable();
    significant.dedup();

    let mut rows = Vec::new();
    let row = |line: usize| {
        let text = all[line].iter().collect();
        if !show_carets {
            return Row { text, marks: None };
        }
        let blanks = all[line].iter().take_while(|c| c.is_whitespace()).count();
        let n_carets = if line == last { end_column } else { display_width(&all[line]) };
        let caret = |column: usize| {
            if column < blanks || line == 0 && column < start_column {
                return ' ';
            }
            match marked {
                Some((from, to)) if (line, column) >= from && (line, column) < to => '^',
                Some(_) => '~',
                None => '^',
            }
        };
        Row { text, marks: Some((0..n_carets).map(caret).collect()) }
    };
    for (index, &line) in significant.iter().enumerate() {
        if index > 0 {
            match line - significant[index - 1] {
                2 => rows.push(row(line - 1)),
                gap @ 3.. => rows.push(Row { text: format!("...<{} lines>...", gap - 1), marks: None }),
                _ => {}
            }
        }
        rows.push(row(line));
    }
    // Carets of a later line may stand further left than the code.
    let margin = margin(rows.iter().flat_map(|row| std::iter::once(&row.text).chain(&row.marks)));
    for row in &mut rows {
        row.text = without_margin(&row.text, margin);
        row.marks = row.marks.as_deref().map(|marks| without_margin(marks, margin));
    }
    rows
}

/// How many blanks all lines begin with that are not blank altogether.
fn margin<'a>(lines: impl IntoIterator<Item = &'a String>) -> usize {
    let filled: Vec<&String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    let blanks = |line: &str| line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    // What the first and the last in order share, all do.
    let (Some(first), Some(last)) = (filled.iter().min(), filled.iter().max()) else { return 0 };
    let common = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    common.min(blanks(first))
}

fn without_margin(line: &str, margin: usize) -> String {
    if line.trim().is_empty() { String::new() } else { line[margin..].to_string() }
}

/// Code points in the first `offset` bytes of a line.
fn char_offset(line: &[char], offset: usize) -> usize {
    let mut bytes = 0;
    line.iter()
        .take_while(|c| {
            bytes += c.len_utf8();
            bytes <= offset
        })
        .count()
}

/// Terminal columns that text takes.
fn display_width(text: &[char]) -> usize {
    text.iter().copied().map(char_width).sum()
}

/// Terminal columns that a character takes.
pub fn char_width(c: char) -> usize {
    let is_wide = !c.is_ascii() && matches!(unicode::east_asian_width(c as u32), "W" | "F");
    if is_wide { 2 } else { 1 }
}

/// The lines of exactly the code that the position covers.
fn segment(lines: &[Vec<char>], start: usize, end: usize) -> Option<Vec<Vec<char>>> {
    let mut segment = lines.to_vec();
    let last = segment.len() - 1;
    segment[last].truncate(end);
    let first = &mut segment[0];
    if start > first.len() {
        return None;
    }
    drop(first.drain(..start));
    Some(segment)
}

fn parse(text: &str) -> Option<ParsedModule> {
    parser::parse(text, ParseOptions::new(Mode::Exec)).ok()
}

/// The operator of a binary operation, the brackets of a subscript or call, if the segment is one.
fn find_anchors(segment: &[Vec<char>]) -> Option<Anchors> {
    let text: Vec<String> = segment.iter().map(|line| line.iter().collect()).collect();
    // In parentheses, lines need not end where statements do.
    let parsed = parse(&format!("(\n{}\n)", text.join("\n")))?;
    let Module::Module { body } = &parsed.module else { return None };
    let [statement] = body.as_slice() else { return None };
    let StmtKind::Expr { value } = &statement.kind else { return None };
    let search = Search { lines: segment, parsed: &parsed };
    match &value.kind {
        ExprKind::BinOp { left, right, .. } => search.operator(left, right),
        ExprKind::Subscript { value: container, .. } => search.brackets(container, value, '['),
        ExprKind::Call { func, .. } => search.brackets(func, value, '('),
        _ => None,
    }
}

/// A position in the segment: line and column, both from 0.
type At = (usize, usize);

struct Search<'a> {
    lines: &'a [Vec<char>],
    parsed: &'a ParsedModule,
}

impl Search<'_> {
    /// Where an offset of the parsed text lies in the segment, whose first line is its second.
    fn place(&self, offset: u32) -> Option<At> {
        let line = (self.parsed.source.line(offset) as usize).checked_sub(2)?;
        Some((line, char_offset(self.lines.get(line)?, self.parsed.source.byte_column(offset) as usize)))
    }

    fn end(&self, span: Span) -> Option<At> {
        self.place(span.end)
    }

    /// The same position, or the next that has a character.
    fn valid(&self, (mut line, mut column): At) -> Option<At> {
        while column >= self.lines.get(line)?.len() {
            column = 0;
            line += 1;
        }
        Some((line, column))
    }

    /// The next character that is wanted, skipping comments and line continuations.
    fn find(&self, from: At, wanted: impl Fn(char) -> bool) -> Option<At> {
        let mut at = self.valid(from)?;
        loop {
            let c = self.lines[at.0][at.1];
            if matches!(c, '\\' | '#') {
                at = self.valid((at.0 + 1, 0))?;
            } else if wanted(c) {
                return Some(at);
            } else {
                at = self.valid((at.0, at.1 + 1))?;
            }
        }
    }

    fn operator(&self, left: &Expr, right: &Expr) -> Option<Anchors> {
        let start = self.find(self.end(left.span)?, |c| !c.is_whitespace() && c != ')')?;
        let (line, mut column) = (start.0, start.1 + 1);
        let right = self.place(right.span.start)?;
        // Operators are one or two characters.
        let second = self.lines[line].get(column);
        if second.is_some_and(|c| !c.is_whitespace() && !matches!(c, '\\' | '#')) && (line, column) < right {
            column += 1;
        }
        Some(Anchors { start, end: (line, column) })
    }

    fn brackets(&self, before: &Expr, whole: &Expr, bracket: char) -> Option<Anchors> {
        let start = self.find(self.end(before.span)?, |c| c == bracket)?;
        Some(Anchors { start, end: self.end(whole.span)? })
    }
}

/// No carets where they would mark whole lines, unless something in them stands out.
fn should_show_carets(lines: &[Vec<char>], start: usize, end: usize, has_anchors: bool) -> bool {
    let text: Vec<String> = lines.iter().map(|line| line.iter().collect()).collect();
    if let Some(parsed) = parse(&text.join("\n")) {
        let Module::Module { body } = &parsed.module else { return false };
        let Some(statement) = body.first() else { return false };
        let call = match &statement.kind {
            StmtKind::Return { value: Some(value) } => {
                Some(value).filter(|value| is_call(value, |func| matches!(func.kind, ExprKind::Name { .. })))
            }
            StmtKind::Assign { targets, value }
                if matches!(targets.as_slice(), [Expr { kind: ExprKind::Name { .. }, .. }]) =>
            {
                Some(value).filter(|value| is_call(value, |_| true))
            }
            _ => None,
        };
        if let Some(call) = call {
            let source = &parsed.source;
            let covers = source.line(call.span.start) == 1
                && source.line(call.span.end) as usize == lines.len()
                && source.byte_column(call.span.start) as usize == start
                && source.byte_column(call.span.end) as usize == end;
            if covers {
                return false;
            }
        }
    }
    let filled = |text: &[char]| text.iter().any(|c| !c.is_whitespace());
    let last = &lines[lines.len() - 1];
    has_anchors || filled(&lines[0][..start.min(lines[0].len())]) || filled(&last[end.min(last.len())..])
}

fn is_call(value: &Expr, func_is: impl Fn(&Expr) -> bool) -> bool {
    matches!(&value.kind, ExprKind::Call { func, .. } if func_is(func))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks `part`, which is in `source` once.
    fn rows(source: &str, part: &str) -> String {
        let at = source.find(part).unwrap();
        let (before, through) = (&source[..at], &source[..at + part.len()]);
        let column = |text: &str| (text.len() - text.rfind('\n').map_or(0, |at| at + 1)) as u32;
        let line = |text: &str| text.matches('\n').count();
        let position = Position { line: 1, end_line: 1, column: column(before), end_column: column(through) };
        let lines: Vec<String> = source.lines().map(|line| line.trim_end().to_string()).collect();
        let rows = source_rows(&lines[line(before)..=line(through)], position);
        let lines = rows.into_iter().flat_map(|row| [Some(row.text), row.marks]).flatten();
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn marks_operators_calls_and_subscripts() {
        for (source, part, want) in [
            ("    x = a + b", "a + b", "x = a + b\n    ~~^~~"),
            ("f(1)(2)", "f(1)(2)", "f(1)(2)\n~~~~^^^"),
            ("print(a[0] )", "a[0]", "print(a[0] )\n      ~^^^"),
            ("raise ValueError", "raise ValueError", "raise ValueError"),
            ("x = f(1)", "f(1)", "x = f(1)"),
            ("x.y = f(1)", "f(1)", "x.y = f(1)\n      ~^^^"),
            ("return o.m(1)", "o.m(1)", "return o.m(1)\n       ~~~^^^"),
            ("return m(1)", "m(1)", "return m(1)"),
            ("a.b.c", "a.b", "a.b.c\n^^^"),
            ("é = \"日本\"; return é + 1", "é + 1", "é = \"日本\"; return é + 1\n                   ~~^~~"),
            ("  (1\n   + 2 // x)", "1\n   + 2 // x", "(1\n ~\n + 2 // x)\n ^~~~~~~~"),
        ] {
            assert_eq!(rows(source, part), want, "{source:?}");
        }
    }

    #[test]
    fn long_calls_are_abbreviated() {
        let source = "x = f(\n    1,\n    2,\n    3,\n    4,\n) + 1";
        let want = "x = f(\n    ~^\n    1,\n    ^^\n...<2 lines>...\n    4,\n    ^^\n) + 1\n^";
        assert_eq!(rows(source, "f(\n    1,\n    2,\n    3,\n    4,\n)"), want);
    }
}
