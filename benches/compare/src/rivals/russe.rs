//! russe: a tokio codec that appends every chunk to its `BytesMut`, and writes to a `BytesMut`.

use ::russe::{Decoder, Encoder, Event, Message};
use bytes::BytesMut;
use bytestring::ByteString;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::{named, Gives, Id, Own, Reads, Serves, Sink, Takes, Writes};
use crate::shapes::Expected;

pub struct Russe;

impl Reads for Russe {
    const NAME: &'static str = "russe";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::OfBlock;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let (mut decoder, mut buffer) = (Decoder::default(), BytesMut::new());
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Some(event) = decoder.decode(&mut buffer).map_err(|error| error.to_string())? {
                if let Event::Message(event) = event {
                    let event_type = event.event.as_deref().unwrap_or("message");
                    sink.event(event_type, &*event.data, event.id.as_deref().unwrap_or_default());
                }
            }
        }
        Ok(())
    }
}

impl Writes for Russe {
    const NAME: &'static str = "russe `Encoder`";
    type Event = Event;
    type Buffer = BytesMut;

    /// Static text: the encoder takes the event by value, and dropping static text is free.
    fn build(event: &'static Expected) -> Event {
        Event::Message(Message {
            data: ByteString::from_static(&event.data),
            event: named(event).map(ByteString::from_static),
            id: event.id.as_deref().map(ByteString::from_static),
            retry: None,
        })
    }

    fn write(event: &mut Option<Event>, buffer: &mut BytesMut, each: &mut impl FnMut(&[u8])) {
        let event = event.take().expect("an event");
        buffer.clear();
        Encoder::default().encode(event, buffer).expect("a valid event");
        each(buffer);
    }
}

impl Serves for Russe {
    const NAME: &'static str = "russe `Encoder`, reused buffer";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let mut buffer = BytesMut::new();
        for event in events {
            buffer.clear();
            let event = Event::Message(Message {
                data: ByteString::from(&*event.data),
                event: named(event).map(ByteString::from),
                id: event.id.as_deref().map(ByteString::from),
                retry: None,
            });
            Encoder::default().encode(event, &mut buffer).expect("a valid event");
            each(&buffer);
        }
    }
}

impl Takes for Russe {
    const NAME: &'static str = "russe `Encoder`, reused buffer";
    type Buffer = BytesMut;

    fn take(own: Own, buffer: &mut BytesMut, each: &mut impl FnMut(&[u8])) {
        buffer.clear();
        let event = Event::Message(Message {
            data: ByteString::from(own.data),
            event: own.event_type.map(ByteString::from),
            id: own.id.map(ByteString::from),
            retry: None,
        });
        Encoder::default().encode(event, buffer).expect("a valid event");
        each(buffer);
    }
}
