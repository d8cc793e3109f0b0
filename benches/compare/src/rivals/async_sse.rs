//! async-sse: an async buffered reader of `&[u8]`; it checks data line by line and returns it as bytes.

use async_sse::{decode, Event};

use super::drive::{drain, Buffered};
use super::{Gives, Id, Reads, Sink};

pub struct AsyncSse;

impl Reads for AsyncSse {
    const NAME: &'static str = "async-sse";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        drain(decode(Buffered::new(chunks)), |event| {
            if let Event::Message(message) = event {
                sink.event(message.name(), message.data(), message.id().as_deref().unwrap_or_default());
            }
        })
    }
}
