//! Binding call arguments to the parameters of a signature, with CPython's arity messages.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use smallvec::SmallVec;

use super::{Args, NativeCall, NativeFn};
use crate::exceptions::suggestions;
use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Exc, PyResult};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    PositionalOnly,
    PositionalOrKeyword,
    KeywordOnly,
}

/// One parameter of a native function.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub kind: ParameterKind,
    /// Source text of the default, for `inspect`; `None` if required.
    pub default: Option<&'static str>,
}

/// A parsed signature.
#[derive(Clone, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub parameters: Vec<Parameter>,
    /// `*args` / `**kwargs` and their names.
    pub var_positional: Option<&'static str>,
    pub var_keyword: Option<&'static str>,
    /// First parameter is `$self`, `$type` or `$module`-like: not counted in messages.
    pub has_self: bool,
    /// No parentheses in the text, or `!` before them: arguments are passed as they come.
    pub unchecked: bool,
    /// `~` before the parentheses: it stands for a function in Python, and errors are worded as those of such.
    pub python: bool,
    /// `?` before the parentheses: errors do not name it.
    nameless: bool,
    n_positional: usize,
    n_required_positional: usize,
    /// No binding needed for positional arguments alone whose count fits.
    direct: bool,
    /// `*args` takes what there is beyond the parameters, and keyword-only ones have defaults.
    spreads: bool,
}

thread_local! {
    /// Signatures that the thread has used, by the address of their text.
    static KNOWN: RefCell<HashMap<usize, &'static Signature>> = RefCell::default();
}

/// All that were parsed. They live as long as the process, like the text.
static PARSED: LazyLock<Mutex<HashMap<usize, &'static Signature>>> = LazyLock::new(Mutex::default);

impl Signature {
    /// Takes no keywords; says so by itself, not leaving it to the function.
    pub fn is_positional_only(&self) -> bool {
        !self.unchecked
            && self.var_keyword.is_none()
            && self.parameters.iter().all(|p| p.kind == ParameterKind::PositionalOnly)
    }

