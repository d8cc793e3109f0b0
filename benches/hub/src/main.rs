//! Delivering one event to many clients: this hub compared with others, as tasks without sockets, as whole servers over
//! 127.0.0.1, and over Redis.
//!
//! `cargo run --release --manifest-path benches/hub/Cargo.toml [-- [tasks] [fanout] [slow] [idle] [redis] [--quick] [--runs=5]]`
//!
//! Each server and each way to wake is a separate process, and they take turns, so that a busy machine affects all equally.
//! What is not installed on this machine is skipped, with a note. Linux only.

mod alloc;
mod clients;
mod fanout;
mod idle;
mod over_redis;
mod peers;
#[path = "../../../tests/support/redis_server.rs"]
mod redis_server;
mod server;
mod servers;
mod slow;
mod table;
mod tasks;

use std::env;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};

#[global_allocator]
static COUNTING: alloc::Counting = alloc::Counting;

/// The amount of work.
struct Size {
    is_quick: bool,
    runs: usize,
    /// The number of clients that a process can have.
    most: usize,
}

const PARTS: [&str; 5] = ["tasks", "fanout", "slow", "idle", "redis"];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--server", ref server @ ..] => {
            servers::run(server);
            return ExitCode::SUCCESS;
        }
        ["--tasks", name, tasks, rounds] => {
            alloc::begin();
            tasks::one(name, tasks.parse().expect("a number"), rounds.parse().expect("a number"));
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let is_quick = words.contains(&"--quick");
    words.retain(|word| *word != "--quick");
    let mut runs = if is_quick { 1 } else { 5 };
    words.retain(|word| match word.strip_prefix("--runs=").map(str::parse) {
        Some(Ok(given @ 1..)) => {
            runs = given;
            false
        }
        _ => true,
    });
    if let Some(word) = words.iter().find(|word| !PARTS.contains(word)) {
        eprintln!("expected {}, --quick or --runs=5, found {word}", PARTS.join(", "));
        return ExitCode::FAILURE;
    }
    let is_asked_for = |part: &str| words.is_empty() || words.contains(&part);
    // Some descriptors for the process itself.
    let most = raise_limit() - 100;
    let size = Size { is_quick, runs, most };
    match compare(&size, is_asked_for) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn compare(size: &Size, is_asked_for: impl Fn(&str) -> bool) -> Result<(), String> {
    let began = Instant::now();
    println!("# The hub compared with others\n");
    if cfg!(debug_assertions) {
        println!("Not built with --release: the figures mean nothing.\n");
    }
    println!("{} interleaved, median and range; {}.", counted(size.runs, "run"), machine());
    if size.most < 10_100 {
        println!("A process may have {} connections here: fewer than ten thousand clients.", size.most);
    }
    let programs = peers::Programs::bring();
    for (peer, why) in programs.skipped() {
        println!("Skipped: {}: {why}.", peer.name());
    }
    let mut tasks = tasks::Tasks::new(size);
    let mut fanout = fanout::Fanout::new(&programs, size);
    let mut slow = slow::SlowClients::new(&programs, size);
    let mut idle = idle::Idle::new(&programs, size);
    let mut redis = over_redis::OverRedis::new(size);
    let mut has_redis = true;
    let mut failed = Vec::new();
    for _ in 0..size.runs {
        let mut attempt = |part: &'static str, run: &mut dyn FnMut() -> Result<(), String>| {
            if !is_asked_for(part) || failed.contains(&part) {
                return;
            }
            if let Err(why) = run() {
                // The others continue, and its figures so far are shown.
                eprintln!("{part} failed: {why}");
                failed.push(part);
            }
        };
        attempt("tasks", &mut || tasks.run());
        attempt("fanout", &mut || fanout.run(&programs, size));
        attempt("slow", &mut || slow.run(&programs));
        attempt("idle", &mut || idle.run(&programs));
        attempt("redis", &mut || match redis.run() {
            Some(run) => run,
            None => {
                has_redis = false;
                Ok(())
            }
        });
    }
    let mut goals = Vec::new();
    if is_asked_for("tasks") {
        tasks.print();
        tasks.goals(&mut goals);
    }
    if is_asked_for("fanout") {
        fanout.print();
        fanout.goals(&mut goals);
    }
    if is_asked_for("slow") {
        slow.print();
        slow.goals(&mut goals);
    }
    if is_asked_for("idle") {
        idle.print();
        idle.goals(&mut goals);
    }
    if is_asked_for("redis") && has_redis {
        redis.print();
        redis.goals(&mut goals);
    } else if !has_redis {
        println!("\nSkipped: the rows over Redis: no redis-server.");
    }
    table::print_goals(&goals);
    println!("\n{} s; {}.", began.elapsed().as_secs(), load());
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

/// Raises the limit to what the system allows.
fn raise_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let limit = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    limit.map_or(usize::MAX, |limit| limit as usize).clamp(256, 1 << 20)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let said = |program: &str, word: &str| {
        let output = Command::new(program).arg(word).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
    };
    let programs = [("go", "version"), ("node", "--version"), ("redis-server", "--version")];
    let mut parts = vec![format!("{cores} cores, for servers and clients"), load()];
    parts.extend(programs.into_iter().filter_map(|(program, word)| said(program, word)));
    parts.join("; ")
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", load.split(' ').next().unwrap_or("unknown"))
}

/// The result of a run, which is repeated once if it fails, for example on a busy machine.
fn twice<T>(name: &str, mut run: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    run().or_else(|why| {
        eprintln!("{name}: {why}; once more");
        run().map_err(|why| format!("{name}: {why}"))
    })
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
