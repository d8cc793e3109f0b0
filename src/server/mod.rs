//! The server's half of HTTP: events as the body of a response.
//!
//! [`EventBody`] is what a response sends. `body` holds its settings, `poll` makes its chunks: it asks `ending` whether to
//! stop, takes `item`s from the stream, puts them into a `chunk`, asks the `clock` when there is nothing to send, and
//! reports to an `observer`. Streams for it: `json` of values, `channel` of what another task sends. Around it:
//! `response` makes the headers, `accept` and `last_event_id` read the request.

mod accept;
mod body;
mod byte_stream;
#[cfg(feature = "tokio")]
mod channel;
#[cfg(all(feature = "json", feature = "tokio"))]
mod channel_json;
mod chunk;
mod clock;
#[cfg(feature = "tokio")]
mod default_keep_alive;
mod ending;
mod item;
#[cfg(feature = "json")]
mod json;
mod keep_alive;
mod last_event_id;
mod observer;
mod poll;
mod response;

pub use accept::accepts_event_stream;
pub use body::EventBody;
pub use byte_stream::ByteStream;
#[cfg(feature = "tokio")]
pub use channel::{EventReceiver, EventSender, SendError, SenderDropped};
pub use item::EventItem;
#[cfg(feature = "json")]
pub use json::{JsonEvents, TryJsonEvents};
pub use keep_alive::KeepAlive;
pub use last_event_id::LastEventId;
pub use observer::{BodyEnd, BodySummary};
pub use response::{response, RESPONSE_HEADERS};
