//! Allocations per event, and the peak for huge events. Counted, not timed.

use crate::alloc::Used;
use crate::check::LeftOut;
use crate::reader::{readers, Input, Reader};
use crate::shapes::{Chunking, Shape};
use crate::table;
use crate::Plan;

/// Counts and prints all cells of the plan.
pub fn run(plan: &Plan) {
    println!("\n## Memory\n\n{LEGEND}");
    let (huge, small): (Vec<_>, Vec<_>) = plan.shapes.iter().copied().partition(|shape| shape.is_huge());
    for &chunking in &plan.chunkings {
        let title = format!("Allocations per event, chunks of {}", chunking.name());
        let columns: Vec<_> = small.iter().map(|&shape| (shape, chunking)).collect();
        print(plan, &title, &columns, |used, input| {
            format!("{:.2}", used.calls as f64 / input.events() as f64)
        });
    }
    let columns: Vec<_> = huge
        .iter()
        .flat_map(|&shape| plan.chunkings.iter().map(move |&chunking| (shape, chunking)))
        .filter(|(shape, chunking)| chunking.suits(shape))
        .collect();
    print(plan, "Peak memory divided by the size of the event", &columns, |used, input| {
        format!("{:.2}", used.peak as f64 / input.stream.events[0].data.len() as f64)
    });
}

fn print(
    plan: &Plan,
    title: &str,
    columns: &[(&'static Shape, Chunking)],
    figure: impl Fn(Used, &Input) -> String,
) {
    if columns.is_empty() {
        return;
    }
    let inputs: Vec<Input> = columns
        .iter()
        .map(|&(shape, chunking)| Input::new(shape, chunking, plan.body_size(chunking) / 4))
        .collect();
    let count = |reader: &Reader, input: &Input| -> Result<Used, LeftOut> {
        reader.check(input, plan.effort.cap)?;
        Ok(reader.used(input))
    };
    let row = |reader: Reader| {
        let cells = inputs.iter().map(|input| match count(&reader, input) {
            Ok(used) => figure(used, input),
            Err(left_out) => left_out.to_string(),
        });
        (reader.name.to_owned(), cells.collect())
    };
    let names: Vec<String> = columns
        .iter()
        .map(|(shape, chunking)| match shape.is_huge() {
            true => format!("{}, {}", shape.name, chunking.name()),
            false => shape.name.to_owned(),
        })
        .collect();
    let rows: Vec<_> = readers().into_iter().map(row).collect();
    table::print(title, "reader", &names, &rows);
}

const LEGEND: &str = "\
Over a whole stream with a new reader, warm-up included. `Bytes` chunks are made one by one, as a network client
makes them: their bytes count towards the peak while they are held, but making them does not count as a call.
`&[u8]` chunks are outside and do not count.";
