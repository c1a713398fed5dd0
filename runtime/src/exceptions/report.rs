//! An exception as CPython prints it: traceback, message, notes, what it was raised from, groups in indented boxes.

use std::collections::HashSet;

use super::paint::{Paint, Part};
use super::suggestions;
use super::traceback::{self, Entry, Sources, attribute};
use crate::class::Type;
use crate::objects::exception::{Exception, group};
use crate::objects::int;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

const MAX_GROUP_WIDTH: usize = 15;
const MAX_GROUP_DEPTH: usize = 10;
const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// One exception of a report, its text taken down; links are indexes.
struct Node {
    exception: Gc<Exception>,
    stack: Vec<String>,
    /// The last lines: class, message, notes. Each with its line end.
    last_lines: Vec<Vec<u8>>,
    cause: Option<usize>,
    context: Option<usize>,
    members: Option<Vec<usize>>,
}

/// The whole report as WTF-8 text.
pub fn format_exception(vm: &Vm, exception: &Gc<Exception>, paint: Paint) -> Vec<u8> {
    let (seen, sources) = (HashSet::new(), Sources::default());
    let mut builder = Builder { vm, nodes: Vec::new(), seen, sources, paint };
    builder.build(exception);
    let mut printer = Printer { nodes: &builder.nodes, out: Vec::new(), depth: 0, need_close: false };
    printer.print(0);
    printer.out
}

struct Builder<'a> {
    vm: &'a Vm,
    nodes: Vec<Node>,
    /// Exceptions already in the report, so that cycles end.
    seen: HashSet<u64>,
    sources: Sources,
    paint: Paint,
}

impl Builder<'_> {
    fn build(&mut self, exception: &Gc<Exception>) {
        let mut open = vec![self.add(exception)];
        while let Some(at) = open.pop() {
            let exception = self.nodes[at].exception.clone();
            let unseen = |this: &Self, other: &Gc<Exception>| !this.seen.contains(&other.as_value().id());
            let cause = exception.cause().and_then(|cause| cause.into_gc::<Exception>().ok());
            let cause = cause.filter(|cause| unseen(self, cause)).map(|cause| self.add(&cause));
            let context = exception.context().filter(|context| {
                cause.is_none() && !exception.suppress_context.get() && unseen(self, context)
            });
            let context = context.map(|context| self.add(&context));
            let members = group::is_group(&exception).then(|| {
                group::members(&exception).iter().map(|member| self.add(member)).collect::<Vec<_>>()
            });
            open.extend(cause);
            open.extend(context);
            open.extend(members.iter().flatten());
            let node = &mut self.nodes[at];
            (node.cause, node.context, node.members) = (cause, context, members);
        }
    }

    fn add(&mut self, exception: &Gc<Exception>) -> usize {
        self.seen.insert(exception.as_value().id());
        let entries = traceback::entries(self.vm, exception.traceback().as_ref());
        let stack = traceback::format_entries(self.vm, &entries, &mut self.sources, true, self.paint);
        let last_lines = last_lines(self.vm, exception, &entries, &mut self.sources, self.paint);
        let node = Node {
            exception: exception.clone(),
            stack,
            last_lines,
            cause: None,
            context: None,
            members: None,
        };
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

struct Printer<'a> {
    nodes: &'a [Node],
    out: Vec<u8>,
    /// Levels of groups around what is printed.
    depth: usize,
    need_close: bool,
}

