//! eventwire: events to a reused buffer, to new memory, and from text to bytes.

use std::fmt::Write;

use eventwire::{DataEncoder, Event, EventId, EventType, Head};

use super::{named, Own, Serves, Takes, Writes};
use crate::shapes::Expected;

/// Makes the event as a server does with text from anywhere: checked and copied.
pub fn build(event: &'static Expected) -> Event {
    head(event).with_data(&*event.data)
}

fn head(event: &'static Expected) -> Head {
    let mut built = Head::new();
    if let Some(event_type) = named(event) {
        built = built.try_with_type(event_type).expect("a valid type");
    }
    if let Some(id) = &event.id {
        built = built.try_with_id(id).expect("a valid ID");
    }
    built
}

/// `encode` into a `Vec`.
pub struct Encode;

impl Writes for Encode {
    const NAME: &'static str = "**eventwire `encode`**";
    type Event = Event;
    type Buffer = Vec<u8>;

    fn build(event: &'static Expected) -> Event {
        build(event)
    }

    fn write(event: &mut Option<Event>, buffer: &mut Vec<u8>, each: &mut impl FnMut(&[u8])) {
        buffer.clear();
        event.as_ref().expect("an event").encode(buffer);
        each(buffer);
    }
}

impl Serves for Encode {
    const NAME: &'static str = "**eventwire `encode`, reused buffer**";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let mut buffer = Vec::new();
        for event in events {
            buffer.clear();
            build(event).encode(&mut buffer);
            each(&buffer);
        }
    }
}

impl Takes for Encode {
    const NAME: &'static str = "**eventwire `encode`, reused buffer**";
    type Buffer = Vec<u8>;

    fn take(own: Own, buffer: &mut Vec<u8>, each: &mut impl FnMut(&[u8])) {
        buffer.clear();
        let mut event = Event::new(own.data);
        if let Some(event_type) = own.event_type {
            event = event.with_type(EventType::try_from(event_type).expect("a valid type"));
        }
        if let Some(id) = own.id {
            event = event.with_id(EventId::try_from(id).expect("a valid ID"));
        }
        event.encode(buffer);
        each(buffer);
    }
}

/// `to_bytes`.
pub struct ToBytes;

impl Writes for ToBytes {
    const NAME: &'static str = "**eventwire `to_bytes`** (into new memory)";
    type Event = Event;
    type Buffer = ();

    fn build(event: &'static Expected) -> Event {
        build(event)
    }

    fn write(event: &mut Option<Event>, (): &mut (), each: &mut impl FnMut(&[u8])) {
        each(&event.as_ref().expect("an event").to_bytes());
    }
}

impl Serves for ToBytes {
    const NAME: &'static str = "**eventwire `to_bytes`**";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        for event in events {
            each(&build(event).to_bytes());
        }
    }
}

/// `DataEncoder`: the data goes straight from its text to the bytes, without an event in between.
pub struct InPlace;

impl Serves for InPlace {
    const NAME: &'static str = "**eventwire `DataEncoder`, reused buffer**";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let mut buffer = Vec::new();
        for event in events {
            buffer.clear();
            let mut data = DataEncoder::new(&mut buffer, &head(event));
            data.write_str(&event.data).expect("nothing but text");
            data.finish().expect("nothing but text");
            each(&buffer);
        }
    }
}
