//! One event for many followers, and a history for those who come back.

pub mod contract;
mod log;
mod random;
mod sync;

pub use log::{BoxFuture, Entry, GapReason, Log, LogError, LogErrorKind, LogId, MemoryLog, Once, Page};
