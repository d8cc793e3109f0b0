//! eventsource-stream: a stream of `&[u8]`; the most used reader.

use ::eventsource_stream::EventStream;

use super::drive::{drain, Ready};
use super::{Gives, Id, Reads, Sink};

pub struct EventsourceStream;

impl Reads for EventsourceStream {
    const NAME: &'static str = "eventsource-stream";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        drain(EventStream::new(Ready(chunks)), |event| sink.event(&event.event, &event.data, &event.id))
    }
}
