//! From a finished [`Unit`] to a code object: final register numbers, jump offsets, exception and line tables.

use std::rc::Rc;

use super::unit::{Ins, LONG, Reg, TEMP_BASE, TooLarge, Unit};
use crate::ast::Span;
use crate::code::{
    CodeBody, CodeObject, ExceptionEntry, Instruction, LineTable, Opcode, Operand, Position, WINDOW_HEADER,
};
use crate::source::SourceText;

/// How an instruction is laid out.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Normal,
    /// A jump to the next instruction: left out.
    Nothing,
    /// The target is out of reach of 16 bits: the inverted condition jumps over a 32-bit jump.
    Inverted,
    /// The same for an instruction without inverse: it jumps over a jump to what follows.
    Trampoline,
}

pub(super) fn assemble(
    mut unit: Unit<'_>,
    filename: Rc<str>,
    source: &SourceText,
) -> Result<CodeObject, TooLarge> {
    if let Some(too_large) = unit.too_large {
        return Err(too_large);
    }
    let n_locals = unit.locals.len() as u16;
    thread_jumps(&mut unit);
    let (forms, starts) = lay_out(&unit);
    let n_words = *starts.last().expect("one more start than instructions");
    let offset_of = |index: u32| starts[index as usize] as i64;
    let jump_offset = |from: u32, target: u32| (offset_of(target) - i64::from(from)) as i32;

    let mut words: Vec<Instruction> = Vec::with_capacity(n_words as usize);
    for (index, ins) in unit.code.iter().enumerate() {
        let word = renumber(&unit, n_locals, ins.word);
        let start = starts[index];
        let next = start + 1 + word.op().cache_words() as u32;
        let Some(label) = ins.target() else {
            words.push(word);
            words.resize(next as usize, Instruction(0));
            continue;
        };
        let target = unit.position(label).expect("every label that is jumped to is put somewhere");
        match forms[index] {
            Form::Nothing => {}
            Form::Normal => words.push(with_offset(word, jump_offset(next, target))),
            Form::Inverted => {
                let op = inverse(word.op()).expect("only conditions are inverted");
                let skip = Instruction::new(op, word.x(), word.a(), word.b(), word.c());
                words.push(with_offset(skip, 1));
                words.push(Instruction::wide(Opcode::Jump, 0, 0, jump_offset(start + 2, target)));
            }
            Form::Trampoline => {
                words.push(with_offset(word, 1));
                words.push(Instruction::wide(Opcode::Jump, 0, 0, 1));
                words.push(Instruction::wide(Opcode::Jump, 0, 0, jump_offset(start + 3, target)));
            }
        }
    }

    let physical = |reg: Reg| if reg.is_temp() { reg.0 - TEMP_BASE + n_locals } else { reg.0 };
    let exception_table = exception_table(&unit, &starts, physical);
    let line_table = LineTable::pack(position_runs(&unit.code, &starts, source));
    let cell_registers: Vec<u16> = unit.cells.iter().map(|&reg| physical(reg)).collect();
    let namespace = unit.locals.first().is_some_and(|name| &**name == ".namespace");
    if namespace && n_locals == 1 {
        unit.locals.clear();
    }
    let mut constants = unit.constants.short;
    constants.append(&mut unit.constants.long);
    let mut names = unit.names.short;
    names.append(&mut unit.names.long);
    Ok(CodeObject {
        name: unit.name,
        qualname: unit.qualname,
        filename,
        first_line: unit.first_line,
        flags: unit.flags,
        n_positional: unit.n_positional,
        n_positional_only: unit.n_positional_only,
        n_keyword_only: unit.n_keyword_only,
        n_registers: n_locals + unit.max_top,
        n_locals: unit.locals.len() as u16,
        body: CodeBody {
            locals: unit.locals,
            cell_registers,
            free_names: unit.free,
            instructions: words,
            constants,
            names,
            exception_table,
            line_table,
        }
        .into(),
    })
}

/// Lets jumps to jumps go straight to where those lead.
fn thread_jumps(unit: &mut Unit<'_>) {
    for index in 0..unit.code.len() {
        let mut at = index;
        while let Some(label) = unit.code[at].target()
            && (at == index || unit.code[at].word.op() == Opcode::Jump)
            && let Some(next) = unit.position(label)
        {
            let (this, that) = (unit.code[index], unit.code[next as usize]);
            if next as usize <= at || unit.code[index].word.op() == Opcode::JumpBack {
                break;
            }
            match that.word.op() {
                Opcode::Jump => unit.code[index].follow(that),
                // Where a signal arrives must make no difference to who handles it.
                Opcode::JumpBack if this.word.op() == Opcode::Jump && this.handler == that.handler => {
                    unit.code[index].word = that.word;
                    unit.code[index].follow(that);
                    break;
                }
                _ => break,
            }
            at = next as usize;
        }
    }
}

/// The form of each instruction, and the word index of each and of the end.
fn lay_out(unit: &Unit<'_>) -> (Vec<Form>, Vec<u32>) {
    let mut forms: Vec<Form> = (unit.code.iter().enumerate())
        .map(|(index, ins)| {
            let to_next = ins.target().and_then(|label| unit.position(label)) == Some(index as u32 + 1);
            if to_next && ins.word.op() == Opcode::Jump { Form::Nothing } else { Form::Normal }
        })
        .collect();
    loop {
        let mut starts = Vec::with_capacity(unit.code.len() + 1);
        let mut at = 0u32;
        for (ins, form) in unit.code.iter().zip(&forms) {
            starts.push(at);
            at += match form {
                Form::Nothing => 0,
                Form::Normal => 1 + ins.word.op().cache_words() as u32,
                Form::Inverted => 2,
                Form::Trampoline => 3,
            };
        }
        starts.push(at);
        // Forms only ever grow, so this ends.
        let mut changed = false;
        for (index, ins) in unit.code.iter().enumerate() {
            let Some(target) = ins.target().and_then(|label| unit.position(label)) else { continue };
            let short = ins.word.op().operands().contains(&Operand::Jump);
            let distance = i64::from(starts[target as usize]) - i64::from(starts[index]) - 1;
            if short && forms[index] == Form::Normal && i16::try_from(distance).is_err() {
                forms[index] =
                    if inverse(ins.word.op()).is_some() { Form::Inverted } else { Form::Trampoline };
                changed = true;
            }
        }
        if !changed {
            return (forms, starts);
        }
    }
}

