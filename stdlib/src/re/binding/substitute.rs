//! `sub`: templates and replacing.

use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

use super::super::{Piece, code_points, parse_template};
use super::matched::MatchObject;
use super::pattern::{PatternObject, Region, for_each_match};
use super::subject::Subject;

/// A replacement template.
pub struct Template {
    pieces: Vec<Piece>,
    is_text: bool,
}

impl Template {
    /// Parses a template for the groups of a pattern.
    pub fn of(vm: &Vm, pattern: &Gc<PatternObject>, template: &Value) -> PyResult<Template> {
        let Some(subject) = Subject::of(vm, template)? else {
            let found = vm.type_name(template);
            return vm
                .raise(Exc::TypeError, format!("decoding to str: need a bytes-like object, {found} found"));
        };
        let is_text = subject.is_text();
        if !subject.bytes().contains(&b'\\') {
            let pieces = vec![Piece::Literal(subject.bytes().to_vec())];
            return Ok(Template { pieces, is_text });
        }
        let compiled = &pattern.compiled;
        let source = code_points(subject.bytes(), is_text);
        let group_number = |name: &[u32]| compiled.group_number(name);
        match parse_template(&source, is_text, compiled.groups(), &group_number) {
            Ok(pieces) => Ok(Template { pieces, is_text }),
            Err(error) => super::raise(vm, &error, template),
        }
    }

    /// Appends the template with the texts of the groups.
    ///
    /// # Errors
    /// TypeError if template and text are of different kinds. `item` is the number of this piece of the result.
    fn append(
        &self,
        vm: &Vm,
        out: &mut Vec<u8>,
        subject: &Subject,
        item: usize,
        span: impl Fn(u32) -> Option<(usize, usize)>,
    ) -> PyResult<()> {
        if self.is_text != subject.is_text() {
            // A template with groups is joined by itself, and its own type decides which side is wrong.
            let mixed = self.pieces.iter().position(|piece| matches!(piece, Piece::Group(_)));
            return match mixed {
                Some(at) => raise_mixed(vm, self.is_text, at, type_name(subject.is_text())),
                None => raise_mixed(vm, subject.is_text(), item, type_name(self.is_text)),
            };
        }
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.extend_from_slice(text),
                Piece::Group(group) => {
                    if let Some((from, to)) = span(*group) {
                        out.extend_from_slice(&subject.bytes()[from..to]);
                    }
                }
            }
        }
        Ok(())
    }

    /// The template as an object, for `expand`.
    pub fn expand(
        &self,
        vm: &Vm,
        subject: &Subject,
        span: impl Fn(u32) -> Option<(usize, usize)>,
    ) -> PyResult {
        let mut out = Vec::new();
        self.append(vm, &mut out, subject, 0, span)?;
        Ok(subject.make(&out))
    }
}

fn type_name(is_text: bool) -> &'static str {
    if is_text { "str" } else { "bytes" }
}

#[cold]
fn raise_mixed<T>(vm: &Vm, is_text: bool, item: usize, found: &str) -> PyResult<T> {
    let expected = if is_text { "str instance" } else { "a bytes-like object" };
    vm.raise(Exc::TypeError, format!("sequence item {item}: expected {expected}, {found} found"))
}

/// What a match is replaced by.
enum Replacement<'r> {
    Template(Template),
    Call(&'r Value),
}

/// Replaces up to `limit` matches (all for 0): the text and the number of replacements.
pub fn substitute(
    vm: &Vm,
    pattern: &Gc<PatternObject>,
    repl: &Value,
    string: &Value,
    limit: i64,
) -> PyResult<(Value, usize)> {
    let replacement = if vm.is_callable(repl) {
        Replacement::Call(repl)
    } else {
        Replacement::Template(Template::of(vm, pattern, repl)?)
    };
    let subject = Subject::for_pattern(vm, string, pattern.compiled.is_text)?;
    let bytes = subject.bytes();
    let mut out = Vec::new();
    // `items` counts the pieces as CPython's list of them, for its messages.
    let (mut last, mut count, mut items) = (0, 0, 0);
    if limit >= 0 {
        let whole =
            Region { subject: subject.clone(), pos: 0, endpos: usize::MAX, from: 0, end: bytes.len() };
        for_each_match(vm, pattern, &subject, |run| {
            let (from, to) = run.span();
            if last < from {
                out.extend_from_slice(&bytes[last..from]);
                items += 1;
            }
            match &replacement {
                Replacement::Template(template) => {
                    template.append(vm, &mut out, &subject, items, |group| run.scratch.group(group))?;
                    items += 1;
                }
                Replacement::Call(function) => {
                    let found = MatchObject::make(vm, pattern, string, &whole, &run.scratch);
                    let made = vm.call(function, &[found])?;
                    if !made.is_none() {
                        match Subject::of(vm, &made)? {
                            Some(text) if text.is_text() == subject.is_text() => {
                                out.extend_from_slice(text.bytes());
                            }
                            _ => return raise_mixed(vm, subject.is_text(), items, &vm.type_name(&made)),
                        }
                        items += 1;
                    }
                }
            }
            last = to;
            count += 1;
            Ok(count as i64 != limit)
        })?;
    }
    if count == 0 {
        return Ok((subject.slice(0, bytes.len()), 0));
    }
    out.extend_from_slice(&bytes[last..]);
    Ok((subject.make(&out), count))
}
