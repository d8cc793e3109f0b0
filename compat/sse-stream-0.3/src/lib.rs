//! The API of sse-stream 0.3.0 over [eventwire](https://docs.rs/eventwire): blocks of an event stream from HTTP bodies,
//! and bodies from blocks.
//!
//! ```
//! use futures_util::{stream, StreamExt};
//! use sse_stream::{Sse, SseBody, SseStream};
//!
//! # futures_executor::block_on(async {
//! let blocks = [Sse::default().event("price").data("21.5"), Sse::default().id("7").data("22.0")];
//! let body = SseBody::new(stream::iter(blocks.clone().map(Ok::<_, std::convert::Infallible>)));
//! let read: Vec<_> = SseStream::new(body).map(Result::unwrap).collect().await;
//! assert_eq!(read, blocks);
//! # });
//! ```
//!
//! What differs from the original is in the README.

mod body;
mod encode;
mod error;
mod keep_alive;
mod reader;
mod sse;
mod stream;
mod wire;

pub use body::SseBody;
pub use error::{BodyError, EncodeError, Error};
pub use keep_alive::{KeepAlive, NeverTimer, Timer};
pub use sse::Sse;
pub use stream::{ByteStreamBody, SseByteStream, SseStream};

#[cfg(feature = "tracing")]
fn log_comment(text: &str) {
    tracing::debug!(comment = text, "comment");
}

#[cfg(not(feature = "tracing"))]
fn log_comment(_: &str) {}

/// An error of the source ends the blocks.
const IS_LAST_ERROR: bool = true;

/// Returns the error for a field that is not in the standard, with the feature `strict-fields`.
fn refuse_unknown_field() -> Option<Error> {
    cfg!(feature = "strict-fields").then_some(Error::UnknownField)
}
