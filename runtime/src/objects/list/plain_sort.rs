//! Sorting keys that are alike and compare without Python code: ints, floats, strings, and tuples of them.
//!
//! Their stable order is unique, so any sorting algorithm gives what CPython's gives.

use std::cmp::Ordering;

use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Sorts a list of nothing but small ints, or of nothing but inline floats, in place; whether it was one.
pub(super) fn sort_numbers(items: &mut [Value], reverse: bool) -> bool {
    if items[0].is_small_int() {
        let Some(mut numbers) = items.iter().map(Value::as_small_int).collect::<Option<Vec<i64>>>() else {
            return false;
        };
        numbers.sort_unstable();
        if reverse {
            numbers.reverse();
        }
        items.iter_mut().zip(numbers).for_each(|(item, n)| *item = Value::small(n));
        return true;
    }
    false
}

/// Sorts positions of keys that are all small ints, all floats (but NaN) or all strings; whether they were.
pub(super) fn sort_alike(keys: &[Value], order: &mut [u32]) -> bool {
    fn apply<K>(
        order: &mut [u32],
        mut pairs: Vec<(K, u32)>,
        less: impl Fn(&(K, u32), &(K, u32)) -> Ordering,
    ) {
        pairs.sort_by(less);
        order.iter_mut().zip(pairs).for_each(|(at, pair)| *at = pair.1);
    }
    let at = |&at: &u32| &keys[at as usize];
    if keys[0].is_small_int() {
        let pairs = order.iter().map(|i| Some((at(i).as_small_int()?, *i))).collect::<Option<Vec<_>>>();
        let Some(pairs) = pairs else { return false };
        apply(order, pairs, |a, b| a.0.cmp(&b.0));
        return true;
    }
    if keys[0].as_exact_float().is_some() {
        let pairs = order
            .iter()
            .map(|i| Some((at(i).as_exact_float().filter(|x| !x.is_nan())?, *i)))
            .collect::<Option<Vec<_>>>();
        let Some(pairs) = pairs else { return false };
        // Not `total_cmp`, which tells the zeros apart.
        apply(order, pairs, |a, b| a.0.partial_cmp(&b.0).expect("no NaN among them"));
        return true;
    }
    if keys[0].downcast_exact::<Tuple>().is_some() {
        return sort_tuples(keys, order);
    }
    if keys[0].downcast_exact::<Str>().is_some() {
        // UTF-8 sorts by bytes as by code points. The first eight bytes decide most comparisons.
        let pairs = order
            .iter()
            .map(|i| Some((text_prefix(at(i).downcast_exact::<Str>()?.as_bytes()), *i)))
            .collect::<Option<Vec<_>>>();
        let Some(pairs) = pairs else { return false };
        let bytes = |i: u32| keys[i as usize].downcast::<Str>().map(|text| text.as_bytes());
        apply(order, pairs, |a, b| a.0.cmp(&b.0).then_with(|| bytes(a.1).cmp(&bytes(b.1))));
        return true;
    }
    false
}

/// The first eight bytes, as a number that orders as they do.
fn text_prefix(bytes: &[u8]) -> u64 {
    if let Some(first) = bytes.first_chunk() {
        return u64::from_be_bytes(*first);
    }
    let mut first = [0; 8];
    first[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(first)
}

/// A class whose values compare without Python code, in one order.
#[derive(Clone, Copy, PartialEq)]
enum Plain {
    Int,
    Float,
    Text,
}

impl Plain {
    /// The class of `value` if it is one of these; NaN, which has no place in an order, is not.
    fn of(value: &Value) -> Option<Plain> {
        if value.is_small_int() {
            return Some(Plain::Int);
        }
        if value.downcast_exact::<Str>().is_some() {
            return Some(Plain::Text);
        }
        value.as_exact_float().filter(|x| !x.is_nan()).map(|_| Plain::Float)
    }

    /// A number that orders as the value does, unless it is the same for both.
    fn prefix(self, value: &Value) -> u64 {
        match self {
            Plain::Int => (value.bits() as i64 as u64) ^ 1 << 63,
            Plain::Text => value.downcast::<Str>().map_or(0, |text| text_prefix(text.as_bytes())),
            Plain::Float => {
                // Adding turns -0.0 into 0.0, which is its equal.
                let bits = (value.as_exact_float().unwrap_or_default() + 0.0).to_bits();
                if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
            }
        }
    }

    fn order(self, a: &Value, b: &Value) -> Ordering {
        match self {
            Plain::Text => {
                let (a, b) = (a.downcast::<Str>(), b.downcast::<Str>());
                a.map(|text| text.as_bytes()).cmp(&b.map(|text| text.as_bytes()))
            }
            _ => self.prefix(a).cmp(&self.prefix(b)),
        }
    }
}

/// Items of tuple keys that are looked at before the protocol must decide.
const MAX_PLAIN_ITEMS: usize = 8;

/// Sorts positions of keys that are all tuples whose items have the same plain class in each place; whether they were.
fn sort_tuples(keys: &[Value], order: &mut [u32]) -> bool {
    let mut classes: Vec<Plain> = Vec::new();
    let mut tuples: Vec<&[Value]> = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(tuple) = key.downcast_exact::<Tuple>() else { return false };
        let items = tuple.items();
        if items.len() > MAX_PLAIN_ITEMS {
            return false;
        }
        for (at, item) in items.iter().enumerate() {
            match (Plain::of(item), classes.get(at)) {
                (Some(class), Some(known)) if class == *known => {}
                (Some(class), None) => classes.push(class),
                _ => return false,
            }
        }
        tuples.push(items);
    }
    let prefix = |items: &[Value]| items.first().map_or(0, |first| classes[0].prefix(first));
    let mut pairs: Vec<(u64, u32)> = order.iter().map(|&at| (prefix(tuples[at as usize]), at)).collect();
    let whole = |a: u32, b: u32| {
        let (a, b) = (tuples[a as usize], tuples[b as usize]);
        let items = a.iter().zip(b).zip(&classes);
        let differing = items.map(|((a, b), class)| class.order(a, b)).find(|order| order.is_ne());
        differing.unwrap_or_else(|| a.len().cmp(&b.len()))
    };
    pairs.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| whole(a.1, b.1)));
    order.iter_mut().zip(pairs).for_each(|(at, pair)| *at = pair.1);
    true
}
