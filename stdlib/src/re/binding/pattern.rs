//! `re.Pattern`.

use std::cell::Cell;

use ouro_runtime::class::{CompareOp, Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::generic_alias;
use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::super::{ExecError, Mode, Pattern, Scratch, flags};
use super::matched::MatchObject;
use super::scanner;
use super::subject::Subject;
use super::substitute;

/// A compiled pattern with the object it was made from.
pub struct PatternObject {
    pub compiled: Pattern,
    pub source: Value,
    /// Group numbers by name.
    pub names: Gc<Dict>,
    /// Working memory of the matcher, while nobody matches.
    scratch: Cell<Option<Box<Scratch>>>,
}

impl Payload for PatternObject {
    ouro_runtime::trace_fields!(source, names; skip compiled, scratch);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Pattern",
    module: "re",
    doc: "Compiled regular expression object.",
    flags: type_flags::NO_NEW | type_flags::HAS_WEAKREF,
    methods: &[
        NativeFn::new("match($self, /, string, pos=0, endpos=sys.maxsize)", match_),
        NativeFn::new("fullmatch($self, /, string, pos=0, endpos=sys.maxsize)", fullmatch),
        NativeFn::new("search($self, /, string, pos=0, endpos=sys.maxsize)", search),
        NativeFn::new("sub($self, /, repl, string, count=0)", sub),
        NativeFn::new("subn($self, /, repl, string, count=0)", subn),
        NativeFn::new("findall($self, /, string, pos=0, endpos=sys.maxsize)", findall),
        NativeFn::new("split($self, /, string, maxsplit=0)", split),
        NativeFn::new("finditer($self, /, string, pos=0, endpos=sys.maxsize)", finditer),
        NativeFn::new("scanner($self, /, string, pos=0, endpos=sys.maxsize)", make_scanner),
        NativeFn::new("__copy__($self, /)", copy),
        NativeFn::new("__deepcopy__($self, memo, /)", copy),
    ],
    class_methods: &[NativeFn::new("__class_getitem__($type, item, /)", generic_alias::class_getitem)],
    getset: &[
        GetSet::read_only("pattern", |_, this| Ok(receiver(this).source.clone())),
        GetSet::read_only("flags", |_, this| Ok(Value::small(receiver(this).compiled.flags.into()))),
        GetSet::read_only("groups", |_, this| Ok(Value::small(receiver(this).compiled.groups().into()))),
        GetSet::read_only("groupindex", |vm, this| {
            vm.call(vm.types.mappingproxy().as_value(), &[receiver(this).names.to_value()])
        }),
    ],
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(hash), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub fn receiver(this: &Value) -> &Gc<PatternObject> {
    this.downcast().expect("slots see instances of their class")
}

impl PatternObject {
    /// A pattern object.
    pub fn make(vm: &Vm, compiled: Pattern, source: Value, names: Gc<Dict>) -> Value {
        let body = PatternObject { compiled, source, names, scratch: Cell::new(None) };
        heap::alloc(&vm.class_of::<PatternObject>(), body).into()
    }

    /// The number of the group with this name.
    pub fn group_name(&self, group: u32) -> Option<&[u32]> {
        let mut names = self.compiled.group_names.iter();
        names.find(|(_, number)| *number == group).map(|(name, _)| name.as_slice())
    }

    /// Starts matching with the working memory, which [`Run`] gives back.
    pub fn start<'p>(&'p self, vm: &'p Vm, subject: &'p Subject, end: usize) -> Run<'p> {
        let scratch = self.scratch.take().unwrap_or_default();
        Run { vm, pattern: self, subject, end, scratch }
    }
}

/// One or several matches over the same text.
pub struct Run<'p> {
    vm: &'p Vm,
    pattern: &'p PatternObject,
    subject: &'p Subject,
    /// Byte offset where the text ends.
    end: usize,
    pub scratch: Box<Scratch>,
}

impl Run<'_> {
    /// Matches or searches from a byte offset.
    pub fn exec(&mut self, from: usize, mode: Mode, must_advance: bool) -> PyResult<bool> {
        let text = self.subject.text(self.end);
        // FIXME(re): ask for pending signals here once the VM can be asked.
        let mut hook = || true;
        let found = self.pattern.compiled.exec(text, from, mode, must_advance, &mut self.scratch, &mut hook);
        match found {
            Ok(found) => Ok(found),
            Err(ExecError::Interrupted | ExecError::OutOfMemory) => self.vm.raise_bare(Exc::MemoryError),
        }
    }

    /// The byte range of the whole match.
    pub fn span(&self) -> (usize, usize) {
        self.scratch.group(0).expect("group 0 is set after a match")
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.pattern.scratch.set(Some(std::mem::take(&mut self.scratch)));
    }
}

