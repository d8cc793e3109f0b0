//! sse-parse: its parser without IO over `&[u8]`.

use ::sse_parse::SseParser;

use super::{Gives, Id, Reads, Sink};

pub struct SseParse;

impl Reads for SseParse {
    const NAME: &'static str = "sse-parse";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut parser = SseParser::new();
        for chunk in chunks {
            parser.feed(chunk);
            while let Some(event) = parser.next_event() {
                sink.event(&event.event, &event.data, &event.id);
            }
        }
        Ok(())
    }
}

impl SseParse {
    /// Reads a whole body: it follows every rule of the standard, so it can check the writers.
    pub fn events(body: &[u8]) -> Vec<::sse_parse::Event> {
        let mut parser = SseParser::new();
        parser.feed(body);
        std::iter::from_fn(|| parser.next_event()).collect()
    }
}
