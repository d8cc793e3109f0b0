//! The errors.

use std::error::Error as StdError;
use std::fmt;
use std::num::ParseIntError;
use std::str::Utf8Error;

/// Why a stream could not yield its next block. Only [`Body`](Self::Body) is ever returned, because any
/// bytes are an event stream.
#[derive(Debug)]
pub enum Error {
    /// The source has failed.
    Body(Box<dyn StdError + Send + Sync>),
    /// Never returned: an unknown field is ignored.
    InvalidLine,
    /// Never returned: the last type of a block counts.
    DuplicatedEventLine,
    /// Never returned: the last ID of a block counts.
    DuplicatedIdLine,
    /// Never returned: the last reconnection time of a block counts.
    DuplicatedRetry,
    /// Never returned: bytes that are not UTF-8 become U+FFFD.
    Utf8Parse(Utf8Error),
    /// Never returned: a reconnection time that is not a number is ignored.
    IntParse(ParseIntError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Body(error) => write!(f, "body error: {error}"),
            Error::InvalidLine => f.write_str("invalid line"),
            Error::DuplicatedEventLine => f.write_str("duplicated event line"),
            Error::DuplicatedIdLine => f.write_str("duplicated id line"),
            Error::DuplicatedRetry => f.write_str("duplicated retry line"),
            Error::Utf8Parse(error) => write!(f, "utf8 parse error: {error}"),
            Error::IntParse(error) => write!(f, "int parse error: {error}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Body(error) => Some(&**error),
            Error::Utf8Parse(error) => Some(error),
            Error::IntParse(error) => Some(error),
            _ => None,
        }
    }
}
