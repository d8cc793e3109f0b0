//! What a follower costs in a process: the hub, tokio's `broadcast` with `BroadcastStream`, and a ring of events with
//! `event-listener`. No sockets.
//!
//! `cargo run --release --manifest-path benches/hub/Cargo.toml [-- --quick]`
//!
//! Each figure is from a process of its own, and the processes take turns, so that a busy machine is unfair to all alike.

mod alloc;
mod followers;

use std::env;
use std::process::{Command, ExitCode};

use followers::{Way, ALL};

#[global_allocator]
static COUNTING: alloc::Counting = alloc::Counting;

/// What one process found.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Processor time of a follower and event, in nanoseconds, for events that come one by one.
    single: f64,
    /// The same for events that come ten at once.
    burst: f64,
    /// Bytes of a follower that waits, its waker's own ones left out.
    bytes: f64,
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => compare(5, 10_000, 200),
        ["--quick"] => compare(1, 500, 20),
        ["--one", name, tasks, rounds] => {
            let (tasks, rounds) = (tasks.parse().expect("a number"), rounds.parse().expect("a number"));
            let way = ALL.into_iter().find(|way| way.name() == name).expect("a way");
            let Figures { single, burst, bytes } = followers::measure(way, tasks, rounds);
            println!("{single} {burst} {bytes}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("expected nothing or --quick, found {words:?}");
            ExitCode::FAILURE
        }
    }
}

fn compare(runs: usize, tasks: usize, rounds: usize) -> ExitCode {
    println!("# Waking {tasks} tasks\n");
    if cfg!(debug_assertions) {
        println!("Not built with --release: the figures mean nothing.\n");
    }
    let mut figures = vec![Vec::new(); ALL.len()];
    for _ in 0..runs {
        for (way, figures) in ALL.into_iter().zip(&mut figures) {
            match one(way, tasks, rounds) {
                Some(found) => figures.push(found),
                None => return ExitCode::FAILURE,
            }
        }
    }
    println!("Median of {runs} processes each, in turns, and the range; the ratio is of the runs that took turns.\n");
    println!(
        "| | one event, ns | of the hub | burst of 10, ns an event | of the hub | memory of a follower, B |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (way, of) in ALL.into_iter().zip(&figures) {
        let column = |value: fn(&Figures) -> f64| {
            let values = of.iter().map(value).collect();
            let hub = figures[0].iter().map(value);
            let ratios = of.iter().map(value).zip(hub).map(|(this, hub)| this / hub).collect();
            (shown(values, 0), shown(ratios, 2))
        };
        let ((single, single_of), (burst, burst_of)) = (column(|f| f.single), column(|f| f.burst));
        let (bytes, _) = column(|f| f.bytes);
        println!("| {} | {single} | {single_of} | {burst} | {burst_of} | {bytes} |", way.name());
    }
    ExitCode::SUCCESS
}

/// The median, and the range where there is one.
fn shown(mut values: Vec<f64>, digits: usize) -> String {
    values.sort_by(f64::total_cmp);
    let (first, last) = (values[0], values[values.len() - 1]);
    let median = values[values.len() / 2];
    if values.len() == 1 || last - first < 0.5 && digits == 0 {
        format!("{median:.digits$}")
    } else {
        format!("{median:.digits$} ({first:.digits$} to {last:.digits$})")
    }
}

fn one(way: Way, tasks: usize, rounds: usize) -> Option<Figures> {
    let program = env::current_exe().ok()?;
    let output = Command::new(program)
        .args(["--one", way.name(), &tasks.to_string(), &rounds.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut values = text.split_whitespace().filter_map(|word| word.parse().ok());
    let figures = (values.next(), values.next(), values.next());
    let (Some(single), Some(burst), Some(bytes)) = figures else {
        eprintln!("{} failed: {}", way.name(), String::from_utf8_lossy(&output.stderr));
        return None;
    };
    Some(Figures { single, burst, bytes })
}
