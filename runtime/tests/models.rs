//! Builtin types against simple models, on random operations: int, str, list, dict, set, and the heap with its collector.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use ouro_lang::parser::Mode;
use ouro_runtime::class::CompareOp;
use ouro_runtime::host::Host;
use ouro_runtime::objects::weak_reference::new_reference;
use ouro_runtime::objects::{dict::Dict, int, list::List, set};
use ouro_runtime::vm::options::Options;
use ouro_runtime::vm::source::SourceOptions;
use ouro_runtime::vm::start::Config;
use ouro_runtime::{PyResult, Value, Vm};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Limits, TestRunner};

const STACK_SIZE_BYTES: usize = 1 << 20;

fn interpreter() -> Box<Vm> {
    Vm::start(Config {
        native_modules: &[],
        frozen_modules: &[],
        stack_size_bytes: STACK_SIZE_BYTES,
        host: Host::new(),
        options: Options::default(),
    })
}

/// Runs `check` on many inputs with one interpreter.
fn for_all<S: Strategy>(strategy: S, check: impl Fn(&Vm, S::Value) -> Result<(), TestCaseError>) {
    let vm = interpreter();
    let limits = Limits { cases: 200, failure_persistence: None, ..Limits::default() };
    let result = TestRunner::new(limits).run(&strategy, |input| check(&vm, input));
    if let Err(problem) = result {
        panic!("{problem}");
    }
}

/// What a method gives, or the class of what it raises.
fn method(vm: &Vm, receiver: &Value, name: &str, args: &[Value]) -> Result<Value, String> {
    shown(vm, vm.call_method_named(receiver, name, args))
}

fn shown<T>(vm: &Vm, result: PyResult<T>) -> Result<T, String> {
    result.map_err(|raised| {
        let exception = vm.take_raised(raised);
        vm.type_name(exception.as_value())
    })
}

fn text(vm: &Vm, value: &Value) -> String {
    shown(vm, vm.repr_text(value)).expect("repr of builtin types does not fail")
}

fn ints(values: &[i64]) -> Value {
    List::new(values.iter().map(|&value| Value::int(value)).collect()).into()
}

fn i64_of(value: &Value) -> i64 {
    int::as_i64(value).expect("a small int")
}

/// Numbers around the borders of the representations as well as any.
fn any_int() -> impl Strategy<Value = BigInt> {
    prop_oneof![
        any::<i8>().prop_map(BigInt::from),
        any::<i64>().prop_map(BigInt::from),
        any::<i128>().prop_map(BigInt::from),
        (any::<i16>(), 60u32..66).prop_map(|(n, shift)| (BigInt::from(1) << shift) + n),
        (any::<i16>(), 60u32..66).prop_map(|(n, shift)| -(BigInt::from(1) << shift) + n),
        (any::<i128>(), any::<i128>()).prop_map(|(a, b)| BigInt::from(a) * b),
    ]
}

#[test]
fn ints_calculate_as_big_integers_do() {
    use num_integer::Integer;
    for_all((any_int(), any_int(), 0u32..200), |vm, (a, b, shift)| {
        let value = |n: &BigInt| -> Value { int::new_big(n.clone()) };
        let (x, y) = (value(&a), value(&b));
        let zero = BigInt::from(0);
        let mut cases = vec![
            ("__add__", &a + &b),
            ("__sub__", &a - &b),
            ("__mul__", &a * &b),
            ("__and__", &a & &b),
            ("__or__", &a | &b),
            ("__xor__", &a ^ &b),
        ];
        if b != zero {
            cases.push(("__floordiv__", a.div_floor(&b)));
            cases.push(("__mod__", a.mod_floor(&b)));
        }
        for (name, want) in cases {
            let got = method(vm, &x, name, std::slice::from_ref(&y));
            prop_assert_eq!(got.map(|got| text(vm, &got)), Ok(want.to_string()), "{} {} {}", a, name, b);
        }
        let count = [Value::int(shift.into())];
        let left = method(vm, &x, "__lshift__", &count).map(|got| text(vm, &got));
        prop_assert_eq!(left, Ok((&a << shift).to_string()));
        let right = method(vm, &x, "__rshift__", &count).map(|got| text(vm, &got));
        prop_assert_eq!(right, Ok((&a >> shift).to_string()));
        let less = shown(vm, vm.compare_bool(&x, &y, CompareOp::Lt));
        prop_assert_eq!(less, Ok(a < b));
        let equal = shown(vm, vm.compare_bool(&x, &value(&a), CompareOp::Eq));
        prop_assert_eq!(equal, Ok(true));
        prop_assert_eq!(shown(vm, vm.hash(&x)), shown(vm, vm.hash(&value(&a))));
        if b == zero {
            let error = method(vm, &x, "__floordiv__", &[y]).map(|got| text(vm, &got));
            prop_assert_eq!(error, Err("ZeroDivisionError".to_string()));
        }
        Ok(())
    });
}

