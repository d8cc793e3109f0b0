//! Fan-out: one event to many clients, with a history for clients that reconnect.
//!
//! [`Hub::publish`] encodes an event once and adds it to a bounded history. [`Hub::follow`] returns a [`Follow`], a
//! [`Stream`](futures_core::Stream) over that history for an [`EventBody`](crate::server::EventBody): it starts after
//! the client's `Last-Event-ID` and reports a gap if events are missing.
//!
//! ```
//! use eventwire::hub::Hub;
//! use eventwire::server::{response, EventBody, LastEventId};
//! use eventwire::Event;
//!
//! let hub = Hub::new();
//! hub.publish(Event::new("21.5").with_type("tick"));
//!
//! // In the handler of a request:
//! let handle = |seen: Option<LastEventId>| response(EventBody::new(hub.follow(seen.as_ref())));
//! assert_eq!(handle(None).status(), 200);
//! ```
//!
//! - [`Hub`]: live events for any number of clients. [`Seen`] and [`Stats`] are its metrics.
//! - [`Recordings`]: streams with an end, such as the answers of a language model. The producer keeps running when its
//!   reader disconnects, and readers join late or resume.
//! - [`Log`]: the engine of a hub that spans processes and machines. `RedisLog` (feature
//!   `redis`) is one; [`contract`] tests an engine of your own.
//!
//! [Many clients, many machines](crate::_many_clients) lists the guarantees, the limits and the costs.

// `ring` holds the history, `waiters` the wakers of idle followers; `shared` owns both and defines the order of their
// locks. `handle` publishes, `follow` reads.
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