fn with_offset(word: Instruction, offset: i32) -> Instruction {
    let operands = word.op().operands();
    if operands[2] == Operand::HighJump {
        return Instruction::wide(word.op(), word.x(), word.a(), offset);
    }
    let short = i16::try_from(offset).expect("the layout has seen to far targets") as u16;
    let [a, b, c] = [word.a(), word.b(), word.c()];
    match operands.iter().position(|&operand| operand == Operand::Jump) {
        Some(0) => Instruction::new(word.op(), word.x(), short, b, c),
        Some(2) => Instruction::new(word.op(), word.x(), a, b, short),
        _ => unreachable!("jumps have their offset in a, c or bc"),
    }
}

/// Gives temporaries their place above the locals, and long table indexes theirs behind the short ones.
fn renumber(unit: &Unit<'_>, n_locals: u16, word: Instruction) -> Instruction {
    let op = word.op();
    let place = |operand: Operand, value: u16| match operand {
        Operand::D | Operand::R | Operand::T | Operand::Base | Operand::Window if value >= TEMP_BASE => {
            value - TEMP_BASE + n_locals
        }
        _ => value,
    };
    let operands = op.operands();
    let a = place(operands[0], word.a());
    let table = match operands[2] {
        Operand::HighConst => Some(unit.constants.short.len()),
        Operand::HighName => Some(unit.names.short.len()),
        _ => None,
    };
    if let Some(n_short) = table {
        let index = word.bc();
        let index = if index >= LONG { index - LONG + n_short as i32 } else { index };
        return Instruction::wide(op, word.x(), a, index);
    }
    let mut b = place(operands[1], word.b());
    if let Opcode::Return | Opcode::ReturnNone = op {
        // What to sweep is given as the first free temporary.
        b = word.b() - TEMP_BASE + n_locals;
    }
    Instruction::new(op, word.x(), a, b, place(operands[2], word.c()))
}

fn inverse(op: Opcode) -> Option<Opcode> {
    use Opcode::*;
    let pairs = [
        (JumpIfLt, JumpIfNotLt),
        (JumpIfLe, JumpIfNotLe),
        (JumpIfEq, JumpIfNotEq),
        (JumpIfNe, JumpIfNotNe),
        (JumpIfGt, JumpIfNotGt),
        (JumpIfGe, JumpIfNotGe),
        (JumpIfLtInt, JumpIfNotLtInt),
        (JumpIfLeInt, JumpIfNotLeInt),
        (JumpIfEqInt, JumpIfNotEqInt),
        (JumpIfNeInt, JumpIfNotNeInt),
        (JumpIfGtInt, JumpIfNotGtInt),
        (JumpIfGeInt, JumpIfNotGeInt),
        (JumpIfIs, JumpIfIsNot),
        (JumpIfIn, JumpIfNotIn),
    ];
    pairs.into_iter().find_map(|(yes, no)| match op {
        _ if op == yes => Some(no),
        _ if op == no => Some(yes),
        _ => None,
    })
}

fn exception_table(unit: &Unit<'_>, starts: &[u32], physical: impl Fn(Reg) -> u16) -> Vec<ExceptionEntry> {
    let mut table: Vec<ExceptionEntry> = Vec::new();
    for (index, ins) in unit.code.iter().enumerate() {
        let (start, end) = (starts[index], starts[index + 1]);
        let Some(id) = ins.handler.filter(|_| start < end) else { continue };
        let handler = &unit.handlers[id.0 as usize];
        // Without code if nothing in its range can raise.
        let Some(at) = unit.position(handler.label) else { continue };
        let entry = ExceptionEntry {
            start,
            end,
            handler: starts[at as usize],
            floor: physical(handler.floor),
            exception: physical(handler.exception),
        };
        match table.last_mut() {
            Some(last) if last.end == start && last.handler == entry.handler => last.end = end,
            _ => table.push(entry),
        }
    }
    table
}

fn position_runs(code: &[Ins], starts: &[u32], source: &SourceText) -> Vec<(u32, Position)> {
    let mut runs: Vec<(u32, Position)> = Vec::new();
    let mut last: Option<Span> = None;
    for (index, ins) in code.iter().enumerate() {
        let n_words = starts[index + 1] - starts[index];
        match runs.last_mut() {
            _ if n_words == 0 => {}
            Some(run) if last == Some(ins.span) => run.0 += n_words,
            _ => {
                runs.push((n_words, position(source, ins.span)));
                last = Some(ins.span);
            }
        }
    }
    runs
}

pub(super) fn position(source: &SourceText, span: Span) -> Position {
    let line = source.line(span.start);
    let end_line = source.line(span.end);
    Position {
        line,
        end_line,
        column: span.start - source.line_start(line),
        end_column: span.end - source.line_start(end_line),
    }
}

const _: () = assert!(WINDOW_HEADER == 4, "windows are laid out for a header of four");
