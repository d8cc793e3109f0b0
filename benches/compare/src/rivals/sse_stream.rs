//! sse-stream: reads a stream of `&[u8]`, writes events into new `Bytes` and serves a body of them.

use ::sse_stream::{Sse, SseBody, SseByteStream};

use super::drive::{drain, drain_body, Ready};
use super::{named, Gives, Id, Reads, Serves, Sink, Writes};
use crate::shapes::Expected;

pub struct SseStream;

impl Reads for SseStream {
    const NAME: &'static str = "sse-stream";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::OfBlock;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        drain(SseByteStream::new(Ready(chunks)), |event| {
            if let Some(data) = &event.data {
                let event_type = event.event.as_deref().unwrap_or("message");
                sink.event(event_type, data, event.id.as_deref().unwrap_or_default());
            }
        })
    }
}

impl Writes for SseStream {
    const NAME: &'static str = "sse-stream `encode` (into new memory)";
    type Event = Sse;
    type Buffer = ();

    fn build(event: &'static Expected) -> Sse {
        Sse {
            event: named(event).map(str::to_owned),
            data: Some(event.data.clone()),
            id: event.id.clone(),
            retry: None,
        }
    }

    fn write(event: &mut Option<Sse>, (): &mut (), each: &mut impl FnMut(&[u8])) {
        let event = event.take().expect("an event");
        each(&event.encode().expect("a valid event"));
    }
}

impl Serves for SseStream {
    const NAME: &'static str = "sse-stream `SseBody`";

    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8])) {
        let events = events.iter().map(<Self as Writes>::build);
        drain_body(SseBody::new(Ready(events)), each);
    }
}
