//! Events go out over HTTP.
//!
//! [`EventBody`] is what a response sends. `body` holds its settings, `poll` how a chunk comes about: it asks
//! `ending` whether to stop, takes `item`s from the stream, puts them into a `chunk`, and looks at the `clock` when
//! there is nothing to send. Around it: `response` what stands above the body, `accept` and `last_event_id` what the
//! request says.

mod accept;
mod body;
mod chunk;
mod clock;
#[cfg(feature = "tokio")]
mod default_keep_alive;
mod ending;
mod item;
mod keep_alive;
mod last_event_id;
mod poll;
mod response;

pub use accept::accepts_event_stream;
pub use body::EventBody;
pub use item::EventItem;
pub use keep_alive::KeepAlive;
pub use last_event_id::LastEventId;
pub use response::{response, RESPONSE_HEADERS};
