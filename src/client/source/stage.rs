//! `Stage` and `Goal`: what a source does, and what its caller waits for.

use alloc::boxed::Box;

use sync_wrapper::SyncWrapper;

use super::kind::Threads;
use super::response_body::ResponseBody;
use super::EventSourceError;

/// The current activity of a source.
pub(super) enum Stage<K: Threads> {
    /// About to send the request of a new attempt.
    Start,
    Connecting(SyncWrapper<K::Connecting>),
    Open(ResponseBody<K>),
    /// The error event of this body was returned, and its rest is read and discarded.
    Draining(ResponseBody<K>),
    /// Waiting until the alarm fires.
    Waiting,
    /// About to return this error.
    Failed(Box<EventSourceError<K>>),
    Closed,
}

/// The event or change that a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Event,
    /// An event, or a change kept for `poll_item`.
    Item,
    /// An open connection.
    Open,
}
