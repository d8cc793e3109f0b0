//! eventsource-stream2: a stream of `&[u8]`; its maintained successor.

use ::eventsource_stream2::EventStream;

use super::drive::{drain, Ready};
use super::{Gives, Id, Reads, Sink};

pub struct EventsourceStream2;

impl Reads for EventsourceStream2 {
    const NAME: &'static str = "eventsource-stream2";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        drain(EventStream::new(Ready(chunks)), |event| sink.event(&event.event, &event.data, &event.id))
    }
}
