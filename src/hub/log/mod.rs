//! `Log`: the engine that stores the history of a hub, with four operations: append, tail, read after an ID, wait.
//!
//! [`Log`] is the contract; `log_id`, `entry`, `once` and `log_error` define its terms. [`MemoryLog`] is an engine
//! without a server: the reference for the others, and a stand-in for tests.

mod below;
mod engine;
mod entry;
mod feeder;
mod log_error;
mod log_id;
mod logged;
mod memory;
mod once;
mod pages;

pub(super) use below::{Below, Item};
pub use engine::{BoxFuture, Log};
pub use entry::{Entry, GapReason, Page};
pub use feeder::Feeder;
pub use log_error::{LogError, LogErrorKind};
pub use log_id::LogId;
pub use logged::{Logged, Publication, PublishError};
pub use memory::MemoryLog;
pub use once::Once;
pub(super) use pages::Backlog;
use pages::{Reading, SharedPage};