impl Printer<'_> {
    fn indent(&self) -> String {
        "  ".repeat(self.depth)
    }

    /// Adds text of whole lines, inside a group behind its margin.
    fn emit(&mut self, text: &[u8], margin: char) {
        if self.depth == 0 {
            self.out.extend_from_slice(text);
            return;
        }
        let prefix = format!("{}{margin} ", self.indent());
        for line in text.split_inclusive(|&b| b == b'\n') {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(line);
        }
    }

    /// An exception after those it was raised from.
    fn print(&mut self, first: usize) {
        let mut chain = Vec::new();
        let mut next = Some(first);
        while let Some(at) = next {
            let node = &self.nodes[at];
            let (message, before) = match (node.cause, node.context) {
                (Some(cause), _) => (Some(CAUSE), Some(cause)),
                (None, Some(context)) => (Some(CONTEXT), Some(context)),
                (None, None) => (None, None),
            };
            chain.push((message, at));
            next = before;
        }
        for (message, at) in chain.into_iter().rev() {
            if let Some(message) = message {
                self.emit(message.as_bytes(), '|');
            }
            self.print_one(at);
        }
    }

    fn print_one(&mut self, at: usize) {
        let nodes = self.nodes;
        let node = &nodes[at];
        let Some(members) = &node.members else {
            if !node.stack.is_empty() {
                self.emit(b"Traceback (most recent call last):\n", '|');
                node.stack.iter().for_each(|text| self.emit(text.as_bytes(), '|'));
            }
            node.last_lines.iter().for_each(|line| self.emit(line, '|'));
            return;
        };
        if self.depth > MAX_GROUP_DEPTH {
            self.emit(format!("... (max_group_depth is {MAX_GROUP_DEPTH})\n").as_bytes(), '|');
            return;
        }
        let is_top = self.depth == 0;
        self.depth += is_top as usize;
        if !node.stack.is_empty() {
            self.emit(
                b"Exception Group Traceback (most recent call last):\n",
                if is_top { '+' } else { '|' },
            );
            node.stack.iter().for_each(|text| self.emit(text.as_bytes(), '|'));
        }
        node.last_lines.iter().for_each(|line| self.emit(line, '|'));
        let n_boxes = members.len().min(MAX_GROUP_WIDTH + 1);
        self.need_close = false;
        for (index, &member) in members.iter().take(n_boxes).enumerate() {
            let is_last = index + 1 == n_boxes;
            if is_last {
                // An inner group may close this box along with its own.
                self.need_close = true;
            }
            let is_cut = index >= MAX_GROUP_WIDTH;
            let title = if is_cut { "...".to_string() } else { (index + 1).to_string() };
            let corner = if index == 0 { "+-" } else { "  " };
            let line = format!("{}{corner}+---------------- {title} ----------------\n", self.indent());
            self.out.extend_from_slice(line.as_bytes());
            self.depth += 1;
            if is_cut {
                let more = members.len() - MAX_GROUP_WIDTH;
                let plural = if more > 1 { "s" } else { "" };
                self.emit(format!("and {more} more exception{plural}\n").as_bytes(), '|');
            } else {
                self.print(member);
            }
            if is_last && self.need_close {
                let line = format!("{}+------------------------------------\n", self.indent());
                self.out.extend_from_slice(line.as_bytes());
                self.need_close = false;
            }
            self.depth -= 1;
        }
        self.depth -= is_top as usize;
    }
}

/// Gives `other` where the result is an error, which is dropped.
fn or_else<T>(vm: &Vm, result: PyResult<T>, other: impl FnOnce() -> T) -> T {
    result.unwrap_or_else(|raised| {
        drop(vm.take_raised(raised));
        other()
    })
}

/// `str(value)` or what stands for it.
fn safe_str(vm: &Vm, value: &Value, what: &str) -> Vec<u8> {
    let text = vm.str(value).map(|text| text.as_bytes().to_vec());
    or_else(vm, text, || format!("<{what} str() failed>").into())
}

fn safe_repr(vm: &Vm, value: &Value, what: &str) -> Vec<u8> {
    let text = vm.repr(value).map(|text| text.as_bytes().to_vec());
    or_else(vm, text, || format!("<{what} repr() failed>").into())
}

/// The class's name as reports show it: with module, unless that is obvious.
pub(super) fn class_name(vm: &Vm, class: &Gc<Type>) -> Vec<u8> {
    let qualname = class.qualname.borrow().clone();
    match class.module_text(vm) {
        Some(module) if module != "__main__" && module != "builtins" => {
            [module.as_bytes(), b".", qualname.as_bytes()].concat()
        }
        _ => qualname.as_bytes().to_vec(),
    }
}

/// What comes after the stack: for syntax errors where they are, then class and message, then notes.
fn last_lines(
    vm: &Vm,
    exception: &Gc<Exception>,
    entries: &[Entry],
    sources: &mut Sources,
    paint: Paint,
) -> Vec<Vec<u8>> {
    let name = paint.paint(Part::Class, &class_name(vm, exception.header().ty()));
    let mut lines = if vm.is_instance_of(exception.as_value(), vm.types.exception(Exc::SyntaxError)) {
        syntax_error_lines(vm, exception, &name, sources, paint)
    } else {
        let mut text = safe_str(vm, exception.as_value(), "exception");
        text.extend_from_slice(suggestion(vm, exception, entries).as_slice());
        let line = if text.is_empty() {
            name
        } else {
            [&name, b": ".as_slice(), &paint.paint(Part::Message, &text)].concat()
        };
        vec![[&line, b"\n".as_slice()].concat()]
    };
    let notes = vm.get_attr_opt(exception.as_value(), &vm.names.__notes__);
    let notes = or_else(vm, notes, || None);
    if let Some(notes) = notes.filter(|notes| !notes.is_none()) {
        lines.extend(note_lines(vm, &notes));
    }
    lines
}

