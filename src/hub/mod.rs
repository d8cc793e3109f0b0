//! One event for many followers, a history for those who come back.

pub mod contract;
mod follow;
mod gap;
mod handle;
mod log;
mod random;
mod recordings;
mod ring;
mod seen;
mod settings;
mod shared;
mod start;
mod sync;
mod topic;
mod waiters;

pub use follow::Follow;
pub use gap::{Gap, GapPolicy};
pub use handle::{Hub, Local};
pub use log::{
    BoxFuture, Entry, Feeder, GapReason, Log, LogError, LogErrorKind, LogId, Logged, MemoryLog, Once, Page,
    Publication, PublishError,
};
pub use recordings::{End, Recorder, Recordings};
pub use seen::{Seen, Stats};
pub use start::{Outcome, Start};
pub use topic::Topic;
