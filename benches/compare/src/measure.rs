//! Timing: interleaved rounds in rotating order, and their medians.

use std::time::{Duration, Instant};

/// How long a measurement may take.
#[derive(Clone, Copy)]
pub struct Effort {
    /// For all rounds of a cell together.
    pub cell: Duration,
    /// A turn repeats its work until this much time has passed.
    pub turn: Duration,
    pub fewest_rounds: usize,
    pub most_rounds: usize,
    /// A contestant that needs longer for one run is left out of the cell.
    pub cap: Duration,
}

impl Effort {
    /// For figures.
    pub const FULL: Effort = Effort {
        cell: Duration::from_millis(2500),
        turn: Duration::from_millis(1),
        fewest_rounds: 3,
        most_rounds: 61,
        cap: Duration::from_secs(2),
    };

    /// For a smoke test: everything once.
    pub const QUICK: Effort = Effort {
        cell: Duration::ZERO,
        turn: Duration::ZERO,
        fewest_rounds: 1,
        most_rounds: 1,
        cap: Duration::from_millis(500),
    };
}

/// One run of one contestant: prepares, works, and returns how long the work took.
pub type Run<'a> = Box<dyn FnMut() -> Duration + 'a>;

/// Times all runs against each other: in each round each has one turn, in rotating order.
///
/// What disturbs the machine disturbs all of them equally. Returns the median turn of each.
pub fn interleave(runs: &mut [Run], effort: Effort) -> Vec<Duration> {
    let mut turns: Vec<Vec<Duration>> = vec![Vec::new(); runs.len()];
    let rounds: Vec<usize> = runs.iter_mut().map(|run| rounds_for(run, effort, turns.len())).collect();
    let most = rounds.iter().copied().max().unwrap_or(0);
    for round in 0..most {
        for place in 0..runs.len() {
            let at = (round + place) % runs.len();
            // Contestants with fewer turns have them spread over all rounds.
            if (round + 1) * rounds[at] / most > round * rounds[at] / most {
                turns[at].push(turn(&mut runs[at], effort.turn));
            }
        }
    }
    turns.into_iter().map(median).collect()
}

/// Slow contestants have fewer rounds, so that each gets about the same share of the cell's time.
fn rounds_for(run: &mut Run, effort: Effort, contestants: usize) -> usize {
    let needed = turn(run, effort.turn).as_nanos().max(effort.turn.as_nanos()).max(1);
    let share = effort.cell.as_nanos() / contestants as u128;
    ((share / needed) as usize).clamp(effort.fewest_rounds, effort.most_rounds)
}

/// The mean of as many runs as fill the turn: a single short run would measure the one before it.
fn turn(run: &mut Run, enough: Duration) -> Duration {
    let began = Instant::now();
    let (mut spent, mut runs) = (Duration::ZERO, 0);
    loop {
        spent += run();
        runs += 1;
        if began.elapsed() >= enough {
            return spent / runs;
        }
    }
}

fn median(mut turns: Vec<Duration>) -> Duration {
    turns.sort_unstable();
    turns[turns.len() / 2]
}
