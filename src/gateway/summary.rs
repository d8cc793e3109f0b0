//! `Summary`: the report of a tap.

use http::HeaderValue;

use crate::error::DecodeError;

/// Reports what passed through a [`Tap`](super::Tap), and how it ended.
///
/// ```
/// use eventwire::gateway::{Outcome, Tap, Tapped};
/// # use http_body_util::{BodyExt, Full};
///
/// # let body = Full::new(bytes::Bytes::from("data: a\n\ndata: b\n\n"));
/// let tap = Tap::new(body, |seen: Tapped<'_>| {
///     if let Tapped::End(summary) = seen {
///         assert_eq!((summary.outcome, summary.bytes, summary.events), (Outcome::Whole, 18, 2));
///         assert!(summary.unseen.is_none());
///     }
/// });
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(tap.collect()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How the body ended.
    pub outcome: Outcome,
    /// The number of data bytes that passed through, encoded or not.
    pub bytes: u64,
    /// The number of events that the function saw.
    pub events: u64,
    /// Why some events may have been missed, or `None` if all were seen.
    pub unseen: Option<Unseen>,
}

/// Says how a body ended. It does not say whether the answer in it is complete: a server or a proxy may end a body early
/// without an error. For that, look for the last event of your protocol, such as `[DONE]`: see [`Tap`](super::Tap).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It ended by itself, without an error, and not inside an event, as far as it was decoded. An answer that was cut
    /// cleanly between two events, before its `[DONE]`, is `Whole` too.
    Whole,
    /// It ended without an error, but inside an event: the response is incomplete.
    Cut,
    /// It failed, and its reader got the error.
    Failed,
    /// It was dropped before its end, usually because the client disconnected: also by a client that has read
    /// `[DONE]` and does not wait for the end of the body after it.
    Dropped,
}

/// Says why a [`Tap`](super::Tap) did not see all events. Bytes and trailers passed through nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unseen {
    /// The body is encoded: the value of its `Content-Encoding`. None of it was decoded.
    Encoded(HeaderValue),
    /// The media type is not `text/event-stream`. None of it was decoded.
    NotEventStream,
    /// A block was rejected, because it is over the size limit, or is not UTF-8 in strict mode. Nothing after it was
    /// decoded.
    Rejected(DecodeError),
}
