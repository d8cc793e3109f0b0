//! `StateChange`: a change of the connection, as reported to observers.

use core::fmt;
use core::time::Duration;

use http::response::Parts;
use http::{StatusCode, Uri};

use super::super::place::Place;
use super::super::reconnect::MOST_ID_BYTES;
use super::super::threads::AnyThread;
use super::super::StreamError;
use super::bodies::Bodies;

use super::EventSourceError;

/// A change of the connection of an [`EventSource`](crate::client::EventSource).
///
/// The `Display` output is a line for a log. Neither it nor `Debug` prints header values, or query strings and user
/// information of URIs, which may be secrets.
#[non_exhaustive]
pub enum StateChange<'a, K: Bodies = AnyThread> {
    /// A request is being sent.
    #[non_exhaustive]
    Connecting {
        /// The URI that the request is sent to.
        uri: &'a Uri,
        /// The last event ID, empty if there is none.
        last_event_id: &'a str,
        /// The number of attempts in a row that have failed.
        failures: u32,
    },
    /// The last event ID is omitted from the next request: it contains control characters, which HTTP cannot carry
    /// ([connection 21](crate::_rules#connection-21)), or more than 8,000 bytes, which servers refuse.
    #[non_exhaustive]
    IdLeftOut {
        /// The ID.
        last_event_id: &'a str,
    },
    /// The server has redirected the client to another URI.
    #[non_exhaustive]
    Redirected {
        /// The status of the redirect.
        status: StatusCode,
        /// The new URI.
        uri: &'a Uri,
    },
    /// The stream is open.
    #[non_exhaustive]
    Open {
        /// The head of the response.
        response: &'a Parts,
    },
    /// The connection was lost or could not be established; the source will try again.
    #[non_exhaustive]
    Waiting {
        /// The error; `None` if the server closed the connection. A body that was no event stream is an error:
        /// [`StreamError::NotAnEventStream`] has its first line.
        why: Option<&'a EventSourceError<K>>,
        /// The time until the next attempt.
        delay: Duration,
        /// The number of attempts in a row that have failed, including this one.
        failures: u32,
    },
    /// The source has closed.
    #[non_exhaustive]
    Closed {
        /// The reason.
        why: CloseReason<'a, K>,
    },
}

/// The reason why a source has closed.
#[non_exhaustive]
pub enum CloseReason<'a, K: Bodies = AnyThread> {
    /// [`EventSource::close`](crate::client::EventSource::close) was called.
    ByUser,
    /// The server answered with status 204: there are no more events.
    NoContent,
    /// The event of an [`EndMark`](crate::client::EndMark) arrived, or the connection ended without one that may be absent.
    EndMark,
    /// The connection has ended, and the policy allows no further connection.
    Ended,
    /// The connection has ended, and no request would resume the stream.
    NothingToResume,
    /// The source gave up, with this error.
    Error(&'a EventSourceError<K>),
}

impl<K: Bodies> Clone for CloseReason<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Bodies> Copy for CloseReason<'_, K> {}

impl<K: Bodies> fmt::Display for StateChange<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateChange::Connecting { uri, failures: 0, .. } => write!(f, "connecting to {}", Place(uri)),
            StateChange::Connecting { uri, failures, .. } => {
                write!(f, "connecting to {}, attempt {failures} to reconnect", Place(uri))
            }
            StateChange::IdLeftOut { last_event_id } if last_event_id.len() > MOST_ID_BYTES => {
                write!(f, "last event ID omitted: {} bytes is too long", last_event_id.len())
            }
            StateChange::IdLeftOut { .. } => {
                f.write_str("last event ID omitted: it contains control characters")
            }
            StateChange::Redirected { status, uri } => {
                write!(f, "redirected to {} ({})", Place(uri), status.as_u16())
            }
            StateChange::Open { response } => write!(f, "open ({})", response.status.as_u16()),
            StateChange::Waiting { why, delay, .. } => match why {
                Some(error) => write!(f, "{}; reconnecting in {delay:?}", Brief(error)),
                None => write!(f, "the server closed the connection; reconnecting in {delay:?}"),
            },
            StateChange::Closed { why } => write!(f, "closed: {why}"),
        }
    }
}

impl<K: Bodies> fmt::Display for CloseReason<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CloseReason::ByUser => "by the user",
            CloseReason::NoContent => "the server has no more events (204)",
            CloseReason::EndMark => "the answer is complete",
            CloseReason::Ended => "the connection has ended",
            CloseReason::NothingToResume => "there is nothing to resume",
            CloseReason::Error(error) => return fmt::Display::fmt(&Brief(error), f),
        })
    }
}

/// An error without header values and text from the server, both of which the error's own `Display` shows.
struct Brief<'a, K: Bodies>(&'a EventSourceError<K>);

impl<K: Bodies> fmt::Display for Brief<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            EventSourceError::Redirect(response) => {
                write!(f, "redirect that cannot be followed ({})", response.status().as_u16())
            }
            EventSourceError::Rejected(rejected) if rejected.status() == StatusCode::OK => {
                f.write_str("the response is not an event stream")
            }
            EventSourceError::Stream(StreamError::ErrorEvent { .. }) => {
                f.write_str("the server sent an error event")
            }
            EventSourceError::Stream(StreamError::NotAnEventStream { .. }) => {
                f.write_str("the body is not an event stream")
            }
            EventSourceError::MayHaveRun { error, .. } => {
                write!(f, "{}; the request may have run", Brief(error))
            }
            error => fmt::Display::fmt(error, f),
        }
    }
}

impl<K: Bodies> fmt::Debug for StateChange<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateChange").field(&format_args!("{self}")).finish()
    }
}

impl<K: Bodies> fmt::Debug for CloseReason<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CloseReason").field(&format_args!("{self}")).finish()
    }
}
