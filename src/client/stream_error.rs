//! `StreamError`: why a connection could not return the next event.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::silence::Timeout;
use crate::decode::Ending;
use crate::error::{DecodeError, Printable};
use crate::event::Event;

/// An error returned when a stream cannot return the next event: what happened, and after how many bytes.
///
/// `E` is the error of the transport. After [`Decode`](Self::Decode) the stream continues with the next event; all
/// other errors end it.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError<E> {
    /// A block was rejected: too large, or invalid UTF-8 with strict decoding. The next call continues after it.
    Decode(DecodeError),
    /// The transport failed: the connection was lost.
    #[non_exhaustive]
    Transport {
        /// The error of the transport.
        error: E,
        /// The number of bytes of the connection that had arrived.
        bytes: u64,
    },
    /// The body ended without the event required by [`with_end_mark`](crate::client::EventStream::with_end_mark).
    #[non_exhaustive]
    Truncated {
        /// Where the body ended.
        ending: Ending,
        /// The received part of an unfinished event; possibly half a line or half a JSON text.
        pending: Option<Box<Event>>,
        /// The number of bytes of the connection that had arrived.
        bytes: u64,
    },
    /// The body ended without any event, although an end mark was set or an [`EventSource`](crate::client::EventSource)
    /// read it, and has lines of another kind: it is something else, whatever its media type says.
    #[non_exhaustive]
    NotAnEventStream {
        /// The first line that is not part of an event stream, often the message of an API or a proxy.
        first_line: Box<FirstLine>,
        /// The number of bytes of the connection that had arrived.
        bytes: u64,
    },
    /// The connection was silent for too long.
    Timeout(Box<Timeout>),
    /// The server sent an event that [`with_error_when`](crate::client::EventStream::with_error_when) recognises as an
    /// error.
    #[non_exhaustive]
    ErrorEvent {
        /// The event.
        event: Box<Event>,
        /// The number of bytes of the connection that were read, this event included.
        bytes: u64,
    },
}

impl<E> From<Timeout> for StreamError<E> {
    fn from(timeout: Timeout) -> Self {
        StreamError::Timeout(Box::new(timeout))
    }
}

impl<E> StreamError<E> {
    /// Returns the number of bytes of the connection that had arrived, or that were read up to and including the event
    /// concerned.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            StreamError::Decode(error) => error.offset(),
            StreamError::Timeout(timeout) => timeout.bytes(),
            StreamError::Transport { bytes, .. }
            | StreamError::Truncated { bytes, .. }
            | StreamError::NotAnEventStream { bytes, .. }
            | StreamError::ErrorEvent { bytes, .. } => *bytes,
        }
    }

    /// Maps the error of the transport, for programs that collect errors in one type.
    #[must_use]
    pub fn map_transport<F>(self, map: impl FnOnce(E) -> F) -> StreamError<F> {
        match self {
            StreamError::Decode(error) => StreamError::Decode(error),
            StreamError::Transport { error, bytes } => StreamError::Transport { error: map(error), bytes },
            StreamError::Truncated { ending, pending, bytes } => {
                StreamError::Truncated { ending, pending, bytes }
            }
            StreamError::NotAnEventStream { first_line, bytes } => {
                StreamError::NotAnEventStream { first_line, bytes }
            }
            StreamError::Timeout(timeout) => StreamError::Timeout(timeout),
            StreamError::ErrorEvent { event, bytes } => StreamError::ErrorEvent { event, bytes },
        }
    }
}

/// The first line of a body that is not an event stream, whatever its media type says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstLine(String);

impl FirstLine {
    pub(super) fn of(name: &str, value: &str) -> Self {
        let mut line = String::from(name);
        if !value.is_empty() {
            line.push(':');
            line.push_str(value);
        }
        // The rest may be a page without line ends.
        let end = (0..=line.len().min(MOST_OF_A_LINE)).rev().find(|end| line.is_char_boundary(*end));
        line.truncate(end.unwrap_or(0));
        FirstLine(line)
    }

    /// Returns the line, or its first KiB. One space after its first colon, if there was one, is missing, as in a parsed
    /// field.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FirstLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Brief(&self.0).fmt(f)
    }
}

impl<E> From<DecodeError> for StreamError<E> {
    fn from(error: DecodeError) -> Self {
        StreamError::Decode(error)
    }
}

impl<E> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Decode(_) => f.write_str("an event could not be decoded"),
            StreamError::Transport { bytes, .. } => {
                write!(f, "the event stream was lost after {bytes} bytes")
            }
            StreamError::Truncated { ending, bytes, .. } => {
                let place = match ending {
                    Ending::InsideLine => "inside a line",
                    Ending::InsideEvent => "inside an event",
                    _ => "between events",
                };
                write!(f, "the event stream ended {place} after {bytes} bytes, before its end mark")
            }
            StreamError::NotAnEventStream { first_line, bytes } => {
                write!(f, "the body of {bytes} bytes is not an event stream; it begins with `{first_line}`")
            }
            StreamError::Timeout(timeout) => timeout.fmt(f),
            StreamError::ErrorEvent { event, bytes } => {
                let event_type = event.event_type();
                write!(
                    f,
                    "the server sent error event {event_type:?} (at byte {bytes}): {}",
                    Brief(event.data())
                )
            }
        }
    }
}

/// Text from the server, shortened for a line of a log.
struct Brief<'a>(&'a str);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(BRIEF) {
            None => Printable(self.0).fmt(f),
            Some((end, _)) => write!(f, "{}.. ({} B)", Printable(&self.0[..end]), self.0.len()),
        }
    }
}

/// 1 KiB: enough for the message of an error page or of a line of JSON.
pub(super) const MOST_OF_A_LINE: usize = 1024;

/// 200 characters: the message of most error objects.
const BRIEF: usize = 200;
