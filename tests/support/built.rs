//! Examples as programs, built if they are absent or older than their source.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::SystemTime;

/// Where an example is: `cargo test` builds it, `cargo test --test NAME` does not.
pub(crate) fn example(name: &str) -> PathBuf {
    // One builds, the others find what it has built.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock();
    // target/<profile>/deps/<test>-<hash>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !is_fresh(&program, name) {
        build(profile, name);
    }
    program
}

fn is_fresh(program: &Path, name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = root.join("examples");
    let source = match examples.join(name) {
        folder if folder.is_dir() => folder,
        _ => examples.join(name).with_extension("rs"),
    };
    let source = newest(&root.join("src")).max(newest(&source));
    program.metadata().is_ok_and(|about| about.modified().unwrap() >= source)
}

fn newest(path: &Path) -> SystemTime {
    match path.is_dir() {
        true => path.read_dir().unwrap().map(|entry| newest(&entry.unwrap().path())).max().unwrap(),
        false => path.metadata().unwrap().modified().unwrap(),
    }
}

fn build(profile: &Path, name: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--example", name, "--target-dir"]).arg(profile.parent().unwrap());
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "{name} could not be built");
}
