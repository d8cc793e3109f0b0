//! `LIST.md` names a test for each number, or says that it is open.

const LIST: &str = include_str!("LIST.md");
const TESTS: [&str; 6] = [
    include_str!("wrong.rs"),
    include_str!("missing.rs"),
    include_str!("blocking.rs"),
    include_str!("code.rs"),
    include_str!("pages.rs"),
    include_str!("promises.rs"),
];

/// The number of a row, its test, and whether it is ticked.
fn rows() -> Vec<(usize, &'static str, &'static str)> {
    let rows = LIST.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let number = cells.next()?.parse().ok()?;
        Some((number, cells.next()?.trim_matches('`'), cells.next()?))
    });
    rows.collect()
}

#[test]
fn every_number_from_1_to_36_has_its_test_and_says_whether_it_is_done() {
    let rows = rows();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), (1..=36).collect::<Vec<_>>());
    for (number, test, state) in rows {
        let found = TESTS.iter().find_map(|file| {
            let (_, rest) = file.split_once(&format!("\n/// {number}\n"))?;
            rest.split_once("fn ")?.1.split('(').next()
        });
        assert_eq!(found, Some(test), "the test of number {number}");
        assert!(state == "done" || state.starts_with("open: "), "number {number} is {state:?}");
    }
}
