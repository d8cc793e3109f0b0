//! What a hub asks of the engine that keeps its history: append, tail, a page after an ID, wait.
//!
//! [`Log`] is the contract; `log_id`, `entry`, `once` and `log_error` are its words. [`MemoryLog`] is the engine
//! without a server: the model of all others, and a stand-in for tests.

mod engine;
mod entry;
mod log_error;
mod log_id;
mod memory;
mod once;

pub use engine::{BoxFuture, Log};
pub use entry::{Entry, GapReason, Page};
pub use log_error::{LogError, LogErrorKind};
pub use log_id::LogId;
pub use memory::MemoryLog;
pub use once::Once;
