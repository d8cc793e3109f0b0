//! Decoding: every shape and chunking, by every contestant.

use std::time::Duration;

use crate::check::LeftOut;
use crate::measure::{interleave, Run};
use crate::reader::{floor_run, readers, Input, Reader};
use crate::rivals::Gives;
use crate::shapes::{Chunking, Shape};
use crate::table;
use crate::Plan;

/// The results for one shape, cut in one way.
struct Cell {
    shape: &'static Shape,
    chunking: Chunking,
    events: usize,
    floor: Duration,
    results: Vec<(Reader, Result<Duration, LeftOut>)>,
}

/// Measures and prints all cells of the plan.
pub fn run(plan: &Plan) {
    println!("\n## Decoding\n\n{LEGEND}");
    let mut cells = Vec::new();
    for &shape in &plan.shapes {
        let fitting = plan.chunkings.iter().copied().filter(|chunking| chunking.suits(shape));
        let first = cells.len();
        cells.extend(fitting.map(|chunking| cell(shape, chunking, plan)));
        print_shape(shape, &cells[first..]);
    }
    println!("\n## Decoding, in short");
    print_best("rival / eventwire borrowed", plan, &cells, Gives::Owned, &|cell| cell.borrowed());
    print_best("rival / eventwire owned", plan, &cells, Gives::Owned, &|cell| cell.owned(false));
    print_best("rival / eventwire owned, `Bytes`", plan, &cells, Gives::Owned, &|cell| cell.owned(true));
    print_best("line parser / eventwire borrowed", plan, &cells, Gives::Lines, &|cell| cell.borrowed());
    print_best("line parser / eventwire owned", plan, &cells, Gives::Lines, &|cell| cell.owned(false));
    print_grid(
        "eventwire borrowed / memchr2 floor (1.0: as fast as the search alone)",
        plan,
        &cells,
        &|cell| cell.borrowed().map_or("-".to_owned(), |borrowed| table::ratio(borrowed, Some(cell.floor))),
    );
    print_slope(plan, &cells);
    print_left_out(&cells);
}

fn cell(shape: &'static Shape, chunking: Chunking, plan: &Plan) -> Cell {
    let input = Input::new(shape, chunking, plan.body_size(chunking));
    let mut results: Vec<_> =
        readers().into_iter().map(|reader| (reader, reader.check(&input, plan.effort.cap))).collect();
    let mut runs: Vec<Run> = vec![floor_run(&input)];
    runs.extend(results.iter().filter(|(_, checked)| checked.is_ok()).map(|(reader, _)| reader.run(&input)));
    let mut medians = interleave(&mut runs, plan.effort).into_iter();
    Cell {
        shape,
        chunking,
        events: input.events(),
        floor: medians.next().expect("the floor runs first"),
        results: results
            .drain(..)
            .map(|(reader, checked)| (reader, checked.map(|()| medians.next().expect("one for each run"))))
            .collect(),
    }
}

impl Cell {
    fn borrowed(&self) -> Option<Duration> {
        self.ours(|reader| reader.gives == Gives::Borrowed)
    }

    fn owned(&self, takes_bytes: bool) -> Option<Duration> {
        self.ours(|reader| reader.gives == Gives::Owned && reader.takes_bytes == takes_bytes)
    }

    fn ours(&self, is_meant: impl Fn(&Reader) -> bool) -> Option<Duration> {
        let (_, result) = self.results.iter().find(|(reader, _)| reader.is_ours && is_meant(reader))?;
        result.as_ref().ok().copied()
    }

    /// The fastest rival that returns this kind of output.
    fn best(&self, gives: Gives) -> Option<(&'static str, Duration)> {
        let rivals = self.results.iter().filter(|(reader, _)| !reader.is_ours && reader.gives == gives);
        rivals
            .filter_map(|(reader, result)| Some((reader.name, *result.as_ref().ok()?)))
            .min_by_key(|(_, time)| *time)
    }
}

