//! A listing of code for people and for snapshot tests.

use std::fmt::Write;

use super::verify::{jump_offset, register_counts};
use super::{
    CodeObject, Constant, INPLACE, Instruction, Intrinsic1, Intrinsic2, KILL_A, KILL_B, KILL_C, Opcode,
    Operand,
};
use crate::ast::Wtf8String;

/// Lists `code` and then the code objects among its constants.
///
/// One line an instruction: source line where it changes, word index, opcode, operands, and after a semicolon what
/// indexes stand for. `!` behind a register: it is unbound afterwards. `L4` is the label of a jump target.
pub fn disassemble(code: &CodeObject) -> String {
    let mut out = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        if !out.is_empty() {
            out.push('\n');
        }
        list(&mut out, code);
        let inner = code.constants.iter().rev().filter_map(|constant| match constant {
            Constant::Code(inner) => Some(&**inner),
            _ => None,
        });
        pending.extend(inner);
    }
    out
}

fn list(out: &mut String, code: &CodeObject) {
    let _ = write!(out, "code {} (line {}, {} registers", code.qualname, code.first_line, code.n_registers);
    for (what, names) in [("locals", &code.locals), ("free", &code.free_names)] {
        if !names.is_empty() {
            let _ = write!(out, ", {what} {}", names.join(" "));
        }
    }
    if !code.cell_registers.is_empty() {
        let cells: Vec<String> = code.cell_registers.iter().map(|register| format!("r{register}")).collect();
        let _ = write!(out, ", cells {}", cells.join(" "));
    }
    let _ = writeln!(out, ", flags {:#x})", code.flags);

    let targets = jump_targets(code);
    let label = |at: usize| targets.binary_search(&at).map(|index| format!("L{}", index + 1)).ok();
    let mut positions = code.line_table.runs();
    let (mut line, mut run_end, mut last_line) = (0, 0usize, 0);
    let mut at = 0;
    while let Some(&instruction) = code.instructions.get(at) {
        while at >= run_end {
            let Some((words, position)) = positions.next() else { break };
            run_end += words as usize;
            line = position.line;
        }
        let shown_line = if line != last_line { line.to_string() } else { String::new() };
        last_line = line;
        let mark = label(at).map(|label| label + ":").unwrap_or_default();
        let Some(op) = Opcode::from_u8(instruction.op_byte()) else {
            let _ = writeln!(out, "{shown_line:>4} {mark:>5} {at:4} bad word {:#x}", instruction.0);
            at += 1;
            continue;
        };
        let mut notes = Vec::new();
        let mut operands = operands(code, instruction, &mut notes);
        if let Some(offset) = jump_offset(instruction) {
            let target = (at + 1 + op.cache_words()) as i64 + i64::from(offset);
            let name = usize::try_from(target).ok().and_then(label);
            operands.push(format!("to {}", name.unwrap_or_else(|| format!("?{target}"))));
        }
        let name = op.name();
        let inplace = if instruction.x() & INPLACE != 0 { "=" } else { "" };
        let name = format!("{name}{inplace}");
        let row = format!("{shown_line:>4} {mark:>5} {at:4} {name:<16} {}", operands.join(", "));
        out.push_str(row.trim_end());
        if !notes.is_empty() {
            let _ = write!(out, " ; {}", notes.join(" "));
        }
        out.push('\n');
        at += 1 + op.cache_words();
    }
    for entry in &code.exception_table {
        let handler = label(entry.handler as usize).unwrap_or_default();
        let _ = writeln!(
            out,
            "     {}..{} raises to {handler}, floor r{}, exception r{}",
            entry.start, entry.end, entry.floor, entry.exception
        );
    }
}

/// Word indexes of jump targets and handlers, sorted.
fn jump_targets(code: &CodeObject) -> Vec<usize> {
    let mut targets: Vec<usize> = code.exception_table.iter().map(|entry| entry.handler as usize).collect();
    let mut at = 0;
    while let Some(&instruction) = code.instructions.get(at) {
        let Some(op) = Opcode::from_u8(instruction.op_byte()) else {
            at += 1;
            continue;
        };
        at += 1 + op.cache_words();
        if let Some(offset) = jump_offset(instruction) {
            targets.extend(usize::try_from(at as i64 + i64::from(offset)));
        }
    }
    targets.sort_unstable();
    targets.dedup();
    targets
}

