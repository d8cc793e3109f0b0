//! `RewriteError`: why a rewritten body failed.

use core::fmt;
use std::error::Error;

use crate::error::DecodeError;

/// Says why a [`Rewrite`](super::Rewrite) failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewriteError<E> {
    /// The inner body failed: the connection was lost.
    Body(E),
    /// A block was rejected, because it is over the size limit, or is not UTF-8 in strict mode. Continuing after it
    /// would silently lose an event.
    Decode(DecodeError),
}

impl<E> fmt::Display for RewriteError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RewriteError::Body(_) => "the event stream was lost",
            RewriteError::Decode(_) => "an event could not be decoded",
        })
    }
}

impl<E: Error + 'static> Error for RewriteError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            RewriteError::Body(error) => Some(error),
            RewriteError::Decode(error) => Some(error),
        }
    }
}
