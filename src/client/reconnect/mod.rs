//! Reconnection: when to connect again, and with what, as a [`Machine`] without IO and clock, and its [`Policy`].
//!
//! [`EventSource`](super::EventSource) does what a `Machine` decides. To reconnect with your own loop, a blocking one for
//! instance, report to the machine what happened and do what it returns:
//!
//! ```
//! use std::time::Duration;
//! use eventwire::client::reconnect::{Action, Machine, Policy};
//! use http::{HeaderMap, StatusCode, Uri};
//!
//! let mut machine = Machine::new(Policy::new().with_delay(Duration::from_secs(1)).with_jitter_percent(0));
//! # let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, "text/event-stream".parse().unwrap())]);
//! let uri = Uri::from_static("http://localhost/ticks");
//! match machine.on_response(StatusCode::OK, &headers, &uri, Machine::random()) {
//!     Action::Read => {
//!         // Read events, and call on_event for each; when the connection has ended:
//!         machine.on_event();
//!         let next = machine.on_end(Machine::random());
//!         assert!(matches!(next, Action::Wait(delay) if delay == Duration::from_secs(1)));
//!     }
//!     Action::Wait(_delay) => {}                        // wait, call on_waited, and send the request again
//!     Action::Redirect(_redirect) => {}                 // send it to another place
//!     _ => {}                                           // the end, or an error: no further attempt
//! }
//! ```
//!
//! The table of what each event means for attempts, waits and limits is in the docs of [`Machine`]; a whole client is
//! `examples/blocking_ureq.rs`.

// `policy` holds the user's settings, `machine` decides, `delay` computes waits, `headers` writes those of a request,
// `redirect` resolves and follows one, `retry_after` reads the server's wish.

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