/// Where a slice of `len` items begins and ends, as the language says.
fn bounds(len: usize, start: i64, stop: i64) -> (usize, usize) {
    let clip = |n: i64| {
        let n = if n < 0 { n + len as i64 } else { n };
        n.clamp(0, len as i64) as usize
    };
    let (start, stop) = (clip(start), clip(stop));
    (start, stop.max(start))
}

fn slice(vm: &Vm, start: i64, stop: i64) -> Value {
    let class = vm.types.slice().to_value();
    shown(vm, vm.call(&class, &[Value::int(start), Value::int(stop)])).expect("two ints make a slice")
}

/// Characters of all widths.
fn any_text() -> impl Strategy<Value = String> {
    vec(prop_oneof![Just('a'), Just('b'), Just('\u{e9}'), Just('\u{4e2d}'), Just('\u{1f40d}')], 0..24)
        .prop_map(|chars| chars.into_iter().collect())
}

#[test]
fn strings_are_sequences_of_code_points() {
    let part = vec(prop_oneof![Just('a'), Just('b'), Just('\u{e9}')], 0..3)
        .prop_map(|chars| chars.into_iter().collect::<String>());
    for_all((any_text(), part, any_text(), -30i64..30, -30i64..30), |vm, (model, part, other, i, j)| {
        let chars: Vec<char> = model.chars().collect();
        let of = |text: &str| -> Value { text.into() };
        let (value, needle) = (of(&model), of(&part));
        let show = |result: Result<Value, String>| result.map(|value| text(vm, &value));
        let string = |text: &str| Ok(self::text(vm, &of(text)));
        let length = method(vm, &value, "__len__", &[]).map(|n| i64_of(&n));
        prop_assert_eq!(length, Ok(chars.len() as i64));
        let index = if i < 0 { i + chars.len() as i64 } else { i };
        let want = usize::try_from(index).ok().and_then(|index| chars.get(index));
        let got = show(method(vm, &value, "__getitem__", &[Value::int(i)]));
        match want {
            Some(char) => prop_assert_eq!(got, string(&char.to_string())),
            None => prop_assert_eq!(got, Err("IndexError".to_string())),
        }
        let (start, stop) = bounds(chars.len(), i, j);
        let got = show(method(vm, &value, "__getitem__", &[slice(vm, i, j)]));
        prop_assert_eq!(got, string(&chars[start..stop].iter().collect::<String>()));
        let found = model.find(&part).map_or(-1, |at| model[..at].chars().count() as i64);
        prop_assert_eq!(
            method(vm, &value, "find", std::slice::from_ref(&needle)).map(|n| i64_of(&n)),
            Ok(found)
        );
        let last = model.rfind(&part).map_or(-1, |at| model[..at].chars().count() as i64);
        prop_assert_eq!(
            method(vm, &value, "rfind", std::slice::from_ref(&needle)).map(|n| i64_of(&n)),
            Ok(last)
        );
        if !part.is_empty() {
            let n = model.matches(&part).count() as i64;
            prop_assert_eq!(
                method(vm, &value, "count", std::slice::from_ref(&needle)).map(|n| i64_of(&n)),
                Ok(n)
            );
            let pieces: Vec<Value> = model.split(&part).map(of).collect();
            let want = text(vm, &List::new(pieces).into());
            prop_assert_eq!(show(method(vm, &value, "split", std::slice::from_ref(&needle))), Ok(want));
        }
        let got = show(method(vm, &value, "replace", &[needle, of(&other)]));
        prop_assert_eq!(got, string(&model.replace(&part, &other)));
        let joined = show(method(vm, &value, "__add__", &[of(&other)]));
        prop_assert_eq!(joined, string(&(model.clone() + &other)));
        let less = shown(vm, vm.compare_bool(&value, &of(&other), CompareOp::Lt));
        prop_assert_eq!(less, Ok(model < other));
        Ok(())
    });
}

/// One change of a sequence or mapping; what the numbers mean is the operation's.
type Step = (u8, i64, i64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec((0u8..10, -12i64..12, -12i64..12), 0..60)
}

