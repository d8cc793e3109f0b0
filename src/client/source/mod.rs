//! `EventSource`: a client that stays connected.
//!
//! [`EventSource`] (`event_source`) holds the user's settings (`settings`), and `drive` carries out the decisions of
//! `reconnect`. `response_body` is the body of a response, `state_change` describes changes to an `observer`,
//! `source_item` holds them as owned items, and `event_source_error` says why the source gave up. `frames` makes a stream
//! of owned frames, `json` recognizes the errors of APIs, `resume` makes requests from cursors, `stage` is what the
//! source is doing, and `bodies` and `kind` hold the types that depend on whether the source may move to another thread.

mod bodies;
mod drive;
mod event_source;
mod event_source_error;
mod frames;
#[cfg(feature = "json")]
mod json;
mod kind;
mod observer;
#[cfg(feature = "reqwest")]
mod reqwest;
mod response_body;
mod resume;
mod settings;
mod source_item;
mod stage;
mod state_change;

pub use event_source::{EventSource, LocalEventSource};
pub use event_source_error::EventSourceError;
pub use kind::Threads;
pub use response_body::ResponseBody;
pub use resume::NothingToResume;
pub use source_item::SourceItem;
pub use state_change::{CloseReason, StateChange};
