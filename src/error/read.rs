//! `ReadError`: why an `EventReader` failed.

use std::{error, fmt, io};

use super::DecodeError;

/// Why an [`EventReader`](crate::EventReader) could not return the next event.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The reader failed. It is not read again: from here on there is `None`.
    Io(io::Error),
    /// A block was rejected. The next call continues after it.
    Decode(DecodeError),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        ReadError::Io(error)
    }
}

impl From<DecodeError> for ReadError {
    fn from(error: DecodeError) -> Self {
        ReadError::Decode(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadError::Io(_) => "the event stream could not be read",
            ReadError::Decode(_) => "an event could not be decoded",
        })
    }
}

impl error::Error for ReadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            ReadError::Io(error) => Some(error),
            ReadError::Decode(error) => Some(error),
        }
    }
}
