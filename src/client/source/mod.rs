//! A client that stays connected.
//!
//! [`EventSource`] holds what the user has set (`event_source`); `drive` does what the machine of `reconnect` says:
//! `connect` sends a request, `response_body` is what comes back, `change` what an observer sees of it, `source_error`
//! why it gave up.

mod connect;
mod drive;
mod event_source;
mod event_source_error;
#[cfg(feature = "reqwest")]
mod reqwest;
mod response_body;
mod state_change;

pub use event_source::EventSource;
pub use event_source_error::EventSourceError;
pub use response_body::ResponseBody;
pub use state_change::StateChange;
