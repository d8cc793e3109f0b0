//! The client: events of HTTP responses and other streams of bytes.
//!
//! [`EventStream`] reads one connection, [`EventSource`] follows a server over many of them, as [`reconnect`] decides.
//! [`EndMark`] is the event that ends an answer; [`StreamError`] and [`EventSourceError`] say what went wrong.

// `event_stream` holds the type, `poll` how it finds the next event. Its bytes come from one of `chunks`; a `reader` makes
// events of them and applies what the user has set: end marks and error events (`end_mark`), limits on `silence`, the
// `drain` after the last event. `rejected` is a response that is no event stream, by its status, media type or
// content encoding. `source` does what `reconnect` decides.

pub mod chunks;
// Only sources that have a timer wait by themselves.
#[cfg_attr(not(any(feature = "client", feature = "tokio")), allow(dead_code))]
mod drain;
mod end_mark;
mod event_stream;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "client")]
mod poison;
mod poll;
// Some of these serve `EventSource` alone.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod reader;
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod silence;
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod stream_error;

#[cfg(feature = "client")]
pub mod reconnect;
#[cfg(feature = "client")]
mod rejected;
#[cfg(feature = "client")]
mod response;
#[cfg(feature = "client")]
mod source;

/// The head of the response that a stream was made of.
#[cfg(feature = "client")]
type ResponseHead = Option<alloc::boxed::Box<http::response::Parts>>;
/// Without HTTP there is none.
#[cfg(not(feature = "client"))]
type ResponseHead = ();

#[cfg(feature = "client")]
pub use crate::http_head::is_event_stream;
pub use drain::Drained;
pub use end_mark::EndMark;
pub use event_stream::EventStream;
#[cfg(feature = "json")]
pub use json::{JsonStream, JsonStreamError};
#[cfg(feature = "client")]
pub use rejected::Rejected;
#[cfg(feature = "client")]
pub use response::Answer;
pub use silence::{Phase, Timeout, TimeoutLimit};
#[cfg(feature = "client")]
pub use source::{
    AnyThread, CloseReason, EventSource, EventSourceError, LocalEventSource, NothingToResume, OneThread,
    ResponseBody, SourceItem, StateChange, Threads,
};
pub use stream_error::{FirstLine, StreamError};

#[cfg(feature = "std")]
impl<E: std::error::Error + 'static> std::error::Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StreamError::Decode(error) => Some(error),
            StreamError::Transport { error, .. } => Some(error),
            _ => None,
        }
    }
}

#[cfg(all(feature = "json", feature = "std"))]
impl<E: std::error::Error + 'static> std::error::Error for JsonStreamError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            JsonStreamError::Stream(error) => error.source(),
            JsonStreamError::Json { .. } => None,
        }
    }
}
