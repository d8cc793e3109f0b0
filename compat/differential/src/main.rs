//! Reads the same streams with the packages and their originals, and explains every difference.
//!
//! Every difference falls into a category of `explain`, which says what the original does there and checks that it
//! does nothing else. One that falls into none is an error.
//!
//! With the argument `replay`, what both cost: see `replay`.
//!
//! No stream is read that crashes an original or never ends there: `streams` says how these are kept out.

mod counts;
mod explain;
mod read;
mod replay;
mod streams;

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use explain::Library;
use read::{read, Side};
use streams::Stream;

#[global_allocator]
static ALLOCATOR: counts::Counting = counts::Counting;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|argument| &**argument).collect();
    let number = |text: &str, otherwise| text.parse().unwrap_or(otherwise);
    let done = match arguments[..] {
        [] => return compare(),
        ["replay"] => replay::run(ROUNDS, ""),
        ["replay", rounds] => replay::run(number(rounds, ROUNDS), ""),
        ["replay", rounds, name] => replay::run(number(rounds, ROUNDS), name),
        ["replay", times, name, side] => replay::run_side(number(times, 1), name, side == "ours"),
        ["serve"] => replay::serve(),
        _ => Err(io::Error::other(
            "usage: [replay [ROUNDS [PART OF A NAME]] | replay TIMES NAME (ours | original)]",
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Enough for the middle to be the same in the next run.
const ROUNDS: usize = 21;

fn compare() -> ExitCode {
    let mut report = Report::default();
    let recorded = streams::recorded();
    if recorded.is_empty() {
        println!("no recorded bodies: shared/corpus is not there");
    }
    report.compare("recorded bodies, cut in five ways", recorded);
    report.compare("generated streams", streams::generated(GENERATED));
    report.compare("odd streams", streams::odd());
    report.print()
}

/// 10,000 streams: each category is met hundreds of times.
const GENERATED: usize = 10_000;

#[derive(Default)]
struct Report {
    lines: Vec<String>,
    explained: BTreeMap<(&'static str, &'static str), (usize, String)>,
    unexplained: usize,
}

impl Report {
    fn compare(&mut self, what: &str, streams: Vec<Stream>) {
        for library in Library::ALL {
            let (mut equal, mut explained) = (0, 0);
            for stream in &streams {
                let original = read(library, Side::Original, &stream.chunks());
                let ours = read(library, Side::Ours, &stream.chunks());
                if original == ours {
                    equal += 1;
                } else if let Some(why) = explain::explain(library, stream, &original, &ours) {
                    explained += 1;
                    for why in why {
                        let met = self.explained.entry((library.name(), why));
                        met.or_insert_with(|| (0, stream.name.clone())).0 += 1;
                    }
                } else {
                    self.unexplained += 1;
                    if self.unexplained <= SHOWN {
                        println!("UNEXPLAINED: {}, {}: {:?}", library.name(), stream.name, stream.shown());
                        println!("  original {original:?}\n  ours     {ours:?}");
                    }
                }
            }
            self.lines.push(format!(
                "{:24} {what}: {} read, {equal} equal, {explained} differ and are explained",
                library.name(),
                streams.len()
            ));
        }
    }

    fn print(&self) -> ExitCode {
        self.lines.iter().for_each(|line| println!("{line}"));
        println!("\nWhat the originals do differently, how often, and a stream that shows it:");
        for ((library, why), (count, stream)) in &self.explained {
            println!("{library:24} {count:6}  {why} ({stream})");
        }
        println!("\n{} differences are not explained", self.unexplained);
        if self.unexplained == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Enough to see what they have in common.
const SHOWN: usize = 12;
