//! Whether the arrows of `src/` point down, and what only one floor knows is known there only.

use std::fs;
use std::path::{Path, PathBuf};

/// What each floor may import. Neighbours that are not named here never meet.
const FLOORS: [(&str, &[&str]); 15] = [
    ("names", &[]),
    ("wire", &[]),
    ("text", &["wire"]),
    ("error", &[]),
    ("event", &["wire", "text", "error"]),
    ("decode", &["wire", "text", "error", "event"]),
    ("encode", &["wire", "text", "error", "event"]),
    ("timer", &[]),
    ("http_head", &["names"]),
    ("traits", &["event", "decode", "encode"]),
    ("server", &["names", "error", "event", "encode", "timer"]),
    ("hub", &["event", "encode", "timer", "server"]),
    ("client", &["names", "error", "event", "decode", "http_head", "timer"]),
    ("gateway", &["wire", "error", "event", "decode", "encode", "http_head"]),
    ("adapters", &["names", "server"]),
];

/// One line of code: comments, documentation and tests are left out.
struct Line {
    /// From `src/` on, with `/`.
    file: String,
    number: usize,
    code: String,
}

impl Line {
    fn floor(&self) -> &str {
        self.file.split(['/', '.']).next().unwrap()
    }

    fn place(&self) -> String {
        format!("{}:{}: {}", self.file, self.number, self.code.trim())
    }
}

#[test]
fn imports_point_down_only() {
    let mut wrong = Vec::new();
    for line in lines() {
        let Some((_, allowed)) = FLOORS.iter().find(|(floor, _)| *floor == line.floor()) else { continue };
        for other in named_from_the_root(&line.code) {
            let same = other == line.floor();
            if !same && !allowed.contains(&&*other) {
                wrong.push(line.place());
            }
        }
    }
    assert!(wrong.is_empty(), "these look up, sideways, or through the roof: {wrong:#?}");
}

/// What follows `crate::` in a line; names in braces one by one. `super` never leaves a floor of its own:
/// a floor is one file or one folder, and the folders of these do not leave them either.
fn named_from_the_root(code: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for path in code.split("crate::").skip(1) {
        match path.strip_prefix('{') {
            None => names.push(word(path)),
            Some(list) => names
                .extend(list.split([',', '}']).map(|name| word(name.trim())).filter(|name| !name.is_empty())),
        }
    }
    names
}

#[test]
fn every_file_stands_on_a_known_floor() {
    let known = |line: &Line| line.file == "lib.rs" || FLOORS.iter().any(|(floor, _)| *floor == line.floor());
    let unknown: Vec<_> = lines().iter().filter(|line| !known(line)).map(|line| line.file.clone()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn features_are_a_matter_of_the_door() {
    let at_the_door = |file: &str| file == "lib.rs" || file.ends_with("/mod.rs");
    only(|code| code.contains("cfg") && code.contains("feature"), at_the_door);
}

#[test]
fn cr_and_lf_are_known_to_the_grammar_only() {
    let knows = |code: &str| {
        let bytes =
            ["b'\\r'", "b'\\n'", "'\\r'", "'\\n'", "0x0D", "0x0A", "0x0d", "0x0a", "\\r\\n", "\\n\\n"];
        bytes.iter().any(|byte| code.contains(byte))
    };
    // One error tells which byte it was; the JSON reader counts lines of its own.
    let tells = ["error/invalid_value.rs", "error/json.rs"];
    only(knows, |file| file.starts_with("wire/") || tells.contains(&file));
}

#[test]
fn unsafe_stands_in_two_places() {
    let is_unsafe = |code: &str| {
        let words: Vec<_> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        words.contains(&"unsafe")
    };
    let vectors = ["wire/scan/neon.rs", "wire/scan/x86.rs"];
    only(is_unsafe, |file| file.starts_with("text/") || vectors.contains(&file));
}

#[test]
fn every_file_says_what_it_answers() {
    for path in files(&src()) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[track_caller]
fn only(what: impl Fn(&str) -> bool, may: impl Fn(&str) -> bool) {
    let lines = lines();
    let wrong: Vec<_> =
        lines.iter().filter(|line| what(&line.code) && !may(&line.file)).map(Line::place).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn lines() -> Vec<Line> {
    let src = src();
    let mut lines = Vec::new();
    for path in files(&src) {
        let text = fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        // Tests stand last in a file, and are folders of their own where they are long.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (index, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap().to_owned();
            if !file.ends_with("tests.rs") && !code.trim().is_empty() {
                lines.push(Line { file: file.clone(), number: index + 1, code });
            }
        }
    }
    assert!(lines.len() > 1_000, "only {} lines of code were found in {}", lines.len(), src.display());
    lines
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}
