//! The errors.

use std::fmt;
use std::string::FromUtf8Error;

use eventsource_stream::EventStreamError;
use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode};

/// Why there is no event. Unless the error closes the source, the next attempt follows.
#[derive(Debug)]
pub enum Error {
    /// Never returned: bytes that are not UTF-8 become U+FFFD.
    Utf8(FromUtf8Error),
    /// Never returned: any text is an event stream.
    Parser(nom::error::Error<String>),
    /// The request or its response has failed.
    Transport(reqwest::Error),
    /// The response is of another media type than `text/event-stream`. It closes the source.
    InvalidContentType(HeaderValue, Response),
    /// The response has another status than 200. It closes the source.
    InvalidStatusCode(StatusCode, Response),
    /// The last event ID contains control characters, which no header can carry, or is too long for one. It closes the
    /// source.
    InvalidLastEventId(String),
    /// The server has closed the connection.
    StreamEnded,
}

impl From<EventStreamError<reqwest::Error>> for Error {
    fn from(error: EventStreamError<reqwest::Error>) -> Self {
        match error {
            EventStreamError::Utf8(error) => Error::Utf8(error),
            EventStreamError::Parser(error) => Error::Parser(error),
            EventStreamError::Transport(error) => Error::Transport(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Utf8(error) => fmt::Display::fmt(error, f),
            Error::Parser(error) => fmt::Display::fmt(error, f),
            Error::Transport(error) => fmt::Display::fmt(error, f),
            Error::InvalidContentType(value, _) => write!(f, "Invalid header value: {value:?}"),
            Error::InvalidStatusCode(status, _) => write!(f, "Invalid status code: {status}"),
            Error::InvalidLastEventId(id) => write!(f, "Invalid `Last-Event-ID`: {id}"),
            Error::StreamEnded => f.write_str("Stream ended"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // `Display` has already shown the inner error.
        match self {
            Error::Utf8(error) => error.source(),
            Error::Parser(error) => error.source(),
            Error::Transport(error) => error.source(),
            _ => None,
        }
    }
}

/// The request cannot be sent twice, because its body is a stream.
#[derive(Clone, Copy, Debug)]
pub struct CannotCloneRequestError;

impl fmt::Display for CannotCloneRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a cloneable request")
    }
}

impl std::error::Error for CannotCloneRequestError {}