fn note_lines(vm: &Vm, notes: &Value) -> Vec<Vec<u8>> {
    let is_sequence = notes.downcast::<List>().is_some() || notes.downcast::<Tuple>().is_some();
    if !is_sequence {
        return vec![[safe_repr(vm, notes, "__notes__").as_slice(), b"\n"].concat()];
    }
    let notes = or_else(vm, vm.collect(notes), Vec::new);
    let mut lines = Vec::new();
    for note in notes {
        let text = safe_str(vm, &note, "note");
        lines.extend(text.split(|&b| b == b'\n').map(|line| [line, b"\n"].concat()));
    }
    lines
}

/// Columns as code points of WTF-8 text.
fn chars(text: &[u8]) -> Vec<char> {
    String::from_utf8_lossy(text).chars().collect()
}

/// What a SyntaxError says of its place; corrected where a misspelt keyword explains it.
struct SyntaxPlace {
    message: Value,
    line: Option<Value>,
    text: Option<Vec<u8>>,
    offset: Option<i64>,
    end_offset: Option<i64>,
    one_line: bool,
}

fn syntax_error_lines(
    vm: &Vm,
    exception: &Gc<Exception>,
    name: &[u8],
    sources: &mut Sources,
    paint: Paint,
) -> Vec<Vec<u8>> {
    let field = |at: usize| exception.field(at).filter(|value| !value.is_none());
    let integer = |value: Option<Value>| value.and_then(|value| int::as_i64(&value));
    let (line, end_line) = (field(2), field(5));
    let text = |value: Value| value.downcast::<Str>().map(|text| text.as_bytes().to_vec());
    let mut place = SyntaxPlace {
        message: exception.field(0).unwrap_or(Value::NONE),
        one_line: match (&line, &end_line) {
            (Some(a), Some(b)) => safe_str(vm, a, "") == safe_str(vm, b, ""),
            (a, b) => a.is_none() && b.is_none(),
        },
        text: field(4).and_then(text),
        offset: integer(field(3)),
        end_offset: integer(field(6)),
        line,
    };
    let filename = field(1).map(|filename| safe_str(vm, &filename, "filename"));
    if field(3).is_some() && place.offset.is_none() {
        place.text = None;
    }
    correct_keyword(vm, exception, &mut place, filename.as_deref(), sources);
    let mut lines = Vec::new();
    let mut suffix = Vec::new();
    if let Some(line) = &place.line {
        let filename = filename.as_deref().unwrap_or(b"<string>");
        let line = safe_str(vm, line, "line");
        let file = paint.paint(Part::Place, &[b"\"", filename, b"\""].concat());
        let line = paint.paint(Part::Place, &line);
        lines.push([b"  File ".as_slice(), &file, b", line ", &line, b"\n"].concat());
    } else if let Some(filename) = &filename {
        suffix = [b" (", filename.as_slice(), b")"].concat();
    }
    if let Some(text) = &place.text {
        lines.extend(marked_text(&chars(text), &place, paint));
    }
    let message = match vm.truth(&place.message) {
        Ok(false) => b"<no detail available>".to_vec(),
        Ok(true) => safe_str(vm, &place.message, "message"),
        Err(raised) => {
            drop(vm.take_raised(raised));
            safe_str(vm, &place.message, "message")
        }
    };
    let message = paint.paint(Part::Message, &message);
    lines.push([name, b": ", &message, &suffix, b"\n"].concat());
    lines
}