#[test]
fn lists_change_as_vectors_do() {
    for_all(steps(), |vm, steps| {
        let list = ints(&[]);
        let mut model: Vec<i64> = Vec::new();
        for (operation, a, b) in steps {
            let (x, y) = (Value::int(a), Value::int(b));
            let at = if a < 0 { a + model.len() as i64 } else { a };
            let at = usize::try_from(at).ok().filter(|&at| at < model.len());
            let (start, stop) = bounds(model.len(), a, b);
            let index_error = "IndexError".to_string();
            match operation {
                0 | 1 => {
                    model.push(a);
                    prop_assert!(method(vm, &list, "append", &[x]).is_ok());
                }
                2 => {
                    model.insert(bounds(model.len(), a, a).0, b);
                    prop_assert!(method(vm, &list, "insert", &[x, y]).is_ok());
                }
                3 => {
                    let got = method(vm, &list, "pop", &[x]).map(|value| i64_of(&value));
                    prop_assert_eq!(got, at.map(|at| model.remove(at)).ok_or(index_error));
                }
                4 => {
                    let got = method(vm, &list, "__setitem__", &[x, y]).map(drop);
                    prop_assert_eq!(got, at.map(|at| model[at] = b).ok_or(index_error));
                }
                5 => {
                    model.drain(start..stop);
                    prop_assert!(method(vm, &list, "__delitem__", &[slice(vm, a, b)]).is_ok());
                }
                6 => {
                    model.splice(start..stop, [a, b, a]);
                    let new = ints(&[a, b, a]);
                    prop_assert!(method(vm, &list, "__setitem__", &[slice(vm, a, b), new]).is_ok());
                }
                7 => {
                    let old = list.clone();
                    model.extend_from_within(..);
                    prop_assert!(method(vm, &list, "extend", &[old]).is_ok());
                    model.truncate(40);
                    let rest = slice(vm, 40, i64::MAX >> 2);
                    prop_assert!(method(vm, &list, "__delitem__", &[rest]).is_ok());
                }
                8 => {
                    model.sort_unstable();
                    prop_assert!(method(vm, &list, "sort", &[]).is_ok());
                }
                _ => {
                    model.reverse();
                    prop_assert!(method(vm, &list, "reverse", &[]).is_ok());
                }
            }
            prop_assert_eq!(text(vm, &list), format!("{model:?}"));
        }
        Ok(())
    });
}

#[test]
fn dicts_keep_the_order_of_insertion() {
    for_all(steps(), |vm, steps| {
        let dict: Value = Dict::new().into();
        let mut model: Vec<(i64, i64)> = Vec::new();
        for (operation, key, value) in steps {
            let (k, v) = (Value::int(key), Value::int(value));
            let at = model.iter().position(|(known, _)| *known == key);
            let key_error = Err("KeyError".to_string());
            match operation {
                0..=3 => {
                    match at {
                        Some(at) => model[at].1 = value,
                        None => model.push((key, value)),
                    }
                    prop_assert!(method(vm, &dict, "__setitem__", &[k, v]).is_ok());
                }
                4 | 5 => {
                    let got = method(vm, &dict, "__delitem__", &[k]).map(drop);
                    prop_assert_eq!(
                        got,
                        at.map_or(key_error, |at| {
                            model.remove(at);
                            Ok(())
                        })
                    );
                }
                6 => {
                    let got = method(vm, &dict, "setdefault", &[k, v]).map(|got| i64_of(&got));
                    let want = at.map_or(value, |at| model[at].1);
                    if at.is_none() {
                        model.push((key, value));
                    }
                    prop_assert_eq!(got, Ok(want));
                }
                7 => {
                    let got = method(vm, &dict, "popitem", &[]).map(|got| text(vm, &got));
                    let want = model.pop().map(|(key, value)| format!("({key}, {value})"));
                    prop_assert_eq!(got, want.ok_or("KeyError".to_string()));
                }
                8 => {
                    let got = method(vm, &dict, "get", &[k, Value::int(99)]).map(|got| i64_of(&got));
                    prop_assert_eq!(got, Ok(at.map_or(99, |at| model[at].1)));
                }
                _ => {
                    let other = shown(vm, vm.call_method_named(&dict, "copy", &[])).expect("dicts copy");
                    let equal = shown(vm, vm.compare_bool(&dict, &other, CompareOp::Eq));
                    prop_assert_eq!(equal, Ok(true));
                }
            }
            let want: Vec<String> = model.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            prop_assert_eq!(text(vm, &dict), format!("{{{}}}", want.join(", ")));
        }
        Ok(())
    });
}

