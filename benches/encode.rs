//! The cost of encoding: the events of each shape to a reused buffer, to new memory, for many clients.
//!
//! `cargo bench --bench encode -- [SHAPE]...`; the rivals are in `benches/compare`.

mod harness;
mod shapes;

use std::hint::black_box;

use eventwire::{Encoded, Event};

use harness::{timed, Harness};
use shapes::{Expected, Shape, Stream, NAMED, SHAPES};

fn main() {
    let harness = Harness::from_args();
    println!("encode: for an event; clones are of one event, for each client");
    for shape in SHAPES.iter().chain([&NAMED]).filter(|shape| is_written(shape) && harness.wants(shape.name))
    {
        let stream = shape.stream(if harness.is_test { 64 << 10 } else { 512 << 10 });
        let events: Vec<Event> = stream.events.iter().map(build).collect();
        check(&stream, &events);
        let (for_text, mut buffer, mut clients) = (&stream.events, Vec::new(), Vec::new());
        harness.compare(
            shape.name,
            events.len(),
            vec![
                (
                    "encode",
                    Box::new(timed(|| {
                        for event in &events {
                            buffer.clear();
                            event.encode(&mut buffer);
                            black_box(&buffer);
                        }
                    })),
                ),
                (
                    "to_bytes",
                    Box::new(timed(|| events.iter().for_each(|event| drop(black_box(event.to_bytes()))))),
                ),
                (
                    "from text",
                    Box::new(timed(|| {
                        for_text.iter().for_each(|event| drop(black_box(build(event).to_bytes())))
                    })),
                ),
                (
                    "clones",
                    Box::new(timed(|| {
                        let encoded = Encoded::from(&events[0]);
                        clients.extend(events.iter().map(|_| encoded.clone()));
                        black_box(&clients);
                        clients.clear();
                    })),
                ),
            ],
        );
    }
}

/// For a writer, two shapes equal another one, and the huge ones show nothing that b64 does not.
fn is_written(shape: &Shape) -> bool {
    !shape.is_huge() && !["heartbeats", "crlf"].contains(&shape.name)
}

fn build(event: &Expected) -> Event {
    let mut built = Event::new(&*event.data);
    if event.event_type != "message" {
        built = built.try_with_type(&event.event_type).expect("a valid type");
    }
    if let Some(id) = &event.id {
        built = built.try_with_id(id).expect("a valid ID");
    }
    built
}

/// Checks that what each way writes reads back as the same events.
fn check(stream: &Stream, events: &[Event]) {
    let mut written = Vec::new();
    for event in events {
        let start = written.len();
        event.encode(&mut written);
        assert_eq!(event.to_bytes(), &written[start..]);
        assert_eq!(event.encoded_len(), written.len() - start);
        assert_eq!(Encoded::from(event).as_bytes(), &written[start..]);
    }
    let read_back: Result<Vec<Event>, _> = eventwire::events(&written).collect();
    assert!(read_back.expect("no limit is reached") == events);
    assert_eq!(events.len(), stream.events.len());
}
