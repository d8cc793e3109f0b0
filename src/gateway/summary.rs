//! `Summary`: what a tap reports at the end.

use http::HeaderValue;

use crate::error::DecodeError;

/// Reports what went through a [`Tap`](super::Tap), and how it ended.
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
    /// The bytes of data that went through, counted as they were sent, encoded or not.
    pub bytes: u64,
    /// The number of events that the function saw.
    pub events: u64,
    /// Why events were missed, if some may have been.
    pub unseen: Option<Unseen>,
}

/// Says how a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It ended well and, as far as it was looked at, between two events.
    Whole,
    /// It ended well, but inside an event: the answer is incomplete.
    Cut,
    /// It failed: the reader of the body got the error.
    Failed,
    /// It was dropped before its end: the client has disconnected, as a rule.
    Dropped,
}

/// Says why a [`Tap`](super::Tap) did not see all events. Bytes and trailers went through nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unseen {
    /// The body is encoded: the value of its `Content-Encoding`. None of it was decoded.
    Encoded(HeaderValue),
    /// The media type is not `text/event-stream`. None of it was decoded.
    NotEventStream,
    /// A block was rejected, because it is larger than the limit, or not UTF-8 where strictness was asked for. Nothing
    /// after it was decoded.
    Rejected(DecodeError),
}
