//! `LogError`: what can go wrong with a log.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use std::error;

/// Why an engine did not do what it was asked to.
///
/// ```
/// use eventwire::hub::{LogError, LogErrorKind};
///
/// let error = LogError::uncertain("no reply within 2 s");
/// assert_eq!(error.kind(), LogErrorKind::Uncertain);
/// assert_eq!(error.to_string(), "the log may or may not have done it");
/// ```
#[derive(Clone, Debug)]
pub struct LogError {
    kind: LogErrorKind,
    // Several may have waited for the same answer.
    source: Arc<dyn error::Error + Send + Sync>,
}

/// What an error of a log means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogErrorKind {
    /// Nothing was done: the engine could not be reached. Trying again is safe.
    Unavailable,
    /// It may have been done: the answer was lost. Trying again with an equal [`Once`](super::Once) is safe.
    Uncertain,
    /// It will not be done, however often it is tried: wrong rights, another type under the key, a bad setting.
    Refused,
}

impl LogError {
    /// Makes the error of an engine that could not be reached: nothing was done.
    #[must_use]
    pub fn unavailable(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Unavailable, source.into())
    }

    /// Makes the error of an engine that did not answer: it may have been done.
    #[must_use]
    pub fn uncertain(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Uncertain, source.into())
    }

    /// Makes the error of an engine that answered no.
    #[must_use]
    pub fn refused(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        LogError::new(LogErrorKind::Refused, source.into())
    }

    fn new(kind: LogErrorKind, source: Box<dyn error::Error + Send + Sync>) -> Self {
        LogError { kind, source: source.into() }
    }

    /// Returns what it means for whoever asked.
    #[must_use]
    pub fn kind(&self) -> LogErrorKind {
        self.kind
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            LogErrorKind::Unavailable => "the log could not be reached",
            LogErrorKind::Uncertain => "the log may or may not have done it",
            LogErrorKind::Refused => "the log refused it",
        })
    }
}

impl error::Error for LogError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&*self.source)
    }
}
