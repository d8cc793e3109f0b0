//! Events come in over HTTP.
//!
//! [`EventStream`] is one connection: `event_stream` holds what it is, `poll` how the next event comes about. Its
//! bytes come from one of `chunks`; a `reader` makes events of them and looks at what the user has set: what ends a
//! stream or is an error (`until`), and how long it may be `idle`. `rejected` is a response that is none, by its status, media
//! type or encoding. `reconnect` decides when to connect again, and when to stop; a `source` does it. `codec` decodes for the
//! framed readers of tokio-util.

pub mod chunks;
mod end_mark;
mod event_stream;
mod idle;
#[cfg(feature = "client")]
mod poison;
mod poll;
// Some of these serve `EventSource` alone.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod reader;
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

pub use end_mark::EndMark;
pub use event_stream::EventStream;
#[cfg(feature = "client")]
pub use rejected::Rejected;
#[cfg(feature = "client")]
pub use source::{
    AnyThread, CloseReason, EventSource, EventSourceError, LocalEventSource, NothingToResume, OneThread,
    ResponseBody, SourceItem, StateChange, Threads,
};
pub use stream_error::StreamError;

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
