//! Reconnecting: `Machine`, a state machine without IO and clock, and its `Policy`.
//!
//! `policy` holds the user's settings, `machine` decides, `delay` computes waits, `headers` writes those of a request,
//! `redirect` resolves and follows one, `retry_after` reads the server's wish.

mod delay;
mod headers;
mod machine;
mod policy;
mod redirect;
mod retry_after;

pub(super) use headers::{LAST_EVENT_ID, MOST_ID_BYTES};
pub use machine::{Action, GiveUp, Machine, ReadyState};
pub use policy::Policy;
pub use redirect::Redirect;
pub(super) use redirect::{drop_credentials, is_same_origin};
