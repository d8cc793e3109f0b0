//! The client: events of HTTP responses and other streams of bytes.
//!
//! [`EventStream`] reads one connection. [`EventSource`] follows a server across connections, and resumes after the last
//! event. Both work with any HTTP client: a stream of bytes is enough for the one, a function that sends a request for
//! the other.
//!
//! ```
//! use bytes::Bytes;
//! use eventwire::client::{EndMark, EventStream, StreamError};
//! use futures_util::Stream;
//!
//! async fn answer<E>(chunks: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<String, StreamError<E>> {
//!     let mut events = EventStream::new(chunks).with_end_mark(EndMark::data("[DONE]"));
//!     let mut answer = String::new();
//!     while let Some(event) = events.next_ref().await? {
//!         answer += event.data();
//!     }
//!     Ok(answer)                                        // whole: a cut one is StreamError::Truncated
//! }
//! # let chunks = ["data: Hel\n\nda", "ta: lo\n\ndata: [DONE]\n\n"].map(|chunk| Ok::<_, ()>(Bytes::from(chunk)));
//! # let read = answer(futures_util::stream::iter(chunks));
//! # assert_eq!(tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap(), "Hello");
//! ```
//!
//! Where to go next (most of it needs the feature `client`, which is on by default):
//!
//! | to | take |
//! |---|---|
//! | read a response, a body, a blocking reader | `EventStream::from_response`, `from_body`, `from_read` |
//! | reconnect | `EventSource`, with the settings of `reconnect::Policy` |
//! | reconnect in a blocking client, or in your own loop | `reconnect::Machine` |
//! | use reqwest | `EventSource::from` a request, `EventStream::from_reqwest` a response (feature `reqwest`) |
//! | distinguish a whole answer from a cut one | [`EndMark`] |
//! | name the type of a stream | `BoxedEventStream`, made by `EventStream::into_boxed` |
//! | limit silence | [`EventStream::with_idle_timeout`], [`with_event_timeout`](EventStream::with_event_timeout) |
//! | read JSON | `EventStream::json`, `EventSource::json` (feature `json`) |
//! | learn what went wrong | [`StreamError`], `EventSourceError` |
//! | see complete programs | the pages `_recipes` and `_language_models` |

// `event_stream` holds the type, `poll` how it finds the next event. Its bytes come from one of `chunks`; a `reader` makes
// events of them and applies what the user has set: end marks and error events (`end_mark`), limits on `silence`, the
// `drain` after the last event. `rejected` is a response that is no event stream, by its status, media type or
// content encoding. `source` does what `reconnect` decides.

mod beginning;
pub mod chunks;
// Only sources that have a timer wait by themselves, and only responses say that their connection is shared.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
mod drain;
mod end_mark;
mod event_stream;
mod frames;
#[cfg(feature = "client")]
mod is_event_stream;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "client")]
mod place;
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
// Only `EventSource` holds other functions than those that judge events.
#[cfg_attr(not(feature = "client"), allow(unused_imports))]
mod threads;

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

/// An [`EventStream`] with one type for all sources, to be named in a struct or returned from a function: see
/// [`into_boxed`](EventStream::into_boxed).
#[cfg(feature = "std")]
pub type BoxedEventStream = EventStream<chunks::BoxedChunks>;

pub use drain::Drained;
pub use end_mark::EndMark;
pub use event_stream::EventStream;
#[cfg(feature = "client")]
pub use is_event_stream::is_event_stream;
#[cfg(feature = "json")]
pub use json::{JsonStream, JsonStreamError};
#[cfg(feature = "client")]
pub use rejected::Rejected;
#[cfg(feature = "client")]
pub use response::Answer;
pub use silence::{Phase, Timeout, TimeoutLimit};
#[cfg(feature = "client")]
pub use source::{
    CloseReason, EventSource, EventSourceError, LocalEventSource, NothingToResume, ResponseBody, SourceItem,
    StateChange, Threads,
};
pub use stream_error::{FirstLine, StreamError};
pub use threads::{AnyThread, OneThread};

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
