//! When to connect again, and when to stop: a state machine without IO and without a clock.
//!
//! `settings` are the user's, `machine` says what comes next, `delay` how long to wait, `headers` what a request says,
//! `redirect` where one leads, `retry_after` what a server asks for.

mod delay;
mod headers;
mod machine;
mod redirect;
mod retry_after;
mod settings;

pub(super) use headers::LAST_EVENT_ID;
pub use machine::{Action, GiveUp, Machine, ReadyState};
pub use redirect::Redirect;
pub use settings::Policy;
