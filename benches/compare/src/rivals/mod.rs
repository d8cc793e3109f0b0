//! The contestants, one per file: how each gets its bytes, and how its events are read.

mod async_sse;
mod axum;
mod eventsource_stream;
mod eventsource_stream2;
mod russe;
mod sse_core;
mod sse_parse;
mod sse_stream;
mod sseer;
mod warp;

pub mod drive;
pub mod ours;
pub mod ours_writing;

pub use self::async_sse::AsyncSse;
pub use self::axum::Axum;
pub use self::eventsource_stream::EventsourceStream;
pub use self::eventsource_stream2::EventsourceStream2;
pub use self::russe::Russe;
pub use self::sse_core::SseCore;
pub use self::sse_parse::SseParse;
pub use self::sse_stream::SseStream;
pub use self::sseer::{Sseer, SseerLines, SseerLinesBuffered};
pub use self::warp::Warp;

use bytes::Bytes;

use crate::shapes::Expected;

/// A reader of streams.
pub trait Reads {
    const NAME: &'static str;
    const GIVES: Gives;
    const ID: Id;
    /// Its input: `&[u8]` if it takes that, which costs nothing; otherwise what it requires.
    type Chunk: Chunk;

    /// Reads a whole stream with a new reader and shows every event to the sink.
    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String>;
}

/// The output of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Events with borrowed text, which takes less work than owned text.
    Borrowed,
    /// Events that own their text.
    Owned,
    /// Lines split into field and value: no events, no UTF-8 check, no last event ID.
    Lines,
}

/// The ID that a reader reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// The last event ID, as in the standard.
    InForce,
    /// The ID of the block; the rest is left to the user.
    OfBlock,
}

/// A piece of a body in the type that a reader requires.
pub trait Chunk: Sized + 'static {
    /// Made outside the timed part, without a copy: a piece of `body`.
    fn cut(body: &Bytes, piece: &'static [u8]) -> Self;

    /// As a client receives it, in its own memory if the type owns memory: for counting.
    fn received(piece: &'static [u8]) -> Self;
}

impl Chunk for &'static [u8] {
    fn cut(_: &Bytes, piece: &'static [u8]) -> Self {
        piece
    }

    fn received(piece: &'static [u8]) -> Self {
        piece
    }
}

impl Chunk for Bytes {
    fn cut(body: &Bytes, piece: &'static [u8]) -> Self {
        body.slice_ref(piece)
    }

    fn received(piece: &'static [u8]) -> Self {
        crate::alloc::given(|| Bytes::copy_from_slice(piece))
    }
}

/// The destination of everything read.
pub trait Sink {
    fn event(&mut self, event_type: &str, data: impl AsRef<[u8]>, id: &str);
    /// For contestants that return lines.
    fn field(&mut self, name: &[u8], value: &[u8]);
    fn blank_line(&mut self);
}

/// A writer of events.
pub trait Writes {
    const NAME: &'static str;
    /// The event in the rival's own type, its text owned or static, as it needs it.
    type Event;
    type Buffer: Default + 'static;

    /// Makes the event.
    fn build(event: &'static Expected) -> Self::Event;

    /// Writes one event into the cleared buffer, or into new memory if it takes no buffer,
    /// and passes the bytes to `each`. Takes the event only if the rival requires it by value: then dropping it
    /// is part of its time.
    fn write(event: &mut Option<Self::Event>, buffer: &mut Self::Buffer, each: &mut impl FnMut(&[u8]));
}

/// A writer that turns a stream of events into the body of a response.
pub trait Serves {
    const NAME: &'static str;

    /// Makes every event from its text and passes each frame of the body to `each`.
    fn serve(events: &'static [Expected], each: &mut impl FnMut(&[u8]));
}

/// A writer of events made from owned `String`s.
pub trait Takes {
    const NAME: &'static str;
    type Buffer: Default + 'static;

    /// Makes the event, writes it into the cleared buffer, passes the bytes to `each`, and drops the event.
    fn take(own: Own, buffer: &mut Self::Buffer, each: &mut impl FnMut(&[u8]));
}

/// The parts of an event that a program has, and does not use otherwise.
pub struct Own {
    pub event_type: Option<String>,
    pub id: Option<String>,
    pub data: String,
}

impl From<&'static Expected> for Own {
    fn from(event: &'static Expected) -> Self {
        Own { event_type: named(event).map(Into::into), id: event.id.clone(), data: event.data.clone() }
    }
}

/// The type of an event as a server sets it: none if it is the default.
pub fn named(event: &'static Expected) -> Option<&'static str> {
    Some(&*event.event_type).filter(|&event_type| event_type != "message")
}
