//! Going from match to match: `pattern.scanner(...)` and the iterator of `finditer`.

use std::cell::Cell;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::{Args, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::super::Mode;
use super::matched::MatchObject;
use super::pattern::{PatternObject, Region};
use super::subject::Subject;

/// Where to go on.
struct Progress {
    pattern: Gc<PatternObject>,
    string: Value,
    region: Region,
    /// The next byte offset; `None` after a failure.
    next: Cell<Option<usize>>,
    must_advance: Cell<bool>,
}

impl Progress {
    fn new(pattern: &Gc<PatternObject>, string: &Value, region: Region) -> Progress {
        Progress {
            pattern: pattern.clone(),
            string: string.clone(),
            next: Cell::new(Some(region.from)),
            must_advance: Cell::new(false),
            region,
        }
    }

    fn trace(&self, visit: heap::Visitor<'_>) {
        visit(self.pattern.as_value());
        visit(&self.string);
        match &self.region.subject {
            Subject::Text(text) => visit(text.as_value()),
            Subject::Bytes(bytes) => visit(bytes.as_value()),
        }
    }

    /// The next match, `None` at the end.
    fn step(&self, vm: &Vm, mode: Mode) -> PyResult<Option<Value>> {
        let Some(from) = self.next.get() else { return Ok(None) };
        let mut run = self.pattern.start(vm, &self.region.subject, self.region.end);
        if !run.exec(from, mode, self.must_advance.get())? {
            self.next.set(None);
            return Ok(None);
        }
        let (start, end) = run.span();
        self.must_advance.set(start == end);
        self.next.set(Some(end));
        Ok(Some(MatchObject::make(vm, &self.pattern, &self.string, &self.region, &run.scratch)))
    }
}

/// `_sre.SRE_Scanner`.
pub struct ScannerObject {
    progress: Progress,
}

impl Payload for ScannerObject {
    fn trace(&self, visit: heap::Visitor<'_>) {
        self.progress.trace(visit);
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "SRE_Scanner",
    module: "_sre",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("match($self, /)", match_), NativeFn::new("search($self, /)", search)],
    getset: &[GetSet::read_only("pattern", |_, this| {
        let scanner: &Gc<ScannerObject> = this.downcast().expect("getters see instances of their class");
        Ok(scanner.progress.pattern.to_value())
    })],
    ..TypeSpec::DEFAULT
};

impl ScannerObject {
    pub fn make(vm: &Vm, pattern: &Gc<PatternObject>, string: &Value, region: Region) -> Value {
        let progress = Progress::new(pattern, string, region);
        heap::alloc(&vm.class_of::<ScannerObject>(), ScannerObject { progress }).into()
    }
}

fn match_(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<ScannerObject>().progress.step(vm, Mode::Match)?.unwrap_or(Value::NONE))
}

fn search(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<ScannerObject>().progress.step(vm, Mode::Search)?.unwrap_or(Value::NONE))
}

/// The iterator of `finditer`.
pub struct FindIterator {
    progress: Progress,
}

impl Payload for FindIterator {
    fn trace(&self, visit: heap::Visitor<'_>) {
        self.progress.trace(visit);
    }
}

pub static ITERATOR_TYPE: TypeSpec = TypeSpec {
    name: "callable_iterator",
    flags: type_flags::NO_NEW,
    slots: Slots { iter: Some(self_iter), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

impl FindIterator {
    pub fn make(vm: &Vm, pattern: &Gc<PatternObject>, string: &Value, region: Region) -> Value {
        let progress = Progress::new(pattern, string, region);
        heap::alloc(&vm.class_of::<FindIterator>(), FindIterator { progress }).into()
    }
}

fn next(vm: &Vm, this: &Value) -> PyResult<Option<Value>> {
    let iterator: &Gc<FindIterator> = this.downcast().expect("slots see instances of their class");
    iterator.progress.step(vm, Mode::Search)
}

fn self_iter(_vm: &Vm, this: &Value) -> PyResult {
    Ok(this.clone())
}
