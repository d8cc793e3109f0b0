//! Prints figures as Markdown tables.

use std::time::Duration;

/// Prints one table: a title, a head, rows.
pub fn print(title: &str, corner: &str, columns: &[String], rows: &[(String, Vec<String>)]) {
    println!("\n### {title}\n");
    println!("| {corner} | {} |", columns.join(" | "));
    println!("|---|{}", "--:|".repeat(columns.len()));
    for (name, cells) in rows {
        println!("| {name} | {} |", cells.join(" | "));
    }
}

/// A time in a readable unit.
pub fn time(nanos: f64) -> String {
    match nanos {
        n if n < 100.0 => format!("{n:.1} ns"),
        n if n < 10_000.0 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} us", n / 1e3),
        n => format!("{:.2} ms", n / 1e6),
    }
}

/// The time per item, for `count` items.
pub fn each(time: Duration, count: usize) -> f64 {
    time.as_nanos() as f64 / count as f64
}

/// A ratio of times.
pub fn ratio(time: Duration, ours: Option<Duration>) -> String {
    ours.map_or("-".to_owned(), |ours| format!("{:.2}", time.as_secs_f64() / ours.as_secs_f64()))
}
