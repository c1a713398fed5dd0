//! Method resolution order: C3 linearisation (Barrett et al., "A Monotonic Superclass Linearization for Dylan", 1996).

use super::Type;
use crate::heap::Gc;
use crate::{Exc, PyResult, Vm};

/// The MRO of a class with these bases, without the class itself.
///
/// # Errors
/// TypeError for duplicate bases or an order that cannot be kept.
pub fn linearize(vm: &Vm, bases: &[Gc<Type>]) -> PyResult<Vec<Gc<Type>>> {
    for (at, base) in bases.iter().enumerate() {
        if bases[..at].iter().any(|earlier| earlier.is(base)) {
            return vm.raise(Exc::TypeError, format!("duplicate base class {}", base.name_text()));
        }
    }
    if let [base] = bases {
        return Ok(base.mro.borrow().clone());
    }
    let mut lists: Vec<Vec<Gc<Type>>> = bases.iter().map(|base| base.mro.borrow().clone()).collect();
    lists.push(bases.to_vec());
    let mut heads = vec![0usize; lists.len()];
    let mut out = Vec::new();
    loop {
        let mut open = false;
        let mut next = None;
        for (list, &head) in lists.iter().zip(&heads) {
            let Some(candidate) = list.get(head) else { continue };
            open = true;
            let in_a_tail = lists
                .iter()
                .zip(&heads)
                .any(|(other, &head)| other.iter().skip(head + 1).any(|class| class.is(candidate)));
            if !in_a_tail {
                next = Some(candidate.clone());
                break;
            }
        }
        if !open {
            return Ok(out);
        }
        let Some(next) = next else {
            let mut names: Vec<String> = Vec::new();
            for (list, &head) in lists.iter().zip(&heads) {
                if let Some(class) = list.get(head) {
                    let name = class.name_text();
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            let message = format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            );
            return vm.raise(Exc::TypeError, message);
        };
        for (list, head) in lists.iter().zip(&mut heads) {
            if list.get(*head).is_some_and(|class| class.is(&next)) {
                *head += 1;
            }
        }
        out.push(next);
    }
}
