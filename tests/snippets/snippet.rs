//! `Snippet`: code that a page shows, and the `cargo add` lines above it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) struct Page {
    name: String,
    text: String,
}

pub(crate) struct Snippet {
    /// `docs/recipes.md:40`.
    pub(crate) place: String,
    pub(crate) code: String,
    /// What follows `cargo add` on each line.
    pub(crate) adds: Vec<String>,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README, `docs`, and the smallest server for each framework, which the published package does not hold.
pub(crate) fn pages() -> Vec<Page> {
    let files = |folder, ending| {
        let found = fs::read_dir(root().join(folder)).into_iter().flatten();
        found
            .map(|file| file.unwrap().path())
            .filter(move |path| path.extension().is_some_and(|is| is == ending))
    };
    let mut paths: Vec<PathBuf> = vec![root().join("README.md")];
    paths.extend(files("docs", "md"));
    paths.extend(files("examples/frameworks/src/bin", "rs"));
    paths.sort();
    let page = |path: PathBuf| Page {
        name: path.strip_prefix(root()).unwrap().display().to_string(),
        text: fs::read_to_string(path).unwrap(),
    };
    paths.into_iter().map(page).collect()
}

/// The `cargo add` lines of one block or paragraph are those of the snippets after it, up to the next heading or the next
/// such lines.
pub(crate) fn of(page: &Page) -> Vec<Snippet> {
    if page.name.ends_with(".rs") {
        let adds =
            page.text.lines().filter_map(|line| line.strip_prefix("//! cargo add ")).map(str::to_owned);
        return vec![Snippet { place: page.name.clone(), code: page.text.clone(), adds: adds.collect() }];
    }
    let mut snippets: Vec<Snippet> = Vec::new();
    let (mut adds, mut is_new_group, mut block) = (Vec::new(), true, None);
    for (number, line) in page.text.lines().enumerate() {
        match (line.strip_prefix("```"), block) {
            (Some(language), None) => {
                block = Some(language);
                if language.starts_with("rust") {
                    let place = format!("{}:{}", page.name, number + 1);
                    snippets.push(Snippet { place, code: String::new(), adds: adds.clone() });
                }
                is_new_group = true;
            }
            (Some(_), Some(_)) => block = None,
            (None, Some(language)) if language.starts_with("rust") => {
                snippets.last_mut().unwrap().code += &format!("{line}\n");
            }
            (None, Some(_)) => {
                if let Some(add) = line.strip_prefix("cargo add ") {
                    add_to(&mut adds, &mut is_new_group, add.split(" #").next().unwrap().trim());
                }
            }
            (None, None) if line.is_empty() => is_new_group = true,
            (None, None) if line.starts_with('#') => adds.clear(),
            (None, None) => {
                for add in line.split("`cargo add ").skip(1) {
                    add_to(&mut adds, &mut is_new_group, add.split('`').next().unwrap());
                }
            }
        }
    }
    snippets
}

fn add_to(adds: &mut Vec<String>, is_new_group: &mut bool, add: &str) {
    if std::mem::take(is_new_group) {
        adds.clear();
    }
    adds.push(add.to_owned());
}

impl Snippet {
    /// The crates that the code names and no line adds.
    pub(crate) fn missing(&self) -> Vec<String> {
        let is_added = |name: &String| {
            let mut words = self.adds.iter().flat_map(|add| add.split(' '));
            words.any(|word| word.replace('-', "_") == *name)
        };
        crates().into_iter().filter(|name| self.names(name) && !is_added(name)).collect()
    }

    /// Whether rustdoc hides a line, which everybody else shows.
    pub(crate) fn hides_a_line(&self) -> bool {
        self.code.lines().any(|line| line == "#" || line.trim_start().starts_with("# "))
    }

    pub(crate) fn is_program(&self) -> bool {
        self.place.ends_with(".rs")
    }

    pub(crate) fn is_test(&self) -> bool {
        self.code.contains("#[tokio::test")
    }

    /// Whether a path begins with the name.
    fn names(&self, name: &str) -> bool {
        let code = self.code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let path = format!("{name}::");
        code.into_iter().any(|line| {
            line.match_indices(&path).any(|(at, _)| {
                !line[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':'))
            })
        })
    }
}

/// The crates that snippets may name: this one and those of the manifests.
fn crates() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["eventwire".to_owned()]);
    for manifest in ["Cargo.toml", "examples/frameworks/Cargo.toml"] {
        let manifest = fs::read_to_string(root().join(manifest)).unwrap_or_default();
        let mut is_list = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                is_list = line.ends_with("dependencies]");
            } else if let (true, Some((name, _))) = (is_list, line.split_once(" = ")) {
                names.insert(name.replace('-', "_"));
            }
        }
    }
    names
}
