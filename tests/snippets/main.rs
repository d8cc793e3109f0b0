//! What the README, `docs` and the smallest servers show can be copied: the `cargo add` lines above a snippet add what it
//! needs.
//!
//! `EVENTWIRE_FRESH_PACKAGES=pages cargo test --test snippets` makes new packages with these lines alone, which takes a
//! registry and a minute or two; `.ci/run snippets` does. `all` makes one for the server of each framework too, which takes
//! many minutes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use snippet::{of, pages, root, Snippet};

mod snippet;
#[path = "../support/tools.rs"]
mod tools;

fn snippets() -> Vec<Snippet> {
    pages().iter().flat_map(of).collect()
}

#[test]
fn the_lines_above_a_snippet_add_each_crate_that_it_names() {
    let snippets = snippets();
    assert!(snippets.len() > 20);
    for snippet in snippets {
        assert!(!snippet.adds.is_empty(), "{}: no `cargo add` above it", snippet.place);
        let missing = snippet.missing();
        assert!(missing.is_empty(), "{}: not added: {missing:?}", snippet.place);
    }
}

#[test]
fn no_snippet_hides_a_line() {
    for snippet in snippets() {
        assert!(
            !snippet.hides_a_line(),
            "{}: shown where the page is not rendered by rustdoc",
            snippet.place
        );
    }
}

#[test]
fn a_new_package_with_these_lines_alone_compiles_each_snippet() {
    let Some(which) = tools::tool("EVENTWIRE_FRESH_PACKAGES") else { return };
    // One lock file and one target folder for all; each is compiled with its own features alone.
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fresh");
    let packages = workspace.join("packages");
    let _ = fs::remove_dir_all(&packages);
    fs::create_dir_all(&packages).unwrap();
    fs::write(
        workspace.join("Cargo.toml"),
        "[workspace]\nresolver = \"2\"\nmembers = [\"packages/*\"]\n[profile.dev]\ndebug = false\n",
    )
    .unwrap();
    let mut by_lines: BTreeMap<Vec<String>, Vec<Snippet>> = BTreeMap::new();
    for snippet in snippets().into_iter().filter(|snippet| which == "all" || !snippet.is_program()) {
        by_lines.entry(snippet.adds.clone()).or_default().push(snippet);
    }
    let made: Vec<_> = by_lines
        .into_iter()
        .enumerate()
        .map(|(number, (adds, snippets))| make(packages.join(format!("fresh{number}")), &adds, &snippets))
        .collect();
    for (package, holds, has_test) in made {
        println!("{holds}");
        cargo(&package, if has_test { &["test", "--quiet"] } else { &["check", "--quiet"] });
    }
}

/// A package, what it holds, and whether there is a test among it.
fn make(package: PathBuf, adds: &[String], snippets: &[Snippet]) -> (PathBuf, String, bool) {
    fs::create_dir(&package).unwrap();
    cargo(&package, &["init", "--quiet", "--lib", "--vcs", "none"]);
    for add in adds {
        let (ours, others): (Vec<_>, Vec<_>) = add.split(' ').partition(|word| *word == "eventwire");
        let (options, crates): (Vec<_>, Vec<_>) = match others.iter().position(|word| word.starts_with("--"))
        {
            // Each option of a line goes with all of its crates.
            Some(0) if ours.is_empty() => (vec![], others),
            Some(at) => (others[at..].to_vec(), others[..at].to_vec()),
            None => (vec![], others),
        };
        if !ours.is_empty() {
            let path = root().to_str().unwrap();
            cargo(&package, &[&["add", "--quiet", "--path", path], &options[..]].concat());
        }
        if !crates.is_empty() {
            cargo(&package, &[&["add", "--quiet"], &crates[..], &options[..]].concat());
        }
    }
    let mut library = String::from("#![allow(warnings)]\n");
    for (number, snippet) in snippets.iter().enumerate() {
        let code = &snippet.code;
        if snippet.is_program() {
            fs::create_dir_all(package.join("src/bin")).unwrap();
            fs::write(package.join(format!("src/bin/snippet{number}.rs")), code).unwrap();
        } else if snippet.is_test() {
            library += &format!("mod snippet{number} {{\n{code}\n}}\n");
        } else {
            library += &format!(
                "async fn snippet{number}() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {{\n{code}\nOk(())\n}}\n"
            );
        }
    }
    fs::write(package.join("src/lib.rs"), library).unwrap();
    let places: Vec<_> = snippets.iter().map(|snippet| snippet.place.as_str()).collect();
    let holds = format!("{}: {}", places.join(", "), adds.join("; "));
    (package, holds, snippets.iter().any(Snippet::is_test))
}

#[track_caller]
fn cargo(package: &Path, arguments: &[&str]) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fresh/target");
    let ran = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{}: cargo {arguments:?}: {said}", package.display());
}
