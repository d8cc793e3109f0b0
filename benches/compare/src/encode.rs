//! Encoding: events to bytes, text to a body, one event for a thousand clients.

use std::hint::black_box;
use std::time::Instant;

use crate::alloc::{self, Used};
use crate::floor;
use crate::measure::{interleave, Run};
use crate::rivals::ours_writing::{build, Encode, InPlace, ToBytes};
use crate::rivals::{Axum, Own, Russe, Serves, SseParse, SseStream, Takes, Warp, Writes};
use crate::shapes::{Expected, Shape, NAMED, SHAPES};
use crate::table;
use crate::Plan;

/// A writer of a list of events: a name, whether it is ours, and what to do.
struct Writer {
    name: &'static str,
    is_ours: bool,
    run: fn(&'static [Expected]) -> Run<'static>,
    used: fn(&'static [Expected]) -> Used,
    written: fn(&'static [Expected]) -> Vec<u8>,
}

/// Measures and prints all tables of the plan.
pub fn run(plan: &Plan) {
    println!("\n## Encoding\n\n{LEGEND}");
    let shapes: Vec<&Shape> = WRITTEN
        .iter()
        .map(|name| SHAPES.iter().find(|shape| shape.name == *name).unwrap_or(&NAMED))
        .filter(|shape| plan.has_shape(shape.name))
        .collect();
    let into_buffer = [
        writes::<Encode>(true),
        writes::<ToBytes>(true),
        writes::<Russe>(false),
        writes::<SseStream>(false),
        writes::<Warp>(false),
    ];
    print(plan, "Events that are there, into bytes", &shapes, &into_buffer, true);
    let from_text = [
        serves::<Encode>(true),
        serves::<ToBytes>(true),
        serves::<InPlace>(true),
        serves::<Russe>(false),
        serves::<SseStream>(false),
        serves::<Axum>(false),
        serves::<Warp>(false),
    ];
    print(plan, "From text to the bytes of a body", &shapes, &from_text, false);
    let from_strings = [takes::<Encode>(true), takes::<Russe>(false)];
    print(plan, "From owned `String`s into a buffer", &shapes, &from_strings, false);
    print_broadcast(plan, &shapes);
}

fn writes<W: Writes>(is_ours: bool) -> Writer {
    Writer {
        name: W::NAME,
        is_ours,
        run: |events| {
            let mut buffer = W::Buffer::default();
            Box::new(move || {
                let mut built: Vec<_> = events.iter().map(|event| Some(W::build(event))).collect();
                let began = Instant::now();
                for event in &mut built {
                    W::write(event, &mut buffer, &mut forget);
                }
                began.elapsed()
            })
        },
        used: |events| {
            let mut buffer = W::Buffer::default();
            let build = || events.iter().map(|event| Some(W::build(event))).collect::<Vec<_>>();
            for event in &mut build() {
                W::write(event, &mut buffer, &mut forget);
            }
            let mut built = build();
            alloc::count(|| {
                for event in &mut built {
                    W::write(event, &mut buffer, &mut forget);
                }
            })
        },
        written: |events| {
            let (mut buffer, mut body) = (W::Buffer::default(), Vec::new());
            for event in events {
                W::write(&mut Some(W::build(event)), &mut buffer, &mut |bytes| body.extend_from_slice(bytes));
            }
            body
        },
    }
}

fn serves<S: Serves>(is_ours: bool) -> Writer {
    Writer {
        name: S::NAME,
        is_ours,
        run: |events| {
            Box::new(move || {
                let began = Instant::now();
                S::serve(events, &mut forget);
                began.elapsed()
            })
        },
        used: |events| alloc::count(|| S::serve(events, &mut forget)),
        written: |events| {
            let mut body = Vec::new();
            S::serve(events, &mut |bytes| body.extend_from_slice(bytes));
            body
        },
    }
}

fn takes<T: Takes>(is_ours: bool) -> Writer {
    Writer {
        name: T::NAME,
        is_ours,
        run: |events| {
            let mut buffer = T::Buffer::default();
            Box::new(move || {
                let own = own(events);
                let began = Instant::now();
                own.into_iter().for_each(|own| T::take(own, &mut buffer, &mut forget));
                began.elapsed()
            })
        },
        used: |events| {
            let mut buffer = T::Buffer::default();
            own(events).into_iter().for_each(|own| T::take(own, &mut buffer, &mut forget));
            let own = own(events);
            alloc::count(|| own.into_iter().for_each(|own| T::take(own, &mut buffer, &mut forget)))
        },
        written: |events| {
            let (mut buffer, mut body) = (T::Buffer::default(), Vec::new());
            for own in own(events) {
                T::take(own, &mut buffer, &mut |bytes| body.extend_from_slice(bytes));
            }
            body
        },
    }
}

fn own(events: &'static [Expected]) -> Vec<Own> {
    events.iter().map(Own::from).collect()
}

/// Prints the time per event, the ratio to the first writer, and the allocations per event.
fn print(plan: &Plan, title: &str, shapes: &[&Shape], writers: &[Writer], with_floor: bool) {
    let mut rows: Vec<(String, Vec<String>)> =
        writers.iter().map(|writer| (writer.name.to_owned(), Vec::new())).collect();
    let mut floors = Vec::new();
    for shape in shapes {
        let events = events(shape, plan);
        let fit: Vec<bool> =
            writers.iter().map(|writer| reads_back((writer.written)(events), events)).collect();
        let mut runs = vec![floor_run(events)];
        runs.extend(writers.iter().zip(&fit).filter(|(_, &fit)| fit).map(|(writer, _)| (writer.run)(events)));
        let mut medians = interleave(&mut runs, plan.effort).into_iter();
        let floor = medians.next().expect("the floor runs first");
        let mut ours = None;
        for ((writer, fit), row) in writers.iter().zip(fit).zip(&mut rows) {
            if !fit {
                row.1.push("differs".to_owned());
                continue;
            }
            let median = medians.next().expect("one for each run");
            let ours = *ours.get_or_insert(median);
            let compared = match writer.is_ours {
                true if with_floor => format!("{} x floor", table::ratio(median, Some(floor))),
                true => "-".to_owned(),
                false => table::ratio(median, Some(ours)),
            };
            let calls = (writer.used)(events).calls as f64 / events.len() as f64;
            row.1
                .push(format!("{} ({compared}; {calls:.1})", table::time(table::each(median, events.len()))));
        }
        floors.push(table::time(table::each(floor, events.len())));
    }
    if with_floor {
        rows.push(("floor: memchr2 line by line, put_slice of each value".to_owned(), floors));
    }
    let columns: Vec<String> = shapes.iter().map(|shape| shape.name.to_owned()).collect();
    table::print(title, "time per event (/ our first row; allocations)", &columns, &rows);
}

/// One event for a thousand clients, each of which drops it.
fn print_broadcast(plan: &Plan, shapes: &[&Shape]) {
    let names = [
        "**eventwire `Encoded`**, made and cloned",
        "axum `Event`, cloned (each client still frames it)",
        "sse-stream `Sse`, cloned and encoded",
        "russe `Event`, cloned and encoded",
    ];
    let mut rows: Vec<(String, Vec<String>)> =
        names.iter().map(|name| (name.to_string(), Vec::new())).collect();
    for shape in shapes {
        let event = &events(shape, plan)[0];
        let ours = build(event);
        let axum = Axum::build(event);
        let sse_stream = <SseStream as Writes>::build(event);
        let russe = <Russe as Writes>::build(event);
        let mut runs: Vec<Run> = vec![
            broadcast(move || {
                let encoded = ours.to_encoded();
                move || encoded.clone()
            }),
            broadcast(move || {
                let event = axum.clone();
                move || event.clone()
            }),
            broadcast(move || {
                let event = sse_stream.clone();
                move || event.clone().encode().expect("a valid event")
            }),
            broadcast(move || {
                let event = russe.clone();
                move || event.clone().into_bytestring().expect("a valid event")
            }),
        ];
        let medians = interleave(&mut runs, plan.effort);
        for (median, row) in medians.iter().zip(&mut rows) {
            row.1.push(format!(
                "{} ({})",
                table::time(table::each(*median, 1)),
                table::ratio(*median, Some(medians[0]))
            ));
        }
    }
    let columns: Vec<String> = shapes.iter().map(|shape| shape.name.to_owned()).collect();
    let title = "One event for 1,000 clients (without warp, whose events cannot be cloned)";
    table::print(title, "time for all clients (/ ours)", &columns, &rows);
}

/// Makes the shared form once, gives a copy to each of a thousand clients, and drops all.
fn broadcast<T: 'static, F: FnMut() -> T>(mut make: impl FnMut() -> F + 'static) -> Run<'static> {
    let mut clients = Vec::with_capacity(CLIENTS);
    Box::new(move || {
        let began = Instant::now();
        let mut for_one = make();
        clients.extend((0..CLIENTS).map(|_| for_one()));
        black_box(&clients);
        clients.clear();
        began.elapsed()
    })
}

fn floor_run(events: &'static [Expected]) -> Run<'static> {
    let mut buffer = Vec::new();
    Box::new(move || {
        let began = Instant::now();
        for event in events {
            buffer.clear();
            floor::write(event, &mut buffer);
            forget(&buffer);
        }
        began.elapsed()
    })
}

fn events(shape: &Shape, plan: &Plan) -> &'static [Expected] {
    Box::leak(Box::new(shape.stream(plan.written_size()))).events.as_slice()
}

/// Whether a reader that follows every rule of the standard gets the same events back.
fn reads_back(body: Vec<u8>, events: &'static [Expected]) -> bool {
    SseParse::events(&body)
        .iter()
        .map(|event| (&event.event, &event.data, &event.id))
        .eq(events.iter().map(|event| (&event.event_type, &event.data, &event.last_event_id)))
}

fn forget(bytes: &[u8]) {
    black_box(bytes);
}

/// `named` is for writers only.
const WRITTEN: &[&str] = &["openai-chat", "anthropic", "ticks", "named", "multiline", "cjk", "b64"];

const CLIENTS: usize = 1000;

const LEGEND: &str = "\
Medians of interleaved rounds. The output of each is first read back with sse-parse and compared. In the first table
the event exists before the clock starts; writers that take it by value drop it in their time (russe's has static
text, which is free to drop). In the third table the `String`s of an event exist before, become the event, and are
dropped with it. The buffer is cleared and reused for each event, if the writer takes one. axum writes while an event
is built, so it is in the second table only.";
