//! `Hub`: one event for many followers, and a history for those who come back.
//!
//! A [`Hub`] publishes to any number of [`Follow`]ers, each of which is a [`Stream`](futures_core::Stream) for an
//! [`EventBody`](crate::server::EventBody). [`Recordings`] are logs with an end: answers that outlive their readers. With a
//! [`Log`], hubs of many processes show the same events. What is promised, what is not, and what it costs is in
//! [`_many_clients`](crate::_many_clients).
//!
//! The files: `ring` keeps what was published, `waiters` who waits for more, `shared` is both and the order in which they
//! are touched. `handle` publishes, `follow` reads, `start` and `gap` say what became of a last event ID. `log` is what
//! many processes share.

pub mod contract;
mod follow;
mod gap;
mod handle;
mod log;
mod random;
mod recordings;
#[cfg(feature = "redis")]
mod redis;
mod ring;
mod seen;
mod settings;
mod shared;
mod start;
mod sync;
mod topic;
mod waiters;

#[cfg(feature = "redis")]
pub use self::redis::RedisLog;
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
