//! Whole programs: `cases/<area>/NAME.py` prints what `NAME.snap` beside it says.
//!
//! What a snapshot holds is what CPython prints; where that is impossible the case does not belong here. `OURO_CASE=dict cargo
//! test --test scripts` runs the cases with that text in their path, `OURO_GC_STRESS=1` runs all with a collection of cycles as
//! often as possible, and `INSTA_UPDATE=always` writes snapshots.

mod support;

#[test]
fn cases_print_what_they_should() {
    let cases = support::programs(&support::root().join("tests/cases"));
    support::check_all(cases, |script| script.parent().expect("a case lies in a folder").to_path_buf());
}

#[test]
fn examples_print_what_they_should() {
    let root = support::root();
    support::check_all(support::programs(&root.join("examples")), |_| root.join("tests/examples"));
}

/// The programs of `tests/explore`, each under every order of the ready queue.
#[test]
fn tasks_hold_under_every_order() {
    let explored = support::programs(&support::root().join("tests/explore"));
    support::check_all(explored, |script| script.parent().expect("a case lies in a folder").to_path_buf());
}
