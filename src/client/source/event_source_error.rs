//! `EventSourceError`: why a source gave up.

use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;
use std::error::Error;

use http::{Response, Uri};

use super::super::reconnect::Redirect;
use super::super::threads::AnyThread;
use super::super::{Rejected, StreamError};
use super::bodies::{Bodies, BoxError};
use super::response_body::ResponseBody;

/// The error with which an [`EventSource`](crate::client::EventSource) gave up. It is always the last item.
#[non_exhaustive]
pub enum EventSourceError<K: Bodies = AnyThread> {
    /// No response arrived: the server could not be reached, or closed the connection before answering.
    #[non_exhaustive]
    NoResponse {
        /// The error of the HTTP client.
        error: Box<dyn Error + Send + Sync>,
        /// The number of failures in a row, this one and lost connections included.
        attempts: u32,
    },
    /// The response is not an event stream ([connection 17, 18]). It is complete, so that its body can be read.
    Rejected(Rejected<ResponseBody<K>>),
    /// The response is a redirect that is unusable, or one too many ([connection 22](crate::_rules#connection-22)).
    Redirect(Box<Response<ResponseBody<K>>>),
    /// The stream broke and must not be restarted, or it failed in a way that a new connection would only repeat:
    /// [`StreamError::Decode`], [`StreamError::ErrorEvent`].
    Stream(StreamError<Box<dyn Error + Send + Sync>>),
    /// The server closed the connection, or the source was restarted, and the policy allows no further attempt:
    /// [`with_max_attempts`](crate::client::reconnect::Policy::with_max_attempts).
    #[non_exhaustive]
    Attempts {
        /// The number of failures in a row, this one and lost connections included.
        attempts: u32,
        /// The last error before it, if any and if it was not an item: see
        /// [`SourceItem::Waiting`](crate::client::SourceItem::Waiting).
        last: Option<Box<EventSourceError<K>>>,
    },
    /// There was no stable connection for as long as
    /// [`with_deadline`](crate::client::reconnect::Policy::with_deadline) allows.
    #[non_exhaustive]
    Deadline {
        /// The limit.
        after: Duration,
        /// The last error before it, if any and if it was not an item: see
        /// [`SourceItem::Waiting`](crate::client::SourceItem::Waiting).
        last: Option<Box<EventSourceError<K>>>,
    },
    /// A request that is not safe to repeat was sent, and the source gave up before returning an event: the server may
    /// have acted on it. Only with [`until_first_event`](crate::client::reconnect::Policy::until_first_event).
    ///
    /// A status below 500, other than 408, is an answer to the request and is reported as [`Rejected`](Self::Rejected)
    /// directly. Use [`cause`](Self::cause) to see through this variant.
    #[non_exhaustive]
    MayHaveRun {
        /// The number of requests that may have been executed: not those that were answered with a status below 500, or
        /// whose connection was refused.
        requests: u32,
        /// The error with which the source gave up.
        error: Box<EventSourceError<K>>,
    },
}

impl<K: Bodies> EventSourceError<K> {
    /// Returns the error itself, without the note that the request [may have run](Self::MayHaveRun): match on this.
    ///
    /// ```
    /// use eventwire::client::EventSourceError;
    ///
    /// fn is_rate_limited(error: &EventSourceError) -> bool {
    ///     matches!(error.cause(), EventSourceError::Rejected(rejected) if rejected.status() == 429)
    /// }
    /// ```
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            EventSourceError::MayHaveRun { error, .. } => error,
            error => error,
        }
    }

    /// Like [`cause`](Self::cause), by value, for example to read the body of a rejected response.
    #[must_use]
    pub fn into_cause(self) -> Self {
        match self {
            EventSourceError::MayHaveRun { error, .. } => *error,
            error => error,
        }
    }
}

impl<K: Bodies> fmt::Display for EventSourceError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventSourceError::NoResponse { attempts: 1, .. } => f.write_str("no response"),
            EventSourceError::NoResponse { attempts, .. } => {
                write!(f, "no response (failure {attempts} in a row)")
            }
            EventSourceError::Rejected(rejected) => fmt::Display::fmt(rejected, f),
            EventSourceError::Redirect(response) => match response.headers().get(http::header::LOCATION) {
                None => write!(f, "unusable redirect: {} without Location", response.status()),
                Some(found) if is_unusable(response) => {
                    write!(f, "unusable redirect: {} with Location {found:?}", response.status())
                }
                Some(found) => write!(f, "too many redirects (last: {} to {found:?})", response.status()),
            },
            EventSourceError::Stream(error) => fmt::Display::fmt(error, f),
            EventSourceError::Attempts { attempts: 1, .. } => f.write_str("no further attempt is allowed"),
            EventSourceError::Attempts { attempts, .. } => {
                write!(f, "gave up after {attempts} failures in a row")
            }
            EventSourceError::Deadline { after, .. } => write!(f, "no stable connection for {after:?}"),
            EventSourceError::MayHaveRun { requests: 1, error } => {
                write!(f, "{error}; the request may have run")
            }
            EventSourceError::MayHaveRun { requests, error } => {
                write!(f, "{error}; the request was sent {requests} times and may have run")
            }
        }
    }
}

/// Prints no values of response headers, which may be secrets.
impl<K: Bodies> fmt::Debug for EventSourceError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventSourceError::NoResponse { error, attempts } => {
                f.debug_struct("NoResponse").field("error", error).field("attempts", attempts).finish()
            }
            EventSourceError::Rejected(rejected) => f.debug_tuple("Rejected").field(rejected).finish(),
            EventSourceError::Redirect(response) => {
                f.debug_tuple("Redirect").field(&response.status()).finish()
            }
            EventSourceError::Stream(error) => f.debug_tuple("Stream").field(error).finish(),
            EventSourceError::Attempts { attempts, last } => {
                f.debug_struct("Attempts").field("attempts", attempts).field("last", last).finish()
            }
            EventSourceError::Deadline { after, last } => {
                f.debug_struct("Deadline").field("after", after).field("last", last).finish()
            }
            EventSourceError::MayHaveRun { requests, error } => {
                f.debug_struct("MayHaveRun").field("requests", requests).field("error", error).finish()
            }
        }
    }
}

/// Returns whether a redirect is unusable, independent of the request's URI.
fn is_unusable<B>(response: &Response<B>) -> bool {
    let from = Uri::from_static("http://localhost/");
    Redirect::of(response.status(), response.headers(), &from).is_none()
}

impl<K: Bodies> Error for EventSourceError<K> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let inner: &BoxError = match self {
            EventSourceError::NoResponse { error, .. } => error,
            EventSourceError::Stream(StreamError::Transport { error, .. }) => error,
            EventSourceError::Stream(StreamError::Decode(error)) => return Some(error),
            EventSourceError::Attempts { last: Some(last), .. }
            | EventSourceError::Deadline { last: Some(last), .. } => return Some(&**last),
            // The inner error is part of this error's message.
            EventSourceError::MayHaveRun { error, .. } => return error.source(),
            _ => return None,
        };
        Some(&**inner)
    }
}
