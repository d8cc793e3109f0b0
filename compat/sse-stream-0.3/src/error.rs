//! The errors.

use std::error::Error as StdError;
use std::fmt;
use std::str::Utf8Error;

/// Why a stream of blocks ended before its source did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The source has failed.
    Body(Box<dyn StdError + Send + Sync>),
    /// Never returned: bytes that are not UTF-8 become U+FFFD.
    Utf8Parse(Utf8Error),
    /// A field that is not in the standard, with the feature `strict-fields`.
    UnknownField,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Body(error) => write!(f, "body error: {error}"),
            Error::Utf8Parse(error) => write!(f, "utf8 parse error: {error}"),
            Error::UnknownField => f.write_str("unknown SSE field"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Body(error) => Some(&**error),
            Error::Utf8Parse(error) => Some(error),
            Error::UnknownField => None,
        }
    }
}

/// Why a block cannot be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The type contains CR or LF.
    InvalidEvent,
    /// The ID contains CR, LF or NUL.
    InvalidId,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EncodeError::InvalidEvent => "SSE event type cannot contain CR/LF",
            EncodeError::InvalidId => "SSE id cannot contain CR/LF/NULL",
        })
    }
}

impl StdError for EncodeError {}

/// Why a body ended before its blocks did.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// The stream of blocks has failed.
    Stream(Box<dyn StdError + Send + Sync>),
    /// A block cannot be encoded.
    Encode(EncodeError),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::Stream(error) => write!(f, "event stream error: {error}"),
            BodyError::Encode(error) => write!(f, "SSE encoding error: {error}"),
        }
    }
}

impl StdError for BodyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            BodyError::Stream(error) => Some(&**error),
            BodyError::Encode(error) => Some(error),
        }
    }
}
