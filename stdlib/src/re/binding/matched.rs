//! `re.Match`.

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::generic_alias;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::super::{Scratch, unicode};
use super::pattern::{PatternObject, Region};
use super::subject::Subject;
use super::substitute;

/// A span that is not set.
const NO_SPAN: (usize, usize) = (usize::MAX, usize::MAX);

/// The outcome of a match. Spans are byte offsets; indices are worked out when asked for.
pub struct MatchObject {
    pattern: Gc<PatternObject>,
    /// The object searched.
    string: Value,
    /// Its content as it was.
    subject: Subject,
    spans: Box<[(usize, usize)]>,
    /// The group closed last; 0 for none.
    last_group: u32,
    pos: usize,
    /// `usize::MAX` for the length of the string.
    endpos: usize,
}

impl Payload for MatchObject {
    fn trace(&self, visit: heap::Visitor<'_>) {
        visit(self.pattern.as_value());
        visit(&self.string);
        match &self.subject {
            Subject::Text(text) => visit(text.as_value()),
            Subject::Bytes(bytes) => visit(bytes.as_value()),
        }
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Match",
    module: "re",
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("group($self, /, *args)", group),
        NativeFn::new("start($self, group=0, /)", start),
        NativeFn::new("end($self, group=0, /)", end),
        NativeFn::new("span($self, group=0, /)", span),
        NativeFn::new("groups($self, /, default=None)", groups),
        NativeFn::new("groupdict($self, /, default=None)", groupdict),
        NativeFn::new("expand($self, /, template)", expand),
        NativeFn::new("__copy__($self, /)", copy),
        NativeFn::new("__deepcopy__($self, memo, /)", copy),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", generic_alias::class_getitem)],
    getset: &[
        GetSet::read_only("string", |_, this| Ok(receiver(this).string.clone())),
        GetSet::read_only("re", |_, this| Ok(receiver(this).pattern.to_value())),
        GetSet::read_only("pos", |_, this| Ok(receiver(this).pos.into())),
        GetSet::read_only("endpos", |_, this| Ok(receiver(this).endpos().into())),
        GetSet::read_only("lastindex", |_, this| {
            let last = receiver(this).last_group;
            Ok(if last == 0 { Value::NONE } else { Value::small(last.into()) })
        }),
        GetSet::read_only("lastgroup", |_, this| {
            let found = receiver(this);
            let name = found.pattern.group_name(found.last_group);
            Ok(name.map_or(Value::NONE, |name| Str::from_wtf8(&unicode::to_wtf8(name)).into()))
        }),
        GetSet::read_only("regs", |vm, this| {
            let found = receiver(this);
            let regs: Vec<Value> = (0..found.spans.len()).map(|group| found.span_value(vm, group)).collect();
            Ok(vm.tuple(&regs))
        }),
    ],
    slots: Slots { repr: Some(repr), get_item: Some(get_item), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn receiver(this: &Value) -> &Gc<MatchObject> {
    this.downcast().expect("slots see instances of their class")
}

impl MatchObject {
    /// The match that the matcher has just found.
    pub fn make(
        vm: &Vm,
        pattern: &Gc<PatternObject>,
        string: &Value,
        region: &Region,
        scratch: &Scratch,
    ) -> Value {
        let groups = pattern.compiled.groups();
        let body = MatchObject {
            pattern: pattern.clone(),
            string: string.clone(),
            subject: region.subject.clone(),
            spans: (0..=groups).map(|group| scratch.group(group).unwrap_or(NO_SPAN)).collect(),
            last_group: pattern.compiled.last_group(scratch).unwrap_or(0),
            pos: region.pos,
            endpos: region.endpos,
        };
        heap::alloc(&vm.class_of::<MatchObject>(), body).into()
    }

    fn endpos(&self) -> usize {
        if self.endpos == usize::MAX { self.subject.len() } else { self.endpos }
    }

    /// The text of a group, or `default` if it took no part.
    fn text(&self, group: usize, default: &Value) -> Value {
        match self.spans[group] {
            NO_SPAN => default.clone(),
            (from, to) => self.subject.slice(from, to),
        }
    }

    fn span_value(&self, vm: &Vm, group: usize) -> Value {
        let (from, to) = self.indices(group);
        vm.tuple(&[Value::small(from), Value::small(to)])
    }

    /// The span of a group in indices, -1 if it took no part.
    fn indices(&self, group: usize) -> (i64, i64) {
        match self.spans[group] {
            NO_SPAN => (-1, -1),
            (from, to) => (self.subject.index(from) as i64, self.subject.index(to) as i64),
        }
    }

    /// The group that a number or name means.
    fn find_group(&self, vm: &Vm, key: &Value) -> PyResult<usize> {
        let number = if vm.has_index(key) {
            vm.index_clipped(key)?
        } else {
            match self.pattern.names.get(vm, key)? {
                Some(number) => number.as_small_int().unwrap_or(-1),
                None => -1,
            }
        };
        match usize::try_from(number) {
            Ok(number) if number < self.spans.len() => Ok(number),
            _ => vm.raise(Exc::IndexError, "no such group"),
        }
    }

    fn optional_group(&self, vm: &Vm, args: Args<'_>) -> PyResult<usize> {
        args.get(1).map_or(Ok(0), |key| self.find_group(vm, key))
    }
}

fn group(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    let text = |key: &Value| Ok(found.text(found.find_group(vm, key)?, &Value::NONE));
    match args.rest() {
        [] => Ok(found.text(0, &Value::NONE)),
        [key] => text(key),
        keys => {
            let texts: Vec<Value> = keys.iter().map(text).collect::<PyResult<_>>()?;
            Ok(vm.tuple(&texts))
        }
    }
}

fn get_item(vm: &Vm, this: &Value, key: &Value) -> PyResult {
    let found = receiver(this);
    Ok(found.text(found.find_group(vm, key)?, &Value::NONE))
}

fn start(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    Ok(Value::small(found.indices(found.optional_group(vm, args)?).0))
}

fn end(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    Ok(Value::small(found.indices(found.optional_group(vm, args)?).1))
}

fn span(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    Ok(found.span_value(vm, found.optional_group(vm, args)?))
}

fn groups(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    let default = args.get(1).cloned().unwrap_or(Value::NONE);
    let texts: Vec<Value> = (1..found.spans.len()).map(|group| found.text(group, &default)).collect();
    Ok(vm.tuple(&texts))
}

fn groupdict(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    let default = args.get(1).cloned().unwrap_or(Value::NONE);
    let out = Dict::new();
    for (name, number) in found.pattern.names.snapshot() {
        let number = number.as_small_int().unwrap_or(0) as usize;
        out.insert(vm, name, found.text(number, &default))?;
    }
    Ok(out.into())
}

fn expand(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = args.this::<MatchObject>();
    let template = substitute::Template::of(vm, &found.pattern, args.value(1))?;
    template.expand(vm, &found.subject, |group| match found.spans[group as usize] {
        NO_SPAN => None,
        span => Some(span),
    })
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.value(0).clone())
}

fn repr(vm: &Vm, this: &Value) -> PyResult {
    let found = receiver(this);
    let (from, to) = found.indices(0);
    let text = vm.repr(&found.text(0, &Value::NONE))?;
    // CPython cuts the text of the match at 50.
    let text = text.slice(0, text.len().min(50));
    let mut out = format!("<re.Match object; span=({from}, {to}), match=").into_bytes();
    out.extend_from_slice(text.as_bytes());
    out.push(b'>');
    Ok(Str::from_wtf8(&out).into())
}
