//! `EventBody` and axum's own `Sse`, served by axum over real connections on 127.0.0.1, in turns.
//!
//! `cargo run --release -- [ready] [single] [idle] [--quick]`

mod alloc;
mod client;
mod idle;
mod ready;
mod server;
mod single;

use std::process::ExitCode;
use std::time::Duration;

#[global_allocator]
static COUNTING: alloc::Counting = alloc::Counting;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let is_quick = words.iter().any(|word| word == "--quick");
    words.retain(|word| word != "--quick");
    if let Some(word) = words.iter().find(|word| !["ready", "single", "idle"].contains(&word.as_str())) {
        eprintln!("expected ready, single, idle or --quick, found {word}");
        return ExitCode::FAILURE;
    }
    let is_asked_for = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    println!("# Serving, compared with axum's own `Sse`");
    if cfg!(debug_assertions) {
        println!("\nNot built with --release: the figures mean nothing.");
    }
    if is_asked_for("ready") {
        ready::run(is_quick);
    }
    if is_asked_for("single") {
        single::run(is_quick);
    }
    if is_asked_for("idle") {
        idle::run(is_quick);
    }
    ExitCode::SUCCESS
}

/// The implementation that serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Ours,
    Axum,
}

const BOTH: [Who; 2] = [Who::Ours, Who::Axum];

impl Who {
    fn path(self) -> &'static str {
        match self {
            Who::Ours => "/ours",
            Who::Axum => "/axum",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Who::Ours => "**eventwire `EventBody`**",
            Who::Axum => "axum `Sse`",
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    theirs.as_secs_f64() / ours.as_secs_f64()
}