/// One shape: the time per event of each contestant, and its ratio to ours.
fn print_shape(shape: &Shape, cells: &[Cell]) {
    let Some(first) = cells.first() else { return };
    let columns: Vec<String> = cells.iter().map(|cell| cell.chunking.name()).collect();
    let mut rows = vec![(
        "floor: memchr2 line by line".to_owned(),
        cells.iter().map(|cell| table::time(table::each(cell.floor, cell.events))).collect(),
    )];
    for (at, (reader, _)) in first.results.iter().enumerate() {
        let figure = |cell: &Cell| match &cell.results[at].1 {
            Err(left_out) => left_out.to_string(),
            Ok(time) if reader.is_ours => table::time(table::each(*time, cell.events)),
            Ok(time) => format!(
                "{} ({}, {})",
                table::time(table::each(*time, cell.events)),
                table::ratio(*time, cell.borrowed()),
                table::ratio(*time, cell.owned(reader.takes_bytes))
            ),
        };
        rows.push((reader.name.to_owned(), cells.iter().map(figure).collect()));
    }
    let title = format!("{}: {}", shape.name, shape.reason);
    table::print(&title, "time per event (/ our borrowed, / our owned)", &columns, &rows);
}

/// All shapes and chunkings: the best rival's time divided by ours.
fn print_best(
    what: &str,
    plan: &Plan,
    cells: &[Cell],
    gives: Gives,
    ours: &dyn Fn(&Cell) -> Option<Duration>,
) {
    print_grid(&format!("Best {what}"), plan, cells, &|cell| match cell.best(gives) {
        Some((name, time)) => format!("{} ({name})", table::ratio(time, ours(cell))),
        None => "-".to_owned(),
    });
}

fn print_grid(title: &str, plan: &Plan, cells: &[Cell], figure: &dyn Fn(&Cell) -> String) {
    let columns: Vec<String> = plan.chunkings.iter().map(|chunking| chunking.name()).collect();
    let row = |shape: &Shape| {
        let find = |chunking: &Chunking| {
            cells.iter().find(|cell| cell.shape.name == shape.name && cell.chunking == *chunking)
        };
        plan.chunkings.iter().map(|chunking| find(chunking).map_or("not run".to_owned(), figure)).collect()
    };
    let rows: Vec<_> = plan.shapes.iter().map(|shape| (shape.name.to_owned(), row(shape))).collect();
    table::print(title, "shape", &columns, &rows);
}

/// The cost of eight times the size, divided by eight times the cost: 1.0 is linear.
fn print_slope(plan: &Plan, cells: &[Cell]) {
    let of = |name: &str, chunking: Chunking| {
        cells.iter().find(|cell| cell.shape.name == name && cell.chunking == chunking)
    };
    let pairs: Vec<_> = plan
        .chunkings
        .iter()
        .filter_map(|&chunking| Some((of("huge-1m", chunking)?, of("huge-8m", chunking)?)))
        .collect();
    let Some((small, _)) = pairs.first() else { return };
    let columns: Vec<String> = pairs.iter().map(|(small, _)| small.chunking.name()).collect();
    let row = |at: usize| {
        let slope = |(small, large): &(&Cell, &Cell)| match (&small.results[at].1, &large.results[at].1) {
            (Ok(small), Ok(large)) => table::ratio(*large, Some(*small * 8)),
            (Err(left_out), _) | (_, Err(left_out)) => left_out.to_string(),
        };
        pairs.iter().map(slope).collect()
    };
    let names = small.results.iter().map(|(reader, _)| reader.name.to_owned());
    let rows: Vec<_> = names.enumerate().map(|(at, name)| (name, row(at))).collect();
    table::print("Time for 8 MiB divided by 8 times the time for 1 MiB", "reader", &columns, &rows);
}

/// Contestants without a figure, and why.
fn print_left_out(cells: &[Cell]) {
    println!("\n### Left out\n");
    let mut has_any = false;
    for cell in cells {
        for (reader, result) in &cell.results {
            let Err(left_out) = result else { continue };
            has_any = true;
            let why = match left_out {
                LeftOut::Differs(why) | LeftOut::Fails(why) => format!("{left_out}: {why}"),
                LeftOut::Panics | LeftOut::OverCap => left_out.to_string(),
            };
            println!("- {}, {}: {}: {why}", cell.shape.name, cell.chunking.name(), reader.name);
        }
    }
    if !has_any {
        println!("Nobody.");
    }
}

const LEGEND: &str = "\
Medians of interleaved rounds in one process. In parentheses: the ratios to ours (borrowed, owned).
All readers get chunks that were cut beforehand: `&[u8]` if the type is accepted, `Bytes` that share the body for
sseer (compared with our owned events from `Bytes`); async readers are polled by hand over a stream that is always
ready. Type, data and ID of every event are read into a black box. The time includes making and dropping reader and
events. Borrowing takes less work than owning, so statements about rivals are based on the owned columns. The rows of
sseer's line parser are lines, not events: no UTF-8 check, no joined data, no last event ID.";
