//! Runs the benches: timed by `cargo bench`, once and checked by `cargo test --benches`.

use std::time::{Duration, Instant};

/// The options of the command line.
pub(crate) struct Harness {
    /// Everything once, as a test.
    pub(crate) is_test: bool,
    /// Only cases whose title contains one of these words; all of them if there are none.
    words: Vec<String>,
}

/// A name, and a function to time, which returns how long its timed part took.
pub(crate) type Case<'a> = (&'static str, Box<dyn FnMut() -> Duration + 'a>);

impl Harness {
    /// Cargo passes `--bench` when it measures; `cargo bench -- --test` is a test as well.
    pub(crate) fn from_args() -> Self {
        let (flags, words): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|arg| arg.starts_with('-'));
        let says = |flag: &str| flags.iter().any(|given| given == flag);
        Harness { is_test: says("--test") || !says("--bench"), words }
    }

    pub(crate) fn wants(&self, title: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| title.contains(word.as_str()))
    }

    /// Times the cases against each other, in rotating order, and prints the medians per item, for `count` items.
    pub(crate) fn compare(&self, title: &str, count: usize, mut cases: Vec<Case>) {
        let rounds = if self.is_test { 1 } else { ROUNDS };
        let mut times = vec![Vec::new(); cases.len()];
        for round in 0..rounds {
            for place in 0..cases.len() {
                let at = (round + place) % cases.len();
                times[at].push(self.turn(&mut cases[at].1));
            }
        }
        print!("{title:<20}");
        for ((name, _), mut times) in cases.iter().zip(times) {
            times.sort_unstable();
            match self.is_test {
                true => print!("  {name} ok"),
                false => print!("  {name} {:.1} ns", times[times.len() / 2].as_nanos() as f64 / count as f64),
            }
        }
        println!();
    }

    /// The mean of as many runs as fill a turn.
    fn turn(&self, run: &mut dyn FnMut() -> Duration) -> Duration {
        let enough = if self.is_test { Duration::ZERO } else { TURN };
        let (mut spent, mut runs) = (run(), 1);
        while spent < enough {
            spent += run();
            runs += 1;
        }
        spent / runs
    }
}

/// Times work that needs no preparation.
#[allow(dead_code)] // Not each of the benches has such work.
pub(crate) fn timed(mut work: impl FnMut()) -> impl FnMut() -> Duration {
    move || {
        let began = Instant::now();
        work();
        began.elapsed()
    }
}

/// Enough rounds that a busy moment does not move the median.
const ROUNDS: usize = 31;

const TURN: Duration = Duration::from_millis(1);
