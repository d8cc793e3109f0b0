//! What can go wrong while events are read from a connection.

use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;

use crate::decode::Ending;
use crate::error::DecodeError;
use crate::event::Event;

/// Why a stream could not give the next event: what happened, and after how many bytes.
///
/// `E` is the error of the source. Behind [`Decode`](Self::Decode) the stream goes on with the next event; all
/// others end it.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError<E> {
    /// A block was given up: too large, or not UTF-8 where strictness was asked for. The next call goes on behind it.
    Decode(DecodeError),
    /// The source failed: the connection was lost.
    #[non_exhaustive]
    Transport {
        /// What the source says.
        error: E,
        /// How many bytes of the connection had come.
        bytes: u64,
    },
    /// The stream ended, but not with one of the events that [`with_end_mark`](crate::client::EventStream::with_end_mark) asks for.
    #[non_exhaustive]
    Truncated {
        /// Where the stream ended.
        ending: Ending,
        /// What had come of an event that never ended; perhaps half a line, half a JSON text.
        pending: Option<Box<Event>>,
        /// How many bytes of the connection had come.
        bytes: u64,
    },
    /// Nothing came for as long as [`with_idle_timeout`](crate::client::EventStream::with_idle_timeout) allows, no comment
    /// either.
    #[non_exhaustive]
    Idle {
        /// How long.
        after: Duration,
        /// How many bytes of the connection had come.
        bytes: u64,
    },
    /// The server told an error in an event: one that [`with_error_when`](crate::client::EventStream::with_error_when)
    /// recognised.
    #[non_exhaustive]
    ErrorEvent {
        /// The event, whole.
        event: Box<Event>,
        /// How many bytes of the connection were read with it.
        bytes: u64,
    },
}

impl<E> StreamError<E> {
    /// How many bytes of the connection had come, or were read with the event that this is about.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            StreamError::Decode(error) => error.offset(),
            StreamError::Transport { bytes, .. }
            | StreamError::Truncated { bytes, .. }
            | StreamError::Idle { bytes, .. }
            | StreamError::ErrorEvent { bytes, .. } => *bytes,
        }
    }

    /// No response came for that long.
    pub(super) fn idle(after: Duration) -> Self {
        StreamError::Idle { after, bytes: 0 }
    }

    /// Makes another error of the source's, for those who collect errors in one type.
    #[must_use]
    pub fn map_transport<F>(self, map: impl FnOnce(E) -> F) -> StreamError<F> {
        match self {
            StreamError::Decode(error) => StreamError::Decode(error),
            StreamError::Transport { error, bytes } => StreamError::Transport { error: map(error), bytes },
            StreamError::Truncated { ending, pending, bytes } => {
                StreamError::Truncated { ending, pending, bytes }
            }
            StreamError::Idle { after, bytes } => StreamError::Idle { after, bytes },
            StreamError::ErrorEvent { event, bytes } => StreamError::ErrorEvent { event, bytes },
        }
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
                write!(f, "the event stream ended {place} after {bytes} bytes, before its last event")
            }
            StreamError::Idle { after, bytes } => {
                write!(f, "expected something within {after:?}, nothing came after {bytes} bytes")
            }
            StreamError::ErrorEvent { event, bytes } => {
                write!(
                    f,
                    "the server told an error of type {:?} in the first {bytes} bytes: {}",
                    event.event_type(),
                    Brief(event.data())
                )
            }
        }
    }
}

/// Data in a line of a log.
struct Brief<'a>(&'a str);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(BRIEF) {
            None => f.write_str(self.0),
            Some((end, _)) => write!(f, "{}.. ({} B)", &self.0[..end], self.0.len()),
        }
    }
}

/// 200 characters: the message of most error objects.
const BRIEF: usize = 200;
