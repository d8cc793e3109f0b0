//! What an error of Redis means for whoever asked.

use alloc::string::ToString;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::hub::LogError;

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The connection is of no use any more; the command may have been carried out.
    Lost,
    /// The server answered, and another one may take its place: it is read-only, loading, or not responsible.
    Elsewhere,
    /// The server answered that it cannot now: nothing was done.
    Later,
    /// The server answered no.
    Refused,
}

impl Failure {
    pub(super) fn of(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Io | ErrorKind::Parse => Failure::Lost,
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask,
            ) => Failure::Elsewhere,
            ErrorKind::Server(ServerErrorKind::TryAgain) => Failure::Later,
            _ => match error.code() {
                // A blocking read of a primary that became a replica.
                Some("UNBLOCKED") => Failure::Elsewhere,
                Some("OOM" | "MISCONF" | "NOREPLICAS" | "BUSY") => Failure::Later,
                _ => Failure::Refused,
            },
        }
    }

    pub(super) fn into_error(self, error: RedisError) -> LogError {
        match self {
            Failure::Lost => LogError::uncertain(error),
            Failure::Elsewhere | Failure::Later => LogError::unavailable(error),
            Failure::Refused => LogError::refused(error),
        }
    }
}

/// The error of a connection that could not be made: nothing was done.
pub(super) fn unconnected(error: RedisError) -> LogError {
    let failure = Failure::of(&error);
    // One that is full says so as it says that a password is wrong; but that passes.
    let is_full = error.to_string().contains("max number of clients");
    if failure == Failure::Refused && !is_full {
        LogError::refused(error)
    } else {
        LogError::unavailable(error)
    }
}
