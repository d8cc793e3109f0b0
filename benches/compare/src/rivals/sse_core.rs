//! sse-core: its decoder without IO over `&[u8]`, with our size limit (its own, 512 KiB, is below our shapes).

use std::num::NonZeroUsize;

use ::sse_core::{SseDecoder, SseEvent};

use super::{Gives, Id, Reads, Sink};

pub struct SseCore;

impl Reads for SseCore {
    const NAME: &'static str = "sse-core";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut decoder = SseDecoder::with_limit(LIMIT);
        for mut chunk in chunks {
            while let Some(event) = decoder.next(&mut chunk) {
                if let SseEvent::Message(event) = event.map_err(|error| error.to_string())? {
                    sink.event(&event.event, &event.data, event.last_event_id.as_deref().unwrap_or_default());
                }
            }
        }
        Ok(())
    }
}

/// Ours by default.
const LIMIT: NonZeroUsize = NonZeroUsize::new(16 << 20).unwrap();
