//! `match` statements.
//!
//! The subject is copied to a temporary of its own. Names are bound only when the whole pattern has matched: until
//! then captured values wait in temporaries, which are dropped where the pattern fails.

use super::unit::{Label, Reg, Src, kill};
use super::{Compiler, Done, fold};
use crate::ast::{
    Constant as Literal, Expr, ExprKind, Ident, MatchCase, Pattern, PatternKind, Span, unparse,
};
use crate::code::{Constant, Instruction, KILL_A, KILL_B, KILL_C, Opcode};

/// A pattern being compiled.
struct Matching<'a> {
    /// Where to go when it does not match.
    fail: Label,
    /// Captured values by name.
    captures: Vec<(&'a Ident, Reg, Span)>,
    /// Whether it may match everything: in the last case, or below something that may fail.
    allow_irrefutable: bool,
}

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase], span: Span) -> Done {
        let mark = self.unit.mark();
        let value = self.unit.temp();
        self.expr_to(subject, value)?;
        let end = self.unit.label();
        let n_cases = cases.len();
        for (n, case) in cases.iter().enumerate() {
            let inner = self.unit.mark();
            let fail = self.unit.label();
            let mut matching = Matching {
                fail,
                captures: Vec::new(),
                allow_irrefutable: n + 1 == n_cases || case.guard.is_some(),
            };
            self.pattern(&case.pattern, Src::kept(value), &mut matching)?;
            let used = self.unit.mark();
            for (name, reg, span) in matching.captures {
                self.store(name, span, Src::last(reg))?;
            }
            self.unit.release(inner);
            if let Some(guard) = &case.guard {
                self.branch(guard, false, fail)?;
            }
            self.unit.clear(case.pattern.span, value);
            self.stmts(&case.body)?;
            self.unit.jump(span, end);
            self.unit.bind(fail);
            self.unit.clear_from(case.pattern.span, inner, used);
        }
        self.unit.clear(subject.span, value);
        self.unit.release(mark);
        self.unit.bind(end);
        Ok(())
    }

    /// Goes on if `subject` matches, else to `matching.fail`. Temporaries stay reserved; a subject that dies is dropped
    /// on the way on.
    fn pattern(&mut self, pattern: &'a Pattern, subject: Src, matching: &mut Matching<'a>) -> Done {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.match_value(value, span, subject, matching),
            PatternKind::MatchSingleton { value } => {
                self.match_singleton(value, span, subject, matching);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.match_sequence(patterns, span, subject, matching),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.match_mapping(keys, patterns, rest.as_ref(), span, subject, matching)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.match_class(cls, patterns, kwd_attrs, kwd_patterns, span, subject, matching)
            }
            PatternKind::MatchStar { name } => self.capture(name.as_ref(), span, subject, matching),
            PatternKind::MatchAs { pattern: None, name } => {
                if !matching.allow_irrefutable {
                    let message = match name {
                        Some(name) => format!("name capture '{name}' makes remaining patterns unreachable"),
                        None => "wildcard makes remaining patterns unreachable".to_owned(),
                    };
                    return Err(self.error(span, message));
                }
                self.capture(name.as_ref(), span, subject, matching)
            }
            PatternKind::MatchAs { pattern: Some(inner), name } => {
                self.pattern(inner, Src::kept(subject.reg), matching)?;
                self.capture(name.as_ref(), span, subject, matching)
            }
            PatternKind::MatchOr { patterns } => self.match_or(patterns, span, subject, matching),
        }
    }

    /// A pattern inside another, which may match everything.
    fn subpattern(&mut self, pattern: &'a Pattern, subject: Src, matching: &mut Matching<'a>) -> Done {
        let outer = std::mem::replace(&mut matching.allow_irrefutable, true);
        self.pattern(pattern, subject, matching)?;
        matching.allow_irrefutable = outer;
        Ok(())
    }

    fn drop_subject(&mut self, span: Span, subject: Src) {
        if subject.dies {
            self.unit.clear(span, subject.reg);
        }
    }

    fn capture(
        &mut self,
        name: Option<&'a Ident>,
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        let Some(name) = name else {
            self.drop_subject(span, subject);
            return Ok(());
        };
        if matching.captures.iter().any(|(other, ..)| *other == name) {
            return Err(self.error(span, format!("multiple assignments to name '{name}' in pattern")));
        }
        let reg = if subject.dies { subject.reg } else { self.unit.temp() };
        self.unit.move_to(span, reg, subject);
        matching.captures.push((name, reg, span));
        Ok(())
    }

    fn match_value(&mut self, value: &'a Expr, span: Span, subject: Src, matching: &Matching<'a>) -> Done {
        let literal = matches!(
            value.kind,
            ExprKind::Constant { .. }
                | ExprKind::Attribute { .. }
                | ExprKind::UnaryOp { .. }
                | ExprKind::BinOp { .. }
        );
        if !literal {
            return Err(self.error(span, "patterns may only match literals and attribute lookups"));
        }
        let x = kill(KILL_B, subject, None);
        if let Some(n) = self.small_int(value) {
            let word = Instruction::new(Opcode::JumpIfNotEqInt, x, 0, subject.reg.0, n);
            self.unit.branch(span, word, matching.fail);
            return Ok(());
        }
        let mark = self.unit.mark();
        let value = self.operand_now(value)?;
        let x = x | kill(KILL_C, value, None);
        let word = Instruction::new(Opcode::JumpIfNotEq, x, 0, subject.reg.0, value.reg.0);
        self.unit.branch(span, word, matching.fail);
        self.unit.release(mark);
        Ok(())
    }

    fn match_singleton(&mut self, value: &Literal, span: Span, subject: Src, matching: &Matching<'a>) {
        if *value == Literal::None {
            let word =
                Instruction::new(Opcode::JumpIfNotNone, kill(KILL_A, subject, None), subject.reg.0, 0, 0);
            return self.unit.branch(span, word, matching.fail);
        }
        let mark = self.unit.mark();
        let constant = self.unit.temp();
        self.load_constant(fold::literal(value), span, constant);
        let x = kill(KILL_B, subject, None) | KILL_C;
        let word = Instruction::new(Opcode::JumpIfIsNot, x, 0, subject.reg.0, constant.0);
        self.unit.branch(span, word, matching.fail);
        self.unit.release(mark);
    }

    /// Fails unless `op` says that the subject is of the right kind.
    fn require(&mut self, op: Opcode, span: Span, subject: Reg, matching: &Matching<'a>) {
        let mark = self.unit.mark();
        let answer = self.unit.temp();
        self.unit.op_db(span, op, answer, Src::kept(subject), 0);
        self.unit.jump_if(span, Src::last(answer), false, matching.fail);
        self.unit.release(mark);
    }

    /// Fails if the subject's length is smaller than `n`, or, if `exact`, other than `n`.
    fn require_length(&mut self, span: Span, subject: Reg, n: usize, exact: bool, matching: &Matching<'a>) {
        let mark = self.unit.mark();
        let length = self.unit.temp();
        self.unit.op_db(span, Opcode::GetLen, length, Src::kept(subject), 0);
        let word = match i16::try_from(n) {
            Ok(n) => {
                let op = if exact { Opcode::JumpIfNotEqInt } else { Opcode::JumpIfNotGeInt };
                Instruction::new(op, KILL_B, 0, length.0, n as u16)
            }
            Err(_) => {
                let number = self.unit.temp();
                self.load_constant(Constant::Int(n as i64), span, number);
                let op = if exact { Opcode::JumpIfNotEq } else { Opcode::JumpIfNotGe };
                Instruction::new(op, KILL_B | KILL_C, 0, length.0, number.0)
            }
        };
        self.unit.branch(span, word, matching.fail);
        self.unit.release(mark);
    }

    fn match_sequence(
        &mut self,
        patterns: &'a [Pattern],
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        let stars: Vec<usize> = (patterns.iter().enumerate())
            .filter(|(_, pattern)| matches!(pattern.kind, PatternKind::MatchStar { .. }))
            .map(|(n, _)| n)
            .collect();
        if stars.len() > 1 {
            return Err(self.error(span, "multiple starred names in sequence pattern"));
        }
        let star = stars.first().copied();
        self.require(Opcode::MatchSequence, span, subject.reg, matching);
        match star {
            None => self.require_length(span, subject.reg, patterns.len(), true, matching),
            Some(_) if patterns.len() > 1 => {
                self.require_length(span, subject.reg, patterns.len() - 1, false, matching);
            }
            Some(_) => {}
        }
        if patterns.iter().all(is_wildcard) {
            self.drop_subject(span, subject);
            return Ok(());
        }
        match star {
            Some(star) if is_wildcard(&patterns[star]) => {
                self.match_items(patterns, star, span, subject, matching)
            }
            _ => self.match_unpacked(patterns, star, span, subject, matching),
        }
    }

    /// A sequence whose middle nobody looks at: by subscripts.
    fn match_items(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        for (n, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) {
                continue;
            }
            let item = self.unit.temp();
            let from_end = (patterns.len() - n) as u16;
            if n < star && n < 0x8000 {
                self.unit.op_db(span, Opcode::GetItemInt, item, Src::kept(subject.reg), n as u16);
            } else if n < star {
                return Err(self.error(span, "too many sub-patterns in sequence pattern"));
            } else {
                self.unit.op_db(span, Opcode::GetLen, item, Src::kept(subject.reg), 0);
                self.unit.op_db(span, Opcode::SubInt, item, Src::last(item), from_end);
                self.unit.op_dbc(span, Opcode::GetItem, 0, item, Src::kept(subject.reg), Src::last(item));
            }
            self.subpattern(pattern, Src::last(item), matching)?;
        }
        self.drop_subject(span, subject);
        Ok(())
    }

    fn match_unpacked(
        &mut self,
        patterns: &'a [Pattern],
        star: Option<usize>,
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        let (op, count) = match star {
            None => (Opcode::UnpackSequence, patterns.len()),
            Some(before) => {
                let after = patterns.len() - before - 1;
                if before > 255 || after > 255 {
                    let message = "too many expressions in star-unpacking sequence pattern";
                    return Err(self.error(span, message));
                }
                (Opcode::UnpackEx, before | after << 8)
            }
        };
        self.unpack_into(op, count, patterns.iter().collect(), span, subject, matching)
    }

    /// Unpacks the subject and matches each of its parts.
    fn unpack_into(
        &mut self,
        op: Opcode,
        count: usize,
        patterns: Vec<&'a Pattern>,
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        if patterns.len() > self.unit.room() {
            return Err(self.error(span, "too many sub-patterns"));
        }
        let first = self.unit.temps(patterns.len() as u16);
        self.unit.emit(span, op, kill(KILL_B, subject, None), first.0, subject.reg.0, count as u16);
        for (pattern, n) in patterns.into_iter().zip(0..) {
            self.subpattern(pattern, Src::last(first.plus(n)), matching)?;
        }
        Ok(())
    }

    fn match_mapping(
        &mut self,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&'a Ident>,
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        self.require(Opcode::MatchMapping, span, subject.reg, matching);
        if keys.is_empty() && rest.is_none() {
            self.drop_subject(span, subject);
            return Ok(());
        }
        self.check_keys(keys, span)?;
        if !keys.is_empty() {
            self.require_length(span, subject.reg, keys.len(), false, matching);
        }
        let tuple = self.unit.temp();
        self.tuple(keys, span, tuple)?;
        let values = self.unit.temp();
        self.unit.op_dbc(span, Opcode::MatchKeys, 0, values, Src::kept(subject.reg), Src::kept(tuple));
        self.unit.branch(span, Instruction::new(Opcode::JumpIfNone, 0, values.0, 0, 0), matching.fail);
        self.unpack_into(
            Opcode::UnpackSequence,
            patterns.len(),
            patterns.iter().collect(),
            span,
            Src::last(values),
            matching,
        )?;
        match rest {
            Some(_) => {
                let remaining = self.unit.temp();
                self.unit.op_dbc(span, Opcode::MatchRest, 0, remaining, subject, Src::last(tuple));
                self.capture(rest, span, Src::last(remaining), matching)
            }
            None => {
                self.unit.clear(span, tuple);
                self.drop_subject(span, subject);
                Ok(())
            }
        }
    }

    fn check_keys(&mut self, keys: &'a [Expr], span: Span) -> Done {
        let mut seen: Vec<Constant> = Vec::new();
        for key in keys {
            if let Some(constant) = self.fold(key) {
                if seen.iter().any(|other| equal(other, &constant)) {
                    let message = format!(
                        "mapping pattern checks duplicate key ({})",
                        String::from_utf8_lossy(unparse(key).as_bytes())
                    );
                    return Err(self.error(span, message));
                }
                seen.push(constant);
            } else if !matches!(key.kind, ExprKind::Attribute { .. }) {
                let message = "mapping pattern keys may only match literals and attribute lookups";
                return Err(self.error(span, message));
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn match_class(
        &mut self,
        class: &'a Expr,
        patterns: &'a [Pattern],
        names: &'a [Ident],
        named: &'a [Pattern],
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        for (n, name) in names.iter().enumerate() {
            if names[..n].contains(name) {
                let message = format!("attribute name repeated in class pattern: {name}");
                return Err(self.error(named[n].span, message));
            }
        }
        let result = self.unit.temp();
        let mark = self.unit.mark();
        let base = self.unit.temps(3);
        self.unit.move_to(span, base, subject);
        self.expr_to(class, base.plus(1))?;
        let names = names.iter().map(|name| fold::text(name)).collect();
        self.load_constant(Constant::Tuple(names), span, base.plus(2));
        self.unit.op_d(span, Opcode::MatchClass, result, base.0, patterns.len() as u16);
        self.unit.release(mark);
        self.unit.branch(span, Instruction::new(Opcode::JumpIfNone, 0, result.0, 0, 0), matching.fail);
        let parts: Vec<&'a Pattern> = patterns.iter().chain(named).collect();
        if parts.is_empty() {
            self.unit.clear(span, result);
            return Ok(());
        }
        self.unpack_into(Opcode::UnpackSequence, parts.len(), parts, span, Src::last(result), matching)
    }

    fn match_or(
        &mut self,
        patterns: &'a [Pattern],
        span: Span,
        subject: Src,
        matching: &mut Matching<'a>,
    ) -> Done {
        let matched = self.unit.label();
        let n_last = patterns.len() - 1;
        let small_int = |this: &mut Self, pattern: &Pattern| match &pattern.kind {
            PatternKind::MatchValue { value } => this.small_int(value),
            _ => None,
        };
        let small: Option<Vec<u16>> = patterns.iter().map(|pattern| small_int(self, pattern)).collect();
        if let Some(small) = small {
            // The usual `1 | 2 | 3`: one jump each.
            for (pattern, &n) in patterns.iter().zip(&small[..n_last]) {
                let word = Instruction::new(Opcode::JumpIfEqInt, 0, 0, subject.reg.0, n);
                self.unit.branch(pattern.span, word, matched);
            }
            let word = Instruction::new(Opcode::JumpIfNotEqInt, 0, 0, subject.reg.0, small[n_last]);
            self.unit.branch(patterns[n_last].span, word, matching.fail);
            self.unit.bind(matched);
            self.drop_subject(span, subject);
            return Ok(());
        }
        // Where each alternative leaves what it captures.
        let mut shared: Vec<(&'a Ident, Reg, Span)> = Vec::new();
        for (n, pattern) in patterns.iter().enumerate() {
            let start = self.unit.mark();
            let fail = self.unit.label();
            let mut inner = Matching {
                fail,
                captures: Vec::new(),
                allow_irrefutable: n == n_last && matching.allow_irrefutable,
            };
            self.pattern(pattern, Src::kept(subject.reg), &mut inner)?;
            let end = self.unit.mark();
            if n == 0 {
                for &(name, _, span) in &inner.captures {
                    let reg = self.unit.temp();
                    shared.push((name, reg, span));
                }
            }
            let same = inner.captures.len() == shared.len()
                && inner.captures.iter().all(|(name, ..)| shared.iter().any(|(other, ..)| other == name));
            if !same {
                return Err(self.error(span, "alternative patterns bind different names"));
            }
            for (name, reg, span) in inner.captures {
                let target =
                    shared.iter().find(|(other, ..)| *other == name).expect("the names are the same").1;
                self.unit.move_to(span, target, Src::last(reg));
            }
            self.unit.jump(pattern.span, matched);
            self.unit.bind(fail);
            self.unit.clear_from(pattern.span, start, end);
        }
        self.unit.jump(span, matching.fail);
        self.unit.bind(matched);
        self.drop_subject(span, subject);
        for (name, reg, span) in shared {
            if matching.captures.iter().any(|(other, ..)| *other == name) {
                return Err(self.error(span, format!("multiple assignments to name '{name}' in pattern")));
            }
            matching.captures.push((name, reg, span));
        }
        Ok(())
    }
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(
        pattern.kind,
        PatternKind::MatchAs { pattern: None, name: None } | PatternKind::MatchStar { name: None }
    )
}

/// `==` of constant keys.
fn equal(a: &Constant, b: &Constant) -> bool {
    let number = |value: &Constant| match value {
        Constant::True => Some((1.0, 0.0)),
        Constant::False => Some((0.0, 0.0)),
        Constant::Int(n) => Some((*n as f64, 0.0)),
        Constant::Float(x) => Some((*x, 0.0)),
        Constant::Complex { re, im } => Some((*re, *im)),
        _ => None,
    };
    match (a, b) {
        (Constant::Int(a), Constant::Int(b)) => a == b,
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}
