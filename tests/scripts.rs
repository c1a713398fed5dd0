//! Whole programs: `cases/<area>/NAME.py` prints what `NAME.snap` beside it says.
//!
//! What a snapshot holds is what CPython prints; where that is impossible the case does not belong here. `OURO_CASE=dict cargo
//! test --test scripts` runs the cases with that text in their path, `OURO_GC_STRESS=1` runs all with a collection of cycles as
//! often as possible, and `INSTA_UPDATE=always` writes snapshots.

mod support;

#[test]
fn cases_print_what_they_should() {
    let cases = support::programs(&support::root().join("tests/cases"));
    support::check_all(cases, &[], |script| script.parent().expect("a case lies in a folder").to_path_buf());
}

/// Under the virtual clock, so that an hour takes no time and a loaded machine changes nothing.
#[test]
fn examples_print_what_they_should() {
    let root = support::root();
    let examples = support::programs(&root.join("examples"));
    support::check_all(examples, &["--virtual-time"], |_| root.join("tests/examples"));
}

#[test]
fn examples_are_in_the_reading_order() {
    let folder = support::root().join("examples");
    let order = std::fs::read_to_string(folder.join("README.md")).expect("the reading order is there");
    let n_listed = order.lines().filter(|line| line.starts_with("| [")).count();
    let examples = support::programs(&folder);
    for example in &examples {
        let name = example.file_name().expect("a program has a name").to_string_lossy();
        assert!(order.contains(&format!("| [{name}]({name}) | ")), "{name} is missing");
    }
    // `OURO_CASE` chooses among the programs, not among the lines.
    assert!(
        n_listed == examples.len() || std::env::var_os("OURO_CASE").is_some(),
        "{n_listed} lines, {} programs",
        examples.len()
    );
}

/// The programs of `tests/explore`, each under every order of the ready queue.
#[test]
fn tasks_hold_under_every_order() {
    let explored = support::programs(&support::root().join("tests/explore"));
    support::check_all(explored, &[], |script| {
        script.parent().expect("a case lies in a folder").to_path_buf()
    });
}