/// The source line of a syntax error and its carets.
fn marked_text(text: &[char], place: &SyntaxPlace, paint: Paint) -> Vec<Vec<u8>> {
    let kept = text.iter().rposition(|&c| c != '\n').map_or(0, |at| at + 1);
    let spaces = text[..kept].iter().take_while(|c| matches!(c, ' ' | '\n' | '\x0c')).count();
    let shown = &text[spaces..kept];
    let line: String = shown.iter().collect();
    let mut rows = vec![format!("    {line}\n").into_bytes()];
    let Some(mut offset) = place.offset else { return rows };
    let past_end = kept as i64 + 1;
    let mut end = match place.one_line {
        true => place.end_offset.filter(|&end| end != 0).unwrap_or(offset),
        false => past_end,
    };
    if !text.is_empty() && offset > text.len() as i64 {
        offset = past_end;
    }
    if !text.is_empty() && end > text.len() as i64 {
        end = past_end;
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let (column, end_column) = (offset - 1 - spaces as i64, end - 1 - spaces as i64);
    if let Ok(column) = usize::try_from(column) {
        let before = shown.iter().take(column).map(|&c| if c.is_whitespace() { c } else { ' ' });
        let n_carets = (end_column - column as i64).clamp(0, 1 << 16) as usize;
        let carets = paint.text(Part::Highlight, &"^".repeat(n_carets));
        let (start, end) = (column.min(shown.len()), (column + n_carets).min(shown.len()));
        let piece = |range: std::ops::Range<usize>| shown[range].iter().collect::<String>();
        if start < end {
            let marked = paint.text(Part::Highlight, &piece(start..end));
            rows[0] = format!("    {}{marked}{}\n", piece(0..start), piece(end..shown.len())).into_bytes();
        }
        rows.push(format!("    {}{carets}\n", before.collect::<String>()).into_bytes());
    }
    rows
}

/// "invalid syntax. Did you mean 'for'?"
fn correct_keyword(
    vm: &Vm,
    exception: &Gc<Exception>,
    place: &mut SyntaxPlace,
    filename: Option<&[u8]>,
    sources: &mut Sources,
) -> Option<()> {
    let message = place.message.downcast::<Str>()?.to_string_lossy().into_owned();
    if message != "invalid syntax" && !message.contains("Perhaps you forgot a comma") {
        return None;
    }
    // Set by the compiler: source that is in no file.
    let metadata = exception.field(8).filter(|metadata| !metadata.is_none())?;
    let given = metadata.downcast::<Tuple>()?.items().get(2)?.clone();
    let last = int::as_i64(place.line.as_ref()?)?;
    let last = usize::try_from(last).ok()?.checked_sub(1)?;
    let filename = std::str::from_utf8(filename.unwrap_or_default()).ok()?;
    let source: Vec<String> = match given.downcast::<Str>() {
        Some(source) => source.to_string_lossy().split('\n').map(str::to_string).collect(),
        None => (1..=last + 1).map_while(|line| sources.line(vm, filename, line)).collect(),
    };
    if last >= source.len() {
        return None;
    }
    let lines: Vec<&str> = source.iter().map(String::as_str).collect();
    // The statement before the faulty one begins at the nearest line that is indented no more; the piece that is tried may begin there,
    // at the faulty line or at the top.
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let before =
        (0..last).rev().find(|&at| !lines[at].trim().is_empty() && blanks(lines[at]) <= blanks(lines[last]));
    let mut starts = vec![last];
    starts.extend(before);
    starts.push(0);
    let names_from = if given.is_none() { last } else { before.unwrap_or(last) };
    let typo = suggestions::find_keyword_typo(&lines, &starts, last, names_from)?;
    place.text = Some(typo.text.into_bytes());
    place.offset = Some(typo.start as i64 + 1);
    place.end_offset = Some(typo.end as i64 + 1);
    place.one_line = true;
    place.line = Some(Value::int(typo.line as i64 + 1));
    place.message = format!("invalid syntax. Did you mean '{}'?", typo.keyword).into();
    Some(())
}

/// ". Did you mean: 'x'?" for names that do not exist.
fn suggestion(vm: &Vm, exception: &Gc<Exception>, entries: &[Entry]) -> Vec<u8> {
    let value = exception.as_value();
    let is = |exc| vm.is_instance_of(value, vm.types.exception(exc));
    let wrong = |name: &str| {
        let name = attribute(vm, value, name).filter(|name| !name.is_none())?;
        name.into_gc::<Str>().ok()
    };
    let mut text = Vec::new();
    let found = if is(Exc::ImportError) {
        wrong("name_from").and_then(|name| or_else(vm, import_candidates(vm, exception, &name), || None))
    } else if is(Exc::AttributeError) {
        wrong("name").and_then(|name| or_else(vm, attribute_candidates(vm, value, &name, entries), || None))
    } else if is(Exc::NameError) {
        wrong("name").and_then(|name| or_else(vm, name_candidates(vm, &name, entries), || None))
    } else {
        return text;
    };
    if let Some(found) = &found {
        text = [b". Did you mean: '", found.as_slice(), b"'?"].concat();
    }
    if is(Exc::NameError) {
        if let Some(name) = wrong("name").filter(|name| is_standard_module(vm, name)) {
            let before: &[u8] = if found.is_some() { b" Or did" } else { b". Did" };
            text = [&text, before, b" you forget to import '", name.as_bytes(), b"'?"].concat();
        }
    }
    text
}

fn is_standard_module(vm: &Vm, name: &Gc<Str>) -> bool {
    let names = vm.modules.get_str(&vm.names.sys).and_then(|sys| attribute(vm, &sys, "stdlib_module_names"));
    names.is_some_and(|names| or_else(vm, vm.contains(&names, name.as_value()), || false))
}

fn choose(names: &[Gc<Str>], wrong: &Gc<Str>) -> Option<Vec<u8>> {
    let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
    suggestions::closest(&names, wrong.as_bytes()).map(<[u8]>::to_vec)
}

/// The strings among `names`, sorted; without those that begin with an underscore where the wrong one does not and `hide` is set.
fn sorted_names(vm: &Vm, names: &Value, wrong: &Gc<Str>, hide: bool) -> PyResult<Vec<Gc<Str>>> {
    let hide = hide && !wrong.as_bytes().starts_with(b"_");
    let mut out: Vec<Gc<Str>> =
        vm.collect(names)?.into_iter().filter_map(|name| name.into_gc::<Str>().ok()).collect();
    out.retain(|name| !hide || !name.as_bytes().starts_with(b"_"));
    // WTF-8 sorts like code points.
    out.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    Ok(out)
}

/// `object.__dir__()`, also of classes.
fn dir_of(vm: &Vm, object: &Value) -> PyResult {
    match vm.lookup_special(object, &vm.names.__dir__)? {
        Some(method) => vm.call(&method, &[]),
        None => vm.raise_no_attribute(object, &vm.names.__dir__),
    }
}

fn frame_local(vm: &Vm, entry: &Entry, name: &str) -> Option<Value> {
    let locals = attribute(vm, &entry.frame, "f_locals")?;
    let found = vm.get_item(&locals, vm.intern(name).as_value());
    or_else(vm, found.map(Some), || None)
}

fn attribute_candidates(
    vm: &Vm,
    exception: &Value,
    wrong: &Gc<Str>,
    entries: &[Entry],
) -> PyResult<Option<Vec<u8>>> {
    let object = attribute(vm, exception, "obj").unwrap_or(Value::NONE);
    // A class's instances' names are what `obj.__dir__` without self would give; CPython offers none then.
    let names = dir_of(vm, &object)?;
    // Inside a method, private names of `self` are fair game.
    let is_self = entries
        .last()
        .and_then(|entry| frame_local(vm, entry, "self"))
        .is_some_and(|found| found.is(&object));
    Ok(choose(&sorted_names(vm, &names, wrong, !is_self)?, wrong))
}

fn import_candidates(vm: &Vm, exception: &Gc<Exception>, wrong: &Gc<Str>) -> PyResult<Option<Vec<u8>>> {
    let Some(name) = exception.field(1).filter(|name| name.downcast::<Str>().is_some()) else {
        return Ok(None);
    };
    let Some(import) = vm.builtins.get_str(&vm.names.__import__) else { return Ok(None) };
    let module = vm.call(&import, &[name])?;
    let names = dir_of(vm, &module)?;
    Ok(choose(&sorted_names(vm, &names, wrong, true)?, wrong))
}

fn name_candidates(vm: &Vm, wrong: &Gc<Str>, entries: &[Entry]) -> PyResult<Option<Vec<u8>>> {
    let Some(entry) = entries.last() else { return Ok(None) };
    if let Some(this) = frame_local(vm, entry, "self") {
        let found = vm.get_attr_opt(&this, &vm.intern_str(wrong));
        if or_else(vm, found, || None).is_some() {
            return Ok(Some([b"self.", wrong.as_bytes()].concat()));
        }
    }
    let mut names = Vec::new();
    for scope in ["f_locals", "f_globals", "f_builtins"] {
        if let Some(scope) = attribute(vm, &entry.frame, scope) {
            names.extend(vm.collect(&scope)?.into_iter().filter_map(|name| name.into_gc::<Str>().ok()));
        }
    }
    Ok(choose(&names, wrong))
}