    pub fn of(function: &'static NativeFn) -> &'static Signature {
        let address = function.signature.as_ptr() as usize;
        KNOWN.with_borrow_mut(|known| {
            *known.entry(address).or_insert_with(|| {
                let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
                *parsed
                    .entry(address)
                    .or_insert_with(|| Box::leak(Box::new(Signature::parse(function.signature))))
            })
        })
    }

    /// # Panics
    /// On malformed text; signatures are written by us.
    pub fn parse(text: &'static str) -> Signature {
        let mut signature = Signature {
            name: text,
            parameters: Vec::new(),
            var_positional: None,
            var_keyword: None,
            has_self: false,
            unchecked: false,
            python: false,
            nameless: false,
            n_positional: 0,
            n_required_positional: 0,
            direct: false,
            spreads: false,
        };
        let Some((name, rest)) = text.split_once('(') else {
            signature.unchecked = true;
            return signature;
        };
        signature.name = name.trim_end_matches(['!', '~', '?']);
        let marks = &name[signature.name.len()..];
        signature.python = marks.contains('~');
        signature.unchecked = marks.contains('!');
        signature.nameless = marks.contains('?');
        let body = rest.strip_suffix(')').unwrap_or_else(|| panic!("signature without ')': {text}"));
        let mut keyword_only = false;
        for item in split_parameters(body) {
            let item = item.trim();
            match item {
                "" => {}
                "/" => signature.parameters.iter_mut().for_each(|p| p.kind = ParameterKind::PositionalOnly),
                "*" => keyword_only = true,
                _ if item.starts_with("**") => signature.var_keyword = Some(&item[2..]),
                _ if item.starts_with('*') => {
                    signature.var_positional = Some(&item[1..]);
                    keyword_only = true;
                }
                _ => {
                    let (name, default) = match item.split_once('=') {
                        Some((name, default)) => (name, Some(default)),
                        None => (item, None),
                    };
                    let kind = if keyword_only {
                        ParameterKind::KeywordOnly
                    } else if name.starts_with('$') {
                        signature.has_self = true;
                        ParameterKind::PositionalOnly
                    } else {
                        ParameterKind::PositionalOrKeyword
                    };
                    signature.parameters.push(Parameter {
                        name: name.trim_start_matches('$'),
                        kind,
                        default,
                    });
                }
            }
        }
        let positional = |p: &&Parameter| p.kind != ParameterKind::KeywordOnly;
        signature.n_positional = signature.parameters.iter().filter(positional).count();
        signature.n_required_positional =
            signature.parameters.iter().filter(positional).filter(|p| p.default.is_none()).count();
        // Keyword-only parameters come last: where none is given, the values just end early.
        let optional_keywords = signature.parameters.iter().all(|p| positional(&p) || p.default.is_some());
        signature.spreads = signature.var_positional.is_some() && optional_keywords;
        signature.direct =
            signature.var_positional.is_none() && signature.var_keyword.is_none() && optional_keywords;
        signature
    }

    /// Whether `args` can be handed over without binding.
    #[inline]
    pub fn accepts_directly(&self, args: &Args<'_>) -> bool {
        self.unchecked
            || self.direct
                && args.kw_names.is_empty()
                && args.values.len() >= self.n_required_positional
                && args.values.len() <= self.n_positional
    }

    /// Whether `n` positional arguments alone can be handed over without binding.
    pub fn accepts_count(&self, n: usize) -> bool {
        self.unchecked || self.direct && n >= self.n_required_positional && n <= self.n_positional
    }

    /// As CPython's `__text_signature__`: the parameter list in parentheses. Where it stands for a function in Python, `self` is an ordinary
    /// parameter.
    pub fn text(text: &'static str) -> Option<Cow<'static, str>> {
        let (name, parameters) = text.split_at(text.find('(')?);
        if name.ends_with('~') { Some(parameters.replace('$', "").into()) } else { Some(parameters.into()) }
    }
}

/// Splits at commas outside brackets and quotes.
fn split_parameters(body: &'static str) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0, None, 0);
    for (at, c) in body.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&body[start..]);
    parts
}

/// "name expected at least N arguments, got M" and its like.
pub fn check_positional_count(vm: &Vm, name: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
    if given >= min && given <= max {
        return Ok(());
    }
    let (bound, count) = match (given < min, min == max) {
        (_, true) => ("", min),
        (true, false) => ("at least ", min),
        (false, false) => ("at most ", max),
    };
    let plural = if count == 1 { "" } else { "s" };
    vm.raise(Exc::TypeError, format!("{name} expected {bound}{count} argument{plural}, got {given}"))
}

/// The name messages use: methods of classes have it qualified ("list.append").
fn display_name(vm: &Vm, signature: &Signature, args: &Args<'_>, module: Option<&Value>) -> String {
    if signature.has_self {
        if let Some(receiver) = args.values.first() {
            // A constructor is found under no name.
            if let Some(class) = crate::class::lookup::defining_class_name(vm, receiver, signature.name) {
                return format!("{class}.{}", signature.name);
            }
        }
    }
    // Functions of modules as well, builtins apart.
    match module.and_then(|module| module.downcast::<Str>()) {
        Some(module) if *module != *"builtins" => format!("{module}.{}", signature.name),
        _ => signature.name.to_string(),
    }
}

#[cold]
fn wrong_positional_count(
    vm: &Vm,
    signature: &Signature,
    args: &Args<'_>,
    module: Option<&Value>,
) -> PyResult {
    let own = signature.has_self as usize;
    let given = args.values.len().saturating_sub(own);
    let (min, max) = (signature.n_required_positional.saturating_sub(own), signature.n_positional - own);
    let only_positional =
        signature.direct && signature.parameters.iter().all(|p| p.kind == ParameterKind::PositionalOnly);
    if args.values.len() < own {
        let name = signature.name;
        return vm.raise(Exc::TypeError, format!("unbound method {name}() needs an argument"));
    }
    if only_positional && (min, max) == (0, 0) {
        let name = display_name(vm, signature, args, module);
        return vm.raise(Exc::TypeError, format!("{name}() takes no arguments ({given} given)"));
    }
    if only_positional && (min, max) == (1, 1) {
        let name = display_name(vm, signature, args, module);
        return vm.raise(Exc::TypeError, format!("{name}() takes exactly one argument ({given} given)"));
    }
    let name = signature.name;
    // `sorted` takes its positional arguments apart before `list.sort` looks at the others.
    if only_positional || (name == "sorted" && !signature.has_self) || has_no_keywords(signature) {
        check_positional_count(vm, name, given, min, max)?;
    }
    check_total_count(vm, signature, args)?;
    if max == 0 && signature.parameters.iter().any(|p| p.kind == ParameterKind::KeywordOnly) {
        return vm.raise(Exc::TypeError, format!("{name}() takes no positional arguments"));
    }
    let required = signature
        .parameters
        .iter()
        .skip(own)
        .filter(|p| p.kind == ParameterKind::PositionalOnly && p.default.is_none())
        .count();
    if given < required {
        let bound = if required < max { "at least" } else { "exactly" };
        let plural = if required == 1 { "" } else { "s" };
        return vm.raise(
            Exc::TypeError,
            format!("{name}() takes {bound} {required} positional argument{plural} ({given} given)"),
        );
    }
    let total = signature.parameters.len() - own;
    let has_keyword_only = total > max;
    // CPython has two ways to bind arguments; this class takes the older one.
    let bound = if min == max && name != "ContextVar" { "exactly" } else { "at most" };
    let kind = if has_keyword_only { "positional " } else { "" };
    let given_total = if has_keyword_only { given } else { given + args.kw_names.len() };
    let plural = if max == 1 { "" } else { "s" };
    if max == 0 {
        return vm.raise(Exc::TypeError, format!("{name}() takes no positional arguments"));
    }
    vm.raise(
        Exc::TypeError,
        format!("{name}() takes {bound} {max} {kind}argument{plural} ({given_total} given)"),
    )
}

/// Whether all parameters are positional ones without a name that a caller could use.
fn has_no_keywords(signature: &Signature) -> bool {
    signature.parameters.iter().all(|p| p.kind == ParameterKind::PositionalOnly)
        && signature.var_keyword.is_none()
}

/// Refuses more arguments of both kinds than there are parameters, which CPython does before it looks at either kind.
fn check_total_count(vm: &Vm, signature: &Signature, args: &Args<'_>) -> PyResult<()> {
    let name = signature.name;
    let own = signature.has_self as usize;
    let total = signature.parameters.len() - own;
    let n_positional = args.values.len().saturating_sub(own);
    let n_all = n_positional + args.kw_names.len();
    if n_all <= total || signature.var_positional.is_some() || signature.var_keyword.is_some() {
        return Ok(());
    }
    let kind = if n_positional == 0 { "keyword " } else { "" };
    let plural = if total == 1 { "" } else { "s" };
    let name = if signature.nameless { "function".to_string() } else { format!("{name}()") };
    vm.raise(Exc::TypeError, format!("{name} takes at most {total} {kind}argument{plural} ({n_all} given)"))
}

/// The errors of a call of a function in Python.
#[cold]
fn check_as_python(vm: &Vm, signature: &Signature, args: &Args<'_>) -> PyResult<()> {
    let class = args.values.first().filter(|_| signature.has_self).map(|receiver| {
        let found = crate::class::lookup::defining_class_name(vm, receiver, signature.name);
        let class = found.as_deref().and_then(|class| class.rsplit('.').next()).map(str::to_string);
        // Constructors are named after their class.
        class.map_or_else(
            || format!("{}.__init__", signature.name),
            // The native base has what CPython has in the class itself.
            |class| match class.as_str() {
                "_EventLoop" => format!("BaseEventLoop.{}", signature.name),
                class => format!("{class}.{}", signature.name),
            },
        )
    });
    let name = class.unwrap_or_else(|| signature.name.to_string());
    let positional = |p: &&Parameter| p.kind != ParameterKind::KeywordOnly;
    for (key, _) in args.keywords() {
        let at = signature.parameters.iter().position(|p| p.name.as_bytes() == key.as_bytes());
        match at {
            Some(at) if at < args.values.len().min(signature.n_positional) => {
                return vm
                    .raise(Exc::TypeError, format!("{name}() got multiple values for argument '{key}'"));
            }
            None if signature.var_keyword.is_none() => {
                return vm
                    .raise(Exc::TypeError, format!("{name}() got an unexpected keyword argument '{key}'"));
            }
            _ => {}
        }
    }
    let (given, most) = (args.values.len(), signature.n_positional);
    if given > most && signature.var_positional.is_none() {
        let least = signature.n_required_positional;
        let range = if least < most { format!("from {least} to {most}") } else { most.to_string() };
        let plural = if least == most && most == 1 { "" } else { "s" };
        let were = if given == 1 { "was" } else { "were" };
        return vm.raise(
            Exc::TypeError,
            format!("{name}() takes {range} positional argument{plural} but {given} {were} given"),
        );
    }
    let is_missing = |p: &&Parameter| {
        p.default.is_none() && !args.keywords().any(|(key, _)| key.as_bytes() == p.name.as_bytes())
    };
    let missing: Vec<String> = signature
        .parameters
        .iter()
        .filter(positional)
        .skip(given)
        .filter(is_missing)
        .map(|p| format!("'{}'", p.name))
        .collect();
    let (shown, plural) = match missing.as_slice() {
        [] => return Ok(()),
        [one] => (one.clone(), ""),
        [one, two] => (format!("{one} and {two}"), "s"),
        [all @ .., last] => (format!("{}, and {last}", all.join(", ")), "s"),
    };
    vm.raise(
        Exc::TypeError,
        format!("{name}() missing {} required positional argument{plural}: {shown}", missing.len()),
    )
}

/// The general path: spreads positional and keyword arguments over the parameters, then calls.
#[inline(never)]
pub fn bind_and_call(
    vm: &Vm,
    signature: &Signature,
    call: NativeCall,
    args: Args<'_>,
    module: Option<&Value>,
) -> PyResult {
    let n_given = args.values.len();
    if signature.spreads && !args.has_keywords() && n_given >= signature.n_positional {
        let (values, rest) = args.values.split_at(signature.n_positional);
        return call(vm, Args { values, rest, ..args });
    }
    if signature.python {
        check_as_python(vm, signature, &args)?;
    }
    let name = signature.name;
    let own = signature.has_self as usize;
    if args.has_keywords() && signature.is_positional_only() {
        let name = display_name(vm, signature, &args, module);
        return vm.raise(Exc::TypeError, format!("{name}() takes no keyword arguments"));
    }
    if n_given > signature.n_positional && signature.var_positional.is_none() {
        return wrong_positional_count(vm, signature, &args, module);
    }
    check_total_count(vm, signature, &args)?;
    let n_taken = n_given.min(signature.n_positional);
    let mut bound: SmallVec<[Value; 8]> = SmallVec::with_capacity(signature.parameters.len());
    bound.extend(args.values[..n_taken].iter().cloned());
    bound.resize(signature.parameters.len(), Value::UNBOUND);
    let mut extra_names: SmallVec<[Gc<Str>; 4]> = SmallVec::new();
    let mut extra_values: SmallVec<[Value; 4]> = SmallVec::new();
    // Said only if nothing is missing.
    let mut unexpected = None;
    for (key, value) in args.keywords() {
        let parameter = signature
            .parameters
            .iter()
            .position(|p| p.kind != ParameterKind::PositionalOnly && p.name.as_bytes() == key.as_bytes());
        match parameter {
            Some(at) if at < n_taken => {
                let at = at - own + 1;
                let name = if signature.nameless { "function".to_string() } else { format!("{name}()") };
                return vm.raise(
                    Exc::TypeError,
                    format!("argument for {name} given by name ('{key}') and position ({at})"),
                );
            }
            Some(at) => bound[at] = value.clone(),
            None if signature.var_keyword.is_some() => {
                extra_names.push(key.clone());
                extra_values.push(value.clone());
            }
            None => {
                let is_positional_only =
                    signature.parameters.iter().skip(own).any(|p| p.name.as_bytes() == key.as_bytes());
                if is_positional_only && n_given < signature.n_required_positional {
                    return wrong_positional_count(vm, signature, &args, module);
                }
                let known: Vec<&[u8]> = signature
                    .parameters
                    .iter()
                    .filter(|p| p.kind != ParameterKind::PositionalOnly)
                    .map(|p| p.name.as_bytes())
                    .collect();
                let hint = match suggestions::closest(&known, key.as_bytes()) {
                    Some(found) => format!(". Did you mean '{}'?", String::from_utf8_lossy(found)),
                    None => String::new(),
                };
                // `sorted` hands its keywords to `list.sort`.
                let name = if name == "sorted" { "sort" } else { name };
                let name = if signature.nameless { "this function".to_string() } else { format!("{name}()") };
                unexpected.get_or_insert_with(|| {
                    format!("{name} got an unexpected keyword argument '{key}'{hint}")
                });
            }
        }
    }
    for (at, parameter) in signature.parameters.iter().enumerate() {
        if parameter.default.is_none() && bound[at].is_unbound() {
            if parameter.kind == ParameterKind::PositionalOnly {
                return wrong_positional_count(vm, signature, &args, module);
            }
            let position = if parameter.kind == ParameterKind::KeywordOnly {
                return vm.raise(
                    Exc::TypeError,
                    format!("{name}() missing required keyword-only argument: '{}'", parameter.name),
                );
            } else {
                at - own + 1
            };
            return vm.raise(
                Exc::TypeError,
                format!("{name}() missing required argument '{}' (pos {position})", parameter.name),
            );
        }
    }
    if let Some(message) = unexpected {
        return vm.raise(Exc::TypeError, message);
    }
    let rest = &args.values[n_taken..];
    call(vm, Args { values: &bound, rest, kw_names: &extra_names, kw_values: &extra_values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_parse() {
        let s = Signature::parse("sorted(iterable, /, *, key=None, reverse=False)");
        assert_eq!((s.parameters.len(), s.n_positional, s.n_required_positional, s.direct), (3, 1, 1, true));
        let s = Signature::parse("append($self, object, /)");
        assert!(s.direct && s.has_self);
        let s = Signature::parse("print(*args, sep=' ', end='\\n', file=None, flush=False)");
        assert_eq!((s.var_positional, s.parameters.len()), (Some("args"), 4));
        assert!(Signature::parse("dir").unchecked);
    }
}
