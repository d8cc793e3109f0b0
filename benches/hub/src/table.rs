//! Figures of several runs, as cells of a Markdown table.

use std::cmp::Ordering;

/// The median, and the range if there is one.
pub fn shown(values: &[f64], digits: usize) -> String {
    if values.is_empty() {
        return "failed".to_owned();
    }
    let sorted = sorted(values);
    let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
    let median = format!("{:.digits$}", middle(&sorted));
    let (first, last) = (format!("{first:.digits$}"), format!("{last:.digits$}"));
    if first == last {
        median
    } else {
        format!("{median} ({first} to {last})")
    }
}

/// For runs that took turns.
pub fn ratios(values: &[f64], of: &[f64]) -> Vec<f64> {
    values.iter().zip(of).map(|(value, of)| value / of).collect()
}

pub fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// The value that this many of a thousand do not exceed.
pub fn quantile(values: &[f64], per_mille: usize) -> f64 {
    let sorted = sorted(values);
    sorted.get(sorted.len() * per_mille / 1000).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

/// A figure with an upper limit.
pub struct Goal {
    pub what: String,
    pub at_most: f64,
    pub values: Vec<f64>,
    pub digits: usize,
}

impl Goal {
    pub fn new(what: impl Into<String>, at_most: f64, values: Vec<f64>) -> Self {
        Goal { what: what.into(), at_most, values, digits: 2 }
    }

    pub fn with_digits(mut self, digits: usize) -> Self {
        self.digits = digits;
        self
    }

    fn verdict(&self) -> &'static str {
        if self.values.is_empty() {
            return "not measured";
        }
        let sorted = sorted(&self.values);
        match middle(&sorted).total_cmp(&self.at_most) {
            Ordering::Less | Ordering::Equal => "met",
            // The limit is within the range of the runs.
            Ordering::Greater if sorted[0] <= self.at_most => "missed, within the range",
            Ordering::Greater => "missed",
        }
    }
}

pub fn print_goals(goals: &[Goal]) {
    println!("\n## Goals\n");
    println!("| | at most | measured | |");
    println!("|---|--:|--:|---|");
    for goal in goals {
        let measured = if goal.values.is_empty() { "-".to_owned() } else { shown(&goal.values, goal.digits) };
        println!("| {} | {} | {measured} | {} |", goal.what, goal.at_most, goal.verdict());
    }
}
