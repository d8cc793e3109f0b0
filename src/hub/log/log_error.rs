//! `LogError`: the error of an engine.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use std::error;

/// The error of a [`Log`](super::Log), with its cause as [`source`](std::error::Error::source).
///
/// ```
/// use eventwire::hub::{LogError, LogErrorKind};
///
/// let error = LogError::uncertain("no reply within 2 s");
/// assert_eq!(error.kind(), LogErrorKind::Uncertain);
/// assert_eq!(error.to_string(), "the log did not reply, and may have carried out the operation");
/// ```
#[derive(Clone, Debug)]
pub struct LogError {
    kind: LogErrorKind,
    // Shared by followers that waited for the same page.
    source: Arc<dyn error::Error + Send + Sync>,
}

/// What an error of a log means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogErrorKind {
    /// The engine could not be reached, and nothing was done. Retrying is safe.
    Unavailable,
    /// The reply was lost, and the operation may have been carried out. Retrying with an equal [`Once`](super::Once) is
    /// safe.
    Uncertain,
    /// The engine rejected the operation, and will again: missing rights, another type under the key, a bad setting.
    Refused,
}

impl LogError {
    /// Creates the error of an engine that could not be reached: nothing was done.
    #[must_use]
    pub fn unavailable(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Unavailable, source.into())
    }

    /// Creates the error of an engine that did not reply: the operation may have been carried out.
    #[must_use]
    pub fn uncertain(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Uncertain, source.into())
    }

    /// Creates the error of an engine that rejected the operation.
    #[must_use]
    pub fn refused(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Refused, source.into())
    }

    fn new(kind: LogErrorKind, source: Box<dyn error::Error + Send + Sync>) -> Self {
        LogError { kind, source: source.into() }
    }

    /// Returns what the error means for the caller.
    #[must_use]
    pub fn kind(&self) -> LogErrorKind {
        self.kind
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            LogErrorKind::Unavailable => "the log could not be reached",
            LogErrorKind::Uncertain => "the log did not reply, and may have carried out the operation",
            LogErrorKind::Refused => "the log rejected the operation",
        })
    }
}

impl error::Error for LogError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&*self.source)
    }
}