/// The string argument with `pos` and `endpos` clipped to it, as indices, then as byte offsets.
pub struct Region {
    pub subject: Subject,
    pub pos: usize,
    pub endpos: usize,
    pub from: usize,
    pub end: usize,
}

impl Region {
    pub fn of(vm: &Vm, pattern: &PatternObject, args: Args<'_>) -> PyResult<Region> {
        let subject = Subject::for_pattern(vm, args.value(1), pattern.compiled.is_text)?;
        let (pos, endpos) = (args.get(2), args.get(3));
        let length = match (pos, endpos) {
            (None, None) => {
                let end = subject.bytes().len();
                let endpos = if matches!(&subject, Subject::Text(text) if !text.is_ascii()) {
                    usize::MAX
                } else {
                    end
                };
                return Ok(Region { subject, pos: 0, endpos, from: 0, end });
            }
            _ => subject.len(),
        };
        let clip = |value: Option<&Value>, default: usize| -> PyResult<usize> {
            match value {
                Some(value) => Ok(vm.to_i64(value)?.clamp(0, length as i64) as usize),
                None => Ok(default),
            }
        };
        let (pos, endpos) = (clip(pos, 0)?, clip(endpos, length)?);
        let (from, end) = (subject.offset(pos), subject.offset(endpos));
        Ok(Region { subject, pos, endpos, from, end })
    }
}

fn single(vm: &Vm, args: Args<'_>, mode: Mode) -> PyResult {
    let pattern = args.this::<PatternObject>();
    let region = Region::of(vm, pattern, args)?;
    let mut run = pattern.start(vm, &region.subject, region.end);
    if !run.exec(region.from, mode, false)? {
        return Ok(Value::NONE);
    }
    Ok(MatchObject::make(vm, pattern, args.value(1), &region, &run.scratch))
}

fn match_(vm: &Vm, args: Args<'_>) -> PyResult {
    single(vm, args, Mode::Match)
}

fn fullmatch(vm: &Vm, args: Args<'_>) -> PyResult {
    single(vm, args, Mode::FullMatch)
}

fn search(vm: &Vm, args: Args<'_>) -> PyResult {
    single(vm, args, Mode::Search)
}