#[test]
fn sets_follow_set_algebra() {
    let items = || vec(-9i64..9, 0..20);
    for_all((items(), items(), steps()), |vm, (left, right, steps)| {
        let of = |items: &[i64]| -> Value {
            let items: Vec<Value> = items.iter().map(|&item| Value::int(item)).collect();
            set::frozen_of_constants(vm, &items)
        };
        let sorted = |value: &Value| -> Vec<i64> {
            let mut items: Vec<i64> =
                shown(vm, vm.collect(value)).expect("sets can be iterated").iter().map(i64_of).collect();
            items.sort_unstable();
            items
        };
        let (x, y) = (of(&left), of(&right));
        let (a, b): (BTreeSet<i64>, BTreeSet<i64>) =
            (left.into_iter().collect(), right.into_iter().collect());
        for (name, want) in
            [("__or__", &a | &b), ("__and__", &a & &b), ("__sub__", &a - &b), ("__xor__", &a ^ &b)]
        {
            let got = method(vm, &x, name, std::slice::from_ref(&y)).map(|got| sorted(&got));
            prop_assert_eq!(got, Ok(want.into_iter().collect()), "{}", name);
        }
        let subset = shown(vm, vm.compare_bool(&x, &y, CompareOp::Le));
        prop_assert_eq!(subset, Ok(a.is_subset(&b)));
        let class = vm.types.set().to_value();
        let changing = shown(vm, vm.call(&class, &[x])).expect("a set of a frozenset");
        let mut model = a;
        for (operation, item, _) in steps {
            let value = Value::int(item);
            match operation {
                0..=4 => {
                    model.insert(item);
                    prop_assert!(method(vm, &changing, "add", &[value]).is_ok());
                }
                5..=7 => {
                    let want = if model.remove(&item) { Ok(()) } else { Err("KeyError".to_string()) };
                    prop_assert_eq!(method(vm, &changing, "remove", &[value]).map(drop), want);
                }
                _ => {
                    let got = method(vm, &changing, "__contains__", &[value]);
                    prop_assert_eq!(got.map(|got| got.is(&Value::TRUE)), Ok(model.contains(&item)));
                }
            }
            prop_assert_eq!(sorted(&changing), model.iter().copied().collect::<Vec<_>>());
        }
        Ok(())
    });
}

/// Objects that refer to each other in any way; some are held from outside.
#[test]
fn exactly_what_is_reachable_survives() {
    let edges = vec((0usize..12, 0usize..12), 0..40);
    let held = vec(any::<bool>(), 12);
    for_all((edges, held), |vm, (edges, held)| {
        let namespace = Dict::new();
        let code = vm.compile_source(b"class Node: pass\n", SourceOptions::new(Mode::Exec, "nodes.py"));
        let code = shown(vm, code).expect("the class compiles");
        prop_assert_eq!(shown(vm, vm.run_code(&code, &namespace, None, None).map(drop)), Ok(()));
        let class = namespace.get_str(&vm.intern("Node")).expect("the class was made");
        let mut nodes: Vec<Value> =
            held.iter().map(|_| shown(vm, vm.call(&class, &[])).expect("a node can be made")).collect();
        let references: Vec<_> = nodes
            .iter()
            .map(|node| shown(vm, new_reference(vm, node)).expect("nodes can be referred to weakly"))
            .collect();
        let lists: Vec<Value> = nodes.iter().map(|_| ints(&[])).collect();
        for (node, list) in nodes.iter().zip(&lists) {
            let set = vm.set_attr(node, &vm.intern("edges"), Some(list));
            prop_assert_eq!(shown(vm, set), Ok(()));
        }
        for &(from, to) in &edges {
            prop_assert!(method(vm, &lists[from], "append", &[nodes[to].clone()]).is_ok());
        }
        drop(lists);
        let mut reachable = BTreeSet::new();
        let mut open: Vec<usize> = (0..held.len()).filter(|&node| held[node]).collect();
        while let Some(node) = open.pop() {
            if reachable.insert(node) {
                open.extend(edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| *to));
            }
        }
        let mut keep = held.iter();
        nodes.retain(|_| *keep.next().expect("as many as nodes"));
        vm.collect_garbage();
        for (node, reference) in references.iter().enumerate() {
            let lives = reference.target().is_some();
            prop_assert_eq!(lives, reachable.contains(&node), "node {}", node);
        }
        drop(nodes);
        vm.collect_garbage();
        prop_assert!(references.iter().all(|reference| reference.target().is_none()));
        Ok(())
    });
}
