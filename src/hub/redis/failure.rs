//! `Failure`: the consequences of a Redis error.

use alloc::string::ToString;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::hub::LogError;

/// The class of an error, by its remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The connection is lost, and the command may have been carried out.
    Lost,
    /// The server replied that it cannot serve the command, but another may: it is read-only, loading, or the wrong
    /// node.
    Elsewhere,
    /// The server replied that it cannot serve the command now: nothing was done.
    Later,
    /// The server rejected the command.
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
                // The reply to a blocking read when its primary becomes a replica.
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

/// The error of a failed attempt to connect: nothing was done.
pub(super) fn unconnected(error: RedisError) -> LogError {
    let failure = Failure::of(&error);
    // A full server rejects a connection with the kind of error that a wrong password gives, but only for a while.
    let is_full = error.to_string().contains("max number of clients");
    if failure == Failure::Refused && !is_full {
        LogError::refused(error)
    } else {
        LogError::unavailable(error)
    }
}
