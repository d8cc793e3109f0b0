//! Asks the compiler's version, so that its newer attributes can be used where there are any.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // `#[diagnostic::on_unimplemented]` is there since Rust 1.78. An unknown version is taken for an old one.
    if minor_version().is_some_and(|minor| minor >= 78) {
        println!("cargo:rustc-cfg=eventwire_diagnostic");
    }
}

/// 71 of `rustc 1.71.0 (8ede3aae2 2023-07-12)`.
fn minor_version() -> Option<u32> {
    let output = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.split(' ').nth(1)?.strip_prefix("1.")?.split('.').next()?.parse().ok()
}
