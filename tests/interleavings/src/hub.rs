//! The hub's source files, and the tests.

#[path = "../../../src/hub/follow.rs"]
mod follow;
#[path = "../../../src/hub/gap.rs"]
mod gap;
#[path = "../../../src/hub/handle.rs"]
mod handle;
mod log;
#[path = "../../../src/hub/random.rs"]
mod random;
#[path = "../../../src/hub/ring.rs"]
mod ring;
#[path = "../../../src/hub/seen.rs"]
mod seen;
#[path = "../../../src/hub/settings.rs"]
mod settings;
#[path = "../../../src/hub/shared.rs"]
mod shared;
#[path = "../../../src/hub/start.rs"]
mod start;
mod sync;
mod tests;
#[path = "../../../src/hub/topic.rs"]
mod topic;
#[path = "../../../src/hub/waiters.rs"]
mod waiters;

pub use eventwire::hub::{GapReason, LogId};
pub use follow::Follow;
pub use gap::{Gap, GapPolicy};
pub use handle::{Hub, Local};
pub use seen::{Seen, Stats};
pub use start::{Outcome, Start};
pub use topic::Topic;
