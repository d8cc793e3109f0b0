//! eventwire: lent and owned, from `&[u8]` and from `Bytes`.

use bytes::Bytes;
use eventwire::{DecodeError, Decoder};

use super::{Gives, Id, Reads, Sink};

/// Events lent by the decoder.
pub struct Lent;

impl Reads for Lent {
    const NAME: &'static str = "**eventwire, lent**";
    const GIVES: Gives = Gives::Lent;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed(chunk);
                while let Some(event) = feed.next()? {
                    sink.event(event.event_type(), event.data(), event.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}

/// Owned events; the last event ID is read from the guard, as a user would.
pub struct Owned;

impl Reads for Owned {
    const NAME: &'static str = "**eventwire, owned**";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed(chunk);
                while let Some(event) = feed.next_owned()? {
                    sink.event(event.event_type(), event.data(), feed.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}

/// Owned events from `Bytes`: what sseer is given, and where large data is shared with the chunk.
pub struct OwnedBytes;

impl Reads for OwnedBytes {
    const NAME: &'static str = "**eventwire, owned, `Bytes`**";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = Bytes;

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut read = || -> Result<(), DecodeError> {
            let mut decoder = Decoder::new();
            for chunk in chunks {
                let mut feed = decoder.feed_bytes(chunk);
                while let Some(event) = feed.next_owned()? {
                    sink.event(event.event_type(), event.data(), feed.last_event_id());
                }
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }
}
