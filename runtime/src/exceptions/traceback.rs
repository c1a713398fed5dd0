//! Traceback entries as text: which file, line and function, and the source with markers.

use std::collections::HashMap;

use ouro_lang::code::Position;
use ouro_lang::source::{Origin, SourceText};

use super::carets;
use super::paint::{Paint, Part};
use crate::objects::code::Code;
use crate::objects::int;
use crate::value::Value;
use crate::{Gc, Vm};

/// Equal entries in a row that are shown; the others are counted.
const SHOWN_REPEATS: usize = 3;

/// One level of a traceback.
pub struct Entry {
    pub frame: Value,
    code: Gc<Code>,
    line: Option<i64>,
    position: Option<Position>,
}

/// The levels of a traceback object, outermost first; none for anything else.
pub fn entries(vm: &Vm, traceback: Option<&Value>) -> Vec<Entry> {
    let mut out = Vec::new();
    let mut next = traceback.cloned();
    while let Some(traceback) = next.filter(|traceback| vm.type_of(traceback).is(vm.types.traceback())) {
        out.extend(entry_of(vm, &traceback));
        next = attribute(vm, &traceback, "tb_next");
    }
    out
}

/// An attribute, where errors do not matter.
pub(super) fn attribute(vm: &Vm, value: &Value, name: &str) -> Option<Value> {
    match vm.get_attr_opt(value, &vm.intern(name)) {
        Ok(found) => found,
        Err(raised) => {
            drop(vm.take_raised(raised));
            None
        }
    }
}

fn entry_of(vm: &Vm, traceback: &Value) -> Option<Entry> {
    let frame = attribute(vm, traceback, "tb_frame")?;
    let code = attribute(vm, &frame, "f_code")?.into_gc::<Code>().ok()?;
    let line = attribute(vm, traceback, "tb_lineno").and_then(|line| int::as_i64(&line));
    let index = attribute(vm, traceback, "tb_lasti").and_then(|index| int::as_i64(&index));
    let position = index
        .and_then(|index| usize::try_from(index).ok())
        .and_then(|index| code.object.line_table.lookup(index / 2))
        .filter(|position| position.line > 0);
    // Where the code has positions, they win over `tb_lineno`.
    let line = position.map(|position| position.line as i64).or(line);
    Some(Entry { frame, code, line, position })
}

/// Source files read for one report.
#[derive(Default)]
pub struct Sources {
    files: HashMap<String, Option<Vec<String>>>,
}

impl Sources {
    /// Line `number` (from 1) of a file without its line end; `None` if there is no such file or line.
    pub fn line(&mut self, vm: &Vm, filename: &str, number: usize) -> Option<String> {
        let file = self.files.entry(filename.to_string()).or_insert_with(|| read_lines(vm, filename));
        file.as_ref()?.get(number.checked_sub(1)?).cloned()
    }
}

fn read_lines(vm: &Vm, filename: &str) -> Option<Vec<String>> {
    if filename.starts_with('<') && filename.ends_with('>') {
        return None;
    }
    let bytes = vm.read_source_file(filename)?;
    let text = SourceText::decode(&bytes, Origin::Bytes).ok()?;
    Some(text.as_str().split('\n').map(str::to_string).collect())
}

impl Vm {
    /// A line of a source file for a message, with its line end.
    pub fn source_line(&self, filename: &str, line: u32) -> Option<String> {
        Sources::default().line(self, filename, line as usize).map(|line| line + "\n")
    }

    /// The bytes of a source file, if it can be read.
    fn read_source_file(&self, filename: &str) -> Option<Vec<u8>> {
        self.host.read_file(std::path::Path::new(filename)).ok()
    }
}

impl Entry {
    fn filename(&self, vm: &Vm) -> String {
        vm.str_text(&self.code.filename).unwrap_or_else(|raised| {
            drop(vm.take_raised(raised));
            String::new()
        })
    }

    /// The source lines the entry covers, trailing blanks removed.
    fn lines(&self, vm: &Vm, sources: &mut Sources, filename: &str) -> Vec<String> {
        let Some(line) = self.line.and_then(|line| usize::try_from(line).ok()) else { return Vec::new() };
        let last = self.position.map_or(line, |position| (position.end_line as usize).max(line));
        let object = &self.code.object;
        let known = match filename.starts_with('<') {
            true => vm.remembered_lines(filename, &object.qualname, object.first_line),
            false => None,
        };
        let find = |line: usize| match &known {
            Some(known) => known.get(line.wrapping_sub(1)).cloned(),
            None => sources.line(vm, filename, line),
        };
        (line..=last).map(find).map(|line| line.unwrap_or_default().trim_end().to_string()).collect()
    }

    /// The entry's text; markers only where asked for.
    fn text(
        &self,
        vm: &Vm,
        sources: &mut Sources,
        filename: &str,
        with_carets: bool,
        paint: Paint,
    ) -> String {
        let shown =
            if filename.starts_with("<stdin-") && filename.ends_with('>') { "<stdin>" } else { filename };
        let line = self.line.map_or("None".to_string(), |line| line.to_string());
        let place = |text: &str| paint.text(Part::Place, text);
        let (file, line) = (place(&format!("\"{shown}\"")), place(&line));
        let mut text = format!("  File {file}, line {line}, in {}\n", place(&self.code.object.name));
        let lines = self.lines(vm, sources, filename);
        match self.position.filter(|_| with_carets) {
            Some(position) => {
                for line in carets::source_rows(&lines, position).iter().flat_map(|row| paint.row(row)) {
                    text.push_str("    ");
                    text.push_str(&line);
                    text.push('\n');
                }
            }
            None => {
                let line = lines.first().map_or("", |line| line.trim());
                if !line.is_empty() {
                    text.push_str(&format!("    {line}\n"));
                }
            }
        }
        text
    }
}

/// How much of a traceback is shown: `sys.tracebacklimit`.
fn limit(vm: &Vm) -> usize {
    let limit = vm
        .modules
        .get_str(&vm.names.sys)
        .and_then(|sys| attribute(vm, &sys, "tracebacklimit"))
        .filter(int::is_int)
        .map(|limit| int::clip_i64(&limit).max(0) as usize);
    limit.unwrap_or(usize::MAX)
}

/// The texts of all entries, repeated ones summed up. Empty if there are none to show.
pub fn format_entries(
    vm: &Vm,
    entries: &[Entry],
    sources: &mut Sources,
    with_carets: bool,
    paint: Paint,
) -> Vec<String> {
    let mut out = Vec::new();
    let (mut last, mut count) = (None, 0);
    let close = |count: usize, out: &mut Vec<String>| {
        if count > SHOWN_REPEATS {
            let more = count - SHOWN_REPEATS;
            let plural = if more > 1 { "s" } else { "" };
            out.push(format!("  [Previous line repeated {more} more time{plural}]\n"));
        }
    };
    for entry in entries.iter().take(limit(vm)) {
        let filename = entry.filename(vm);
        let key = (filename.clone(), entry.line, entry.code.object.name.clone());
        if entry.line.is_none() || last.as_ref() != Some(&key) {
            close(count, &mut out);
            count = 0;
            last = Some(key);
        }
        count += 1;
        if count <= SHOWN_REPEATS {
            out.push(entry.text(vm, sources, &filename, with_carets, paint));
        }
    }
    close(count, &mut out);
    out
}
