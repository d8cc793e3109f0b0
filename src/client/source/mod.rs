//! `EventSource`: a client that stays connected.
//!
//! [`EventSource`] holds the user's settings (`event_source`); `drive` does what the machine of `reconnect` decides;
//! `response_body` is the body of what comes back, `state_change` what an observer sees of it, `source_item` the same
//! as owned items, `event_source_error` why it gave up; `json` knows the errors of APIs; `resume` makes requests of cursors; `threads` says whether all
//! this may move to another thread.

mod drive;
mod event_source;
mod event_source_error;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "reqwest")]
mod reqwest;
mod response_body;
mod resume;
mod source_item;
mod state_change;
mod threads;

pub use event_source::{EventSource, LocalEventSource};
pub use event_source_error::EventSourceError;
pub use response_body::ResponseBody;
pub use resume::NothingToResume;
pub use source_item::SourceItem;
pub use state_change::{CloseReason, StateChange};
pub use threads::{AnyThread, OneThread, Threads};
