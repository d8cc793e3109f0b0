//! Events come in over HTTP.
//!
//! [`EventStream`] is one connection: `event_stream` holds what it is, `poll` how the next event comes about. Its
//! bytes come from one of `chunks`; a `reader` makes events of them and looks at what the user has set: what ends a
//! stream or is an error (`until`), and how long it may be `idle`. `rejected` is a response that is none, by its status or
//! `media_type`. `reconnect` decides when to connect again, and when to stop; a `source` does it. `codec` decodes for the
//! framed readers of tokio-util.

mod chunks;
mod event_stream;
mod idle;
mod media_type;
mod poll;
mod reader;
mod reconnect;
mod rejected;
mod source;
mod stream_error;
mod until;

#[cfg(feature = "codec")]
mod codec;

pub use chunks::BodyChunks;
#[cfg(feature = "futures-io")]
pub use chunks::FuturesChunks;
#[cfg(feature = "tokio")]
pub use chunks::TokioChunks;
#[cfg(feature = "codec")]
pub use codec::EventCodec;
pub use event_stream::EventStream;
pub use reconnect::{GivenUp, Next, ReadyState, Reconnect, Reconnector, Redirect};
pub use rejected::Rejected;
pub use source::{Change, EventSource, ResponseBody, SourceError};
pub use stream_error::StreamError;
pub use until::Until;
