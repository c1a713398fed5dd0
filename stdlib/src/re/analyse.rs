//! What can be known of a program before it runs: which bytes can come next at each instruction, which loops never
//! need to give back, and where a search can begin.

use memchr::memmem::Finder;

use super::charset::{Charset, FirstSet};
use super::node::{Greed, MAX_REPEAT};
use super::program::*;

/// Passes over the program until backward jumps have settled; beyond it nothing is assumed.
const MAX_PASSES: usize = 12;
/// Splits beyond this many get no table.
const MAX_TABLES: usize = 8192;
/// The longest window: one bit of a byte each.
const MAX_WINDOW: usize = 8;

/// Fills in tables, follow sets and the start of searches.
pub fn finish(program: &mut Program) {
    let firsts = first_sets(program);
    for index in 0..program.code.len() {
        match program.code[index] {
            Inst::Split { first, second, .. } if program.tables.len() < MAX_TABLES => {
                let (a, b) = (firsts[first as usize], firsts[second as usize]);
                if a != FirstSet::ALL || b != FirstSet::ALL {
                    let table = program.tables.len() as u32;
                    program.tables.push(split_table(&a, &b));
                    program.code[index] = Inst::Split { first, second, table };
                }
            }
            Inst::One(one) => settle_one(program, index, one as usize, &firsts),
            _ => {}
        }
    }
    choose_start(program, &firsts);
}

fn split_table(a: &FirstSet, b: &FirstSet) -> Box<[u8; 257]> {
    let mut table = Box::new([0_u8; 257]);
    for byte in 0..=255_u8 {
        table[usize::from(byte)] = u8::from(a.contains(byte)) | u8::from(b.contains(byte)) << 1;
    }
    table[256] = u8::from(a.at_end) | u8::from(b.at_end) << 1;
    table
}

/// The bytes that can come next at every instruction, by going over the program backwards until nothing changes.
fn first_sets(program: &Program) -> Vec<FirstSet> {
    let mut firsts = vec![FirstSet::NONE; program.code.len()];
    for _ in 0..MAX_PASSES {
        let mut changed = false;
        for index in (0..program.code.len()).rev() {
            let first = first_set(program, index, &firsts);
            changed |= first != firsts[index];
            firsts[index] = first;
        }
        if !changed {
            return firsts;
        }
    }
    vec![FirstSet::ALL; program.code.len()]
}

fn first_set(program: &Program, index: usize, firsts: &[FirstSet]) -> FirstSet {
    let next = || firsts[index + 1];
    let at = |target: u32| firsts[target as usize];
    let mut only = FirstSet::NONE;
    match program.code[index] {
        Inst::Byte(byte) => only.insert(byte),
        Inst::Literal(literal) => only.insert(program.literals[literal as usize][0]),
        Inst::Set(set) => only = program.sets[set as usize].first_bytes(),
        Inst::One(one) => {
            let one = &program.ones[one as usize];
            only = program.sets[one.set as usize].first_bytes();
            if one.min == 0 {
                only = only.union(next());
            }
        }
        Inst::Fail => {}
        Inst::Assert(Assertion::StringEnd) => only.at_end = true,
        Inst::Assert(Assertion::End | Assertion::LineEnd) => {
            only.insert(b'\n');
            only.at_end = true;
        }
        Inst::Assert(_)
        | Inst::Open(_)
        | Inst::Close(_)
        | Inst::LoopInit(_)
        | Inst::LoopAgain(_)
        | Inst::AtomicBegin(_)
        | Inst::BehindSet { .. }
        | Inst::BehindLiteral { .. } => return next(),
        Inst::PeekSet { set, negated: false } => only = program.sets[set as usize].first_bytes(),
        Inst::PeekSet { negated: true, .. } => return next(),
        Inst::Jump(target) => return at(target),
        Inst::Split { first, second, .. } => return at(first).union(at(second)),
        Inst::LoopHead(head) => {
            let head = program.loops[head as usize];
            return at(head.body).union(at(head.exit));
        }
        Inst::NegativeBegin { next, .. } => return at(next),
        Inst::IfGroup { no, .. } => return next().union(at(no)),
        // Whether the inside of an atomic group or assertion succeeds must not depend on what comes after it.
        Inst::Accept
        | Inst::AtomicEnd(_)
        | Inst::LookBegin(_)
        | Inst::LookEnd(_)
        | Inst::NegativeEnd(_)
        | Inst::Back(_)
        | Inst::Backreference(_)
        | Inst::BackreferenceFold { .. } => return FirstSet::ALL,
    }
    only
}

