//! Measures the client and gateway: `cargo run --release -- [connections] [json] [tap] [rewrite] [--quick]`.
//!
//! Over real connections on 127.0.0.1, in turns; instructions are counted with valgrind, if it is installed.

#[path = "../../shapes/mod.rs"]
mod shapes;
#[path = "../../../tests/support/tls.rs"]
mod tls;

mod connections;
mod cpu;
mod instructions;
mod json;
mod proxy;
mod rewrite;
mod tap;
mod upstream;

use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    // The command that valgrind runs.
    if let [word, way, times] = words.as_slice() {
        if word == "count" {
            instructions::read(way, times.parse().expect("a number"));
            return ExitCode::SUCCESS;
        }
    }
    let is_quick = words.iter().any(|word| word == "--quick");
    words.retain(|word| word != "--quick");
    if let Some(word) =
        words.iter().find(|word| !["connections", "json", "tap", "rewrite"].contains(&word.as_str()))
    {
        eprintln!("expected connections, json, tap, rewrite or --quick, found {word}");
        return ExitCode::FAILURE;
    }
    let is_asked_for = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    println!("# The client and the gateway");
    if cfg!(debug_assertions) {
        println!("\nNot built with --release: the figures mean nothing.");
    }
    if is_asked_for("connections") {
        connections::run(is_quick);
    }
    if is_asked_for("json") {
        json::run(is_quick);
    }
    if is_asked_for("tap") {
        tap::run(is_quick);
        instructions::run(is_quick);
    }
    if is_asked_for("rewrite") {
        rewrite::run(is_quick);
    }
    ExitCode::SUCCESS
}

/// The median of some measurements.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
