//! The errors.

use alloc::string::{FromUtf8Error, String, ToString};
use core::fmt;

/// Why a stream could not yield its next event.
///
/// ```
/// use eventsource_stream::EventStreamError;
///
/// let error = EventStreamError::Transport("connection reset");
/// assert_eq!(error.to_string(), "Transport error: connection reset");
/// ```
#[derive(Debug, PartialEq)]
pub enum EventStreamError<E> {
    /// Never returned: bytes that are not UTF-8 become U+FFFD.
    Utf8(FromUtf8Error),
    /// Never returned: any text is an event stream.
    Parser(nom::error::Error<String>),
    /// The source of the bytes has failed.
    Transport(E),
}

impl<E> From<nom::error::Error<&str>> for EventStreamError<E> {
    fn from(error: nom::error::Error<&str>) -> Self {
        EventStreamError::Parser(nom::error::Error::new(error.input.to_string(), error.code))
    }
}

impl<E: fmt::Display> fmt::Display for EventStreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventStreamError::Utf8(error) => write!(f, "UTF8 error: {error}"),
            EventStreamError::Parser(error) => write!(f, "Parse error: {error}"),
            EventStreamError::Transport(error) => write!(f, "Transport error: {error}"),
        }
    }
}

// The bounds are those of the original, so there is no source.
#[cfg(feature = "std")]
impl<E: fmt::Display + fmt::Debug + Send + Sync> std::error::Error for EventStreamError<E> {}