fn operands(code: &CodeObject, instruction: Instruction, notes: &mut Vec<String>) -> Vec<String> {
    let values = [instruction.a(), instruction.b(), instruction.c()];
    let kills = [KILL_A, KILL_B, KILL_C];
    let counts = register_counts(instruction);
    let mut shown = Vec::new();
    let note_name = |index: usize, notes: &mut Vec<String>| {
        notes.push(code.names.get(index).map_or("?".to_owned(), |name| name.to_string()));
        format!("name {index}")
    };
    for (i, operand) in instruction.op().operands().into_iter().enumerate() {
        let value = values[i];
        let text = match operand {
            Operand::None | Operand::Jump | Operand::HighJump | Operand::Low => continue,
            Operand::D | Operand::R | Operand::T | Operand::Base | Operand::Window => {
                let name = match code.locals.get(usize::from(value)) {
                    Some(name) if counts[i] == 1 => format!("r{value}({name})"),
                    _ => format!("r{value}"),
                };
                let dies = operand == Operand::T || instruction.x() & kills[i] != 0;
                format!("{name}{}", if dies { "!" } else { "" })
            }
            Operand::Name => note_name(value.into(), notes),
            Operand::HighName => note_name(instruction.bc() as u32 as usize, notes),
            Operand::Const => constant_operand(code, value.into(), notes),
            Operand::HighConst => constant_operand(code, instruction.bc() as u32 as usize, notes),
            Operand::Free => {
                notes.push(
                    code.free_names.get(usize::from(value)).map_or("?".into(), |name| name.to_string()),
                );
                format!("free {value}")
            }
            Operand::Int => (value as i16).to_string(),
            Operand::HighInt => instruction.bc().to_string(),
            Operand::Count => {
                notes.extend(count_note(instruction.op(), value));
                value.to_string()
            }
        };
        shown.push(text);
    }
    shown
}

fn constant_operand(code: &CodeObject, index: usize, notes: &mut Vec<String>) -> String {
    notes.push(code.constants.get(index).map_or("?".to_owned(), show_constant));
    format!("const {index}")
}

fn count_note(op: Opcode, value: u16) -> Option<String> {
    let value = usize::from(value);
    let common = [
        "None",
        "True",
        "False",
        "Ellipsis",
        "NotImplemented",
        "AssertionError",
        "__build_class__",
        "NotImplementedError",
    ];
    let special = ["__enter__", "__exit__", "__aenter__", "__aexit__"];
    match op {
        Opcode::LoadCommon => common.get(value).map(|name| name.to_string()),
        Opcode::LoadSpecial => special.get(value).map(|name| name.to_string()),
        Opcode::Intrinsic1 => Intrinsic1::ALL.get(value).map(|kind| format!("{kind:?}")),
        Opcode::Intrinsic2 => Intrinsic2::ALL.get(value).map(|kind| format!("{kind:?}")),
        _ => None,
    }
}

/// Something like `repr`, cut short.
fn show_constant(constant: &Constant) -> String {
    let list = |items: &[Constant]| items.iter().map(show_constant).collect::<Vec<_>>().join(", ");
    let text = match constant {
        Constant::None => "None".to_owned(),
        Constant::True => "True".to_owned(),
        Constant::False => "False".to_owned(),
        Constant::Ellipsis => "...".to_owned(),
        Constant::Int(n) => n.to_string(),
        Constant::BigInt(n) => n.to_string(),
        Constant::Float(x) => format!("{x:?}"),
        Constant::Complex { re, im } => format!("({re:?}+{im:?}j)"),
        Constant::Str(bytes) => {
            let mut text = Wtf8String::new();
            String::from_utf8_lossy(bytes).chars().for_each(|c| text.push(c));
            format!("{text:?}")
        }
        Constant::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Constant::Tuple(items) => format!("({})", list(items)),
        Constant::FrozenSet(items) => format!("{{{}}}", list(items)),
        Constant::Slice(parts) => format!("slice({})", list(&parts[..])),
        Constant::Code(code) => format!("code {}", code.name),
    };
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text,
    }
}