/// Decides what a set loop does when what follows it fails.
fn settle_one(program: &mut Program, index: usize, one: usize, firsts: &[FirstSet]) {
    let loop_ = &program.ones[one];
    let follow = firsts[index + 1];
    let set = &program.sets[loop_.set as usize];
    // Inside the run the next byte is a member, so if no member can follow, only the whole run will do.
    let mut whole_run_only = set.first_bytes().bytes_disjoint(&follow);
    let mut after = index + 1;
    loop {
        match program.code[after] {
            Inst::Close(_) | Inst::Open(_) => after += 1,
            Inst::Jump(target) => after = target as usize,
            Inst::Accept | Inst::AtomicEnd(_) | Inst::LookEnd(_) | Inst::NegativeEnd(_) => {
                // The longest run is accepted unless no run would be.
                whole_run_only |= loop_.greed == Greed::Greedy;
                break;
            }
            Inst::Assert(Assertion::Boundary(kind)) => {
                let words = program.words[kind as usize].as_deref();
                whole_run_only |= loop_.min > 0 && words.is_some_and(|words| set.only_words(words));
                break;
            }
            _ => break,
        }
    }
    let follow = if follow == FirstSet::ALL {
        Follow::Unknown
    } else if follow.len() == 1 && !follow.at_end {
        follow.bytes().next().map_or(Follow::Unknown, Follow::Byte)
    } else {
        Follow::Set(Box::new(follow))
    };
    let loop_ = &mut program.ones[one];
    loop_.follow = follow;
    if whole_run_only {
        loop_.greed = Greed::Possessive;
    }
}

/// The bytes allowed at the first positions of a match, as far as the program is a straight line.
fn leading_bytes(program: &Program, firsts: &[FirstSet]) -> Vec<FirstSet> {
    let mut window = Vec::new();
    let mut index = 0;
    while window.len() < MAX_WINDOW {
        let mut one_set = |set: &Charset, count: usize| {
            for _ in 0..count.min(MAX_WINDOW) {
                window.push(set.first_bytes());
                if !set.is_single_byte() && set.first_bytes().bytes().any(|byte| byte >= 0x80) {
                    return false;
                }
            }
            true
        };
        match program.code[index] {
            Inst::Byte(byte) => {
                let mut only = FirstSet::NONE;
                only.insert(byte);
                window.push(only);
            }
            Inst::Literal(literal) => {
                for &byte in program.literals[literal as usize].iter() {
                    let mut only = FirstSet::NONE;
                    only.insert(byte);
                    window.push(only);
                }
            }
            Inst::Set(set) => {
                if !one_set(&program.sets[set as usize], 1) {
                    break;
                }
            }
            Inst::One(one) if program.ones[one as usize].min > 0 => {
                let one = &program.ones[one as usize];
                let fixed = one_set(&program.sets[one.set as usize], one.min as usize);
                if !fixed || one.min != one.max {
                    break;
                }
            }
            Inst::Assert(Assertion::Boundary(_) | Assertion::NonBoundary(_) | Assertion::LineStart)
            | Inst::Open(_)
            | Inst::Close(_)
            | Inst::AtomicBegin(_)
            | Inst::AtomicEnd(_)
            | Inst::BehindSet { .. }
            | Inst::BehindLiteral { .. } => {}
            Inst::Jump(target) => {
                if target as usize <= index {
                    break;
                }
                index = target as usize;
                continue;
            }
            _ => {
                let first = firsts[index];
                if !first.at_end {
                    window.push(first);
                }
                break;
            }
        }
        index += 1;
    }
    window
}

fn choose_start(program: &mut Program, firsts: &[FirstSet]) {
    let mut index = 0;
    while matches!(program.code[index], Inst::Open(_) | Inst::AtomicBegin(_)) {
        index += 1;
    }
    match program.code[index] {
        Inst::Assert(Assertion::StringStart) => {
            program.start = Start::StringStart;
            return;
        }
        Inst::Assert(Assertion::LineStart) => {
            program.start = Start::LineStart;
            return;
        }
        _ => {}
    }
    program.leading_run = leading_run(program);
    let mut window = leading_bytes(program, firsts);
    let literal: Vec<u8> =
        window.iter().map_while(|set| if set.len() == 1 { set.bytes().next() } else { None }).collect();
    if literal.len() > 1 {
        program.start = Start::Literal(Box::new(Finder::new(&literal).into_owned()));
        return;
    }
    window.truncate(MAX_WINDOW);
    let Some(first) = window.first().copied() else { return };
    if first == FirstSet::ALL || first.len() >= 256 {
        return;
    }
    let length = window.len() as u32;
    let mut table = Box::new([0_u8; 256]);
    for (position, set) in window.iter().enumerate() {
        set.bytes().for_each(|byte| table[usize::from(byte)] |= 1 << position);
    }
    if first.len() <= 3 {
        program.start = Start::Bytes(first.bytes().collect());
        program.window = (length > 1).then_some((table, length));
    } else {
        program.start = Start::Window { table, length };
    }
}

/// The unbounded set loop at the very beginning. If a try that starts inside a run of it fails, the tries that start
/// further on in the same run can only go on at places that were tried already. What follows must not ask where the
/// match began, as a backreference to a group around the loop does.
fn leading_run(program: &Program) -> Option<u32> {
    let mut around = Vec::new();
    while let Inst::Open(group) = program.code[around.len()] {
        around.push(group);
    }
    let Inst::One(one) = program.code[around.len()] else { return None };
    let refers = |inst: &Inst| match inst {
        Inst::Backreference(group) | Inst::BackreferenceFold { group, .. } => around.contains(group),
        _ => false,
    };
    let unbounded = program.ones[one as usize].max == MAX_REPEAT;
    (unbounded && !program.code.iter().any(refers)).then_some(one)
}
