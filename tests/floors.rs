//! The imports of `src/` point downwards without cycles, and every rule of the standard is cited by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each floor may import. Floors that are not named here must not import each other.
const FLOORS: [(&str, &[&str]); 16] = [
    ("names", &[]),
    ("wire", &[]),
    ("text", &["wire"]),
    ("error", &[]),
    ("event", &["wire", "text", "error"]),
    ("decode", &["wire", "text", "error", "event"]),
    ("encode", &["wire", "text", "error", "event"]),
    ("timer", &[]),
    ("http_head", &["names"]),
    ("codec", &["decode"]),
    ("traits", &["text", "event", "decode", "encode"]),
    ("server", &["names", "error", "event", "encode", "timer"]),
    ("hub", &["event", "encode", "timer", "server"]),
    ("client", &["names", "error", "event", "decode", "http_head", "timer"]),
    ("gateway", &["wire", "error", "event", "decode", "encode", "http_head"]),
    ("adapters", &["names", "server"]),
];

/// One line of code; comments, documentation and tests are omitted.
struct Line {
    /// The path relative to `src/`, with `/`.
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
fn every_file_belongs_to_a_known_floor() {
    let known = |line: &Line| line.file == "lib.rs" || FLOORS.iter().any(|(floor, _)| *floor == line.floor());
    let unknown: Vec<_> = lines().iter().filter(|line| !known(line)).map(|line| line.file.clone()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn features_appear_only_at_the_door() {
    let at_the_door = |file: &str| file == "lib.rs" || file.ends_with("/mod.rs");
    only(|code| code.contains("cfg") && code.contains("feature"), at_the_door);
}

#[test]
fn only_the_grammar_knows_cr_and_lf() {
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
fn unsafe_appears_in_two_places_only() {
    let is_unsafe = |code: &str| {
        let words: Vec<_> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        words.contains(&"unsafe")
    };
    let vectors = ["wire/scan/neon.rs", "wire/scan/x86.rs"];
    only(is_unsafe, |file| file.starts_with("text/") || vectors.contains(&file));
}

#[test]
fn every_file_begins_with_its_title() {
    for path in files(&src()) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn no_folder_has_an_import_cycle() {
    let mut circles = Vec::new();
    for (folder, arrows) in arrows_in_folders() {
        for from in arrows.keys() {
            let mut reached = BTreeSet::new();
            let mut next = vec![from];
            while let Some(file) = next.pop() {
                for to in arrows.get(file).into_iter().flatten() {
                    if reached.insert(to) {
                        next.push(to);
                    }
                }
            }
            if reached.contains(from) {
                circles.push(format!("{folder}/{from}.rs"));
            }
        }
    }
    assert!(circles.is_empty(), "these files import one another: {circles:#?}");
}

/// Returns, by folder, which of its files or folders imports which other one.
fn arrows_in_folders() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut code: BTreeMap<String, String> = BTreeMap::new();
    for line in lines() {
        code.entry(line.file).or_default().push_str(&(line.code + "\n"));
    }
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (file, text) in &code {
        let Some((folder, name)) = file.rsplit_once('/') else { continue };
        if name == "mod.rs" {
            continue;
        }
        let doors = code.get(&format!("{folder}/mod.rs")).map(|door| exports(door)).unwrap_or_default();
        let is_sibling = |name: &str| {
            code.contains_key(&format!("{folder}/{name}.rs"))
                || code.contains_key(&format!("{folder}/{name}/mod.rs"))
        };
        let name = name.trim_end_matches(".rs");
        let arrows = folders.entry(folder.to_owned()).or_default().entry(name.to_owned()).or_default();
        for path in text.split("super::").skip(1) {
            for named in first_names(path) {
                let to = if is_sibling(&named) { Some(named) } else { doors.get(&named).cloned() };
                arrows.extend(to.filter(|to| to != name));
            }
        }
    }
    folders
}

/// The first word of a path, or each first word of a list in braces.
fn first_names(path: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    match path.strip_prefix('{') {
        None => vec![word(path)],
        Some(list) => list.split('}').next().unwrap_or("").split(',').map(|name| word(name.trim())).collect(),
    }
}

/// What a `mod.rs` exports, and from which file.
fn exports(door: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for statement in door.split(';') {
        let Some((_, path)) = statement.split_once(" use ") else { continue };
        let Some((file, names)) = path.trim().trim_start_matches("self::").split_once("::") else { continue };
        exports.extend(first_names(names).into_iter().map(|name| (name, file.to_owned())));
    }
    exports
}

#[test]
fn every_cited_rule_is_listed_and_every_listed_rule_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("docs/rules.md")).unwrap();
    let listed: BTreeSet<String> =
        list.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect();
    assert!(listed.len() >= 30, "{listed:?}");
    let cited = |folder: &str| -> BTreeSet<String> {
        let texts = files(&root.join(folder)).into_iter().map(|path| fs::read_to_string(path).unwrap());
        texts.flat_map(|text| citations(&text)).collect()
    };
    let (in_src, in_tests) = (cited("src"), cited("tests"));
    let unlisted: Vec<_> = in_src.union(&in_tests).filter(|rule| !listed.contains(*rule)).collect();
    assert!(unlisted.is_empty(), "not in docs/rules.md: {unlisted:?}");
    let untested: Vec<_> = listed.difference(&in_tests).collect();
    assert!(untested.is_empty(), "no test cites {untested:?}");
    let unused: Vec<_> = listed.difference(&in_src).collect();
    assert!(unused.is_empty(), "nothing in src/ cites {unused:?}");
}

/// Returns the rules that a text cites: a family and a number in brackets.
fn citations(text: &str) -> Vec<String> {
    let inner = text.split('[').skip(1).filter_map(|rest| rest.split(']').next());
    let is_rule = |inner: &&str| {
        let Some((family, number)) = inner.split_once(' ') else { return false };
        ["parse", "dispatch", "connection", "encoding"].contains(&family) && number.parse::<u32>().is_ok()
    };
    inner.filter(is_rule).map(str::to_owned).collect()
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
        // Tests are last in a file, or in a folder of their own if they are long.
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