/// Calls `found` for each match from `from` on, until it says stop.
fn each_match(
    run: &mut Run<'_>,
    from: usize,
    mut found: impl FnMut(&mut Run<'_>) -> PyResult<bool>,
) -> PyResult<()> {
    let (mut from, mut must_advance) = (from, false);
    while run.exec(from, Mode::Search, must_advance)? {
        let (start, end) = run.span();
        if !found(run)? {
            break;
        }
        must_advance = start == end;
        from = end;
    }
    Ok(())
}

fn findall(vm: &Vm, args: Args<'_>) -> PyResult {
    let pattern = args.this::<PatternObject>();
    let region = Region::of(vm, pattern, args)?;
    let subject = &region.subject;
    let groups = pattern.compiled.groups();
    let mut items = Vec::new();
    let mut run = pattern.start(vm, subject, region.end);
    each_match(&mut run, region.from, |run| {
        let text = |group| match run.scratch.group(group) {
            Some((from, to)) => subject.slice(from, to),
            None => subject.slice(0, 0),
        };
        items.push(match groups {
            0 | 1 => text(groups),
            _ => {
                let parts: Vec<Value> = (1..=groups).map(text).collect();
                vm.tuple(&parts)
            }
        });
        Ok(true)
    })?;
    Ok(List::new(items).into())
}

fn split(vm: &Vm, args: Args<'_>) -> PyResult {
    let pattern = args.this::<PatternObject>();
    let limit = args.get(2).map_or(Ok(0), |value| vm.to_i64(value))?;
    let subject = Subject::for_pattern(vm, args.value(1), pattern.compiled.is_text)?;
    let end = subject.bytes().len();
    let mut items = Vec::new();
    let (mut last, mut count) = (0, 0);
    if limit >= 0 {
        let mut run = pattern.start(vm, &subject, end);
        each_match(&mut run, 0, |run| {
            let (from, to) = run.span();
            items.push(subject.slice(last, from));
            for group in 1..=pattern.compiled.groups() {
                let span = run.scratch.group(group);
                items.push(span.map_or(Value::NONE, |(from, to)| subject.slice(from, to)));
            }
            last = to;
            count += 1;
            Ok(count != limit)
        })?;
    }
    items.push(subject.slice(last, end));
    Ok(List::new(items).into())
}

fn finditer(vm: &Vm, args: Args<'_>) -> PyResult {
    let pattern = args.this::<PatternObject>();
    Ok(scanner::FindIterator::make(vm, pattern, args.value(1), Region::of(vm, pattern, args)?))
}

fn make_scanner(vm: &Vm, args: Args<'_>) -> PyResult {
    let pattern = args.this::<PatternObject>();
    Ok(scanner::ScannerObject::make(vm, pattern, args.value(1), Region::of(vm, pattern, args)?))
}

fn sub(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(substitute_args(vm, args)?.0)
}

fn subn(vm: &Vm, args: Args<'_>) -> PyResult {
    let (text, count) = substitute_args(vm, args)?;
    Ok(vm.tuple(&[text, count.into()]))
}

fn substitute_args(vm: &Vm, args: Args<'_>) -> PyResult<(Value, usize)> {
    let pattern = args.this::<PatternObject>();
    let count = args.get(3).map_or(Ok(0), |value| vm.to_i64(value))?;
    substitute::substitute(vm, pattern, args.value(1), args.value(2), count)
}

/// Replaces each match: used by `sub`, `subn`.
pub fn for_each_match(
    vm: &Vm,
    pattern: &Gc<PatternObject>,
    subject: &Subject,
    found: impl FnMut(&mut Run<'_>) -> PyResult<bool>,
) -> PyResult<()> {
    let mut run = pattern.start(vm, subject, subject.bytes().len());
    each_match(&mut run, 0, found)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.value(0).clone())
}

/// Names of flags in the order `repr` shows them.
const FLAG_NAMES: &[(u32, &str)] = &[
    (flags::IGNORECASE, "re.IGNORECASE"),
    (flags::LOCALE, "re.LOCALE"),
    (flags::MULTILINE, "re.MULTILINE"),
    (flags::DOTALL, "re.DOTALL"),
    (flags::UNICODE, "re.UNICODE"),
    (flags::VERBOSE, "re.VERBOSE"),
    (flags::DEBUG, "re.DEBUG"),
    (flags::ASCII, "re.ASCII"),
];

/// The longest part of the source that `repr` shows.
const MAX_SHOWN: usize = 200;

fn repr(vm: &Vm, this: &Value) -> PyResult {
    let pattern = receiver(this);
    let mut left = pattern.compiled.flags;
    // What every text pattern has is not worth saying.
    if pattern.compiled.is_text && left & (flags::LOCALE | flags::UNICODE | flags::ASCII) == flags::UNICODE {
        left &= !flags::UNICODE;
    }
    let mut names = Vec::new();
    for (flag, name) in FLAG_NAMES {
        if left & flag != 0 {
            names.push((*name).to_owned());
            left &= !flag;
        }
    }
    if left != 0 {
        names.push(format!("{left:#x}"));
    }
    let source = vm.repr(&pattern.source)?;
    let source = source.slice(0, source.len().min(MAX_SHOWN));
    let mut out = b"re.compile(".to_vec();
    out.extend_from_slice(source.as_bytes());
    if !names.is_empty() {
        out.extend_from_slice(b", ");
        out.extend_from_slice(names.join("|").as_bytes());
    }
    out.push(b')');
    Ok(ouro_runtime::objects::str::Str::from_wtf8(&out).into())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (a.downcast::<PatternObject>(), b.downcast::<PatternObject>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = a.is(b)
        || (a.compiled.flags == b.compiled.flags
            && a.compiled.is_text == b.compiled.is_text
            && vm.eq(&a.source, &b.source)?);
    Ok(Value::bool(same == (op == CompareOp::Eq)))
}

fn hash(vm: &Vm, this: &Value) -> PyResult<i64> {
    let pattern = receiver(this);
    let source = vm.hash(&pattern.source)?;
    let hash =
        source.rotate_left(7) ^ i64::from(pattern.compiled.flags) << 1 ^ i64::from(pattern.compiled.is_text);
    Ok(if hash == -1 { -2 } else { hash })
}
