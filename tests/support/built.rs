//! Builds the examples that are missing or older than their sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::SystemTime;

/// The path of an example, which is built first if needed: `cargo test --test NAME` does not build examples.
pub(crate) fn example(name: &str) -> PathBuf {
    // One thread builds; the others wait and find the result.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock();
    // target/<profile>/deps/<test>-<hash>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    let stamp = program.with_extension("features");
    if !is_fresh(&program) || !has_features(&program, &stamp) {
        build(profile, name);
        fs::write(&stamp, FEATURES.join(",")).unwrap();
    }
    program
}

/// Whether the program was built with the features of this test and no other build has replaced it since.
fn has_features(program: &Path, stamp: &Path) -> bool {
    let Ok(built_with) = fs::read_to_string(stamp) else { return false };
    let has = |feature: &&str| built_with.split(',').any(|built_with| built_with == *feature);
    modified(stamp) >= modified(program) && FEATURES.iter().all(has)
}

/// The source files, from the `.d` file that Cargo writes: `program: source source`, with `\ ` for a space. They may
/// belong to another checkout that shares the target folder.
fn is_fresh(program: &Path) -> bool {
    let Some(built) = modified(program) else { return false };
    let Ok(list) = fs::read_to_string(program.with_extension("d")) else { return false };
    let Some((_, sources)) = list.split_once(": ") else { return false };
    let sources = sources.replace("\\ ", "\0");
    let is_older = |source: &Path| modified(source).is_some_and(|at| at <= built);
    let mut sources = sources.split_whitespace().map(|source| PathBuf::from(source.replace('\0', " ")));
    sources.all(|source| source.starts_with(env!("CARGO_MANIFEST_DIR")) && is_older(&source))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn build(profile: &Path, name: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--features", &FEATURES.join(","), "--example", name, "--target-dir"]);
    cargo.arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "{name} could not be built");
}

/// The features of this test, with which the dependencies are built already.
const FEATURES: [&str; 5] = [
    if cfg!(feature = "axum") { "axum" } else { "" },
    if cfg!(feature = "hub") { "hub" } else { "" },
    if cfg!(feature = "json") { "json" } else { "" },
    if cfg!(feature = "redis") { "redis" } else { "" },
    if cfg!(feature = "reqwest") { "reqwest" } else { "" },
];
