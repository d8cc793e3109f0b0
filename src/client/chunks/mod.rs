//! Sources of bytes for an [`EventStream`](super::EventStream): bodies and readers as streams of `Bytes`.
//!
//! You name these types only as parameters of an event stream, for example in the field of a struct; to avoid that,
//! [`into_boxed`](super::EventStream::into_boxed) erases them. `EventStream::from_body`, `from_read`, `from_tokio_read`
//! and `from_futures_read` create them:
//!
//! ```
//! use std::fs::File;
//! use eventwire::client::{chunks::ReadChunks, EventStream};
//!
//! struct Replay {
//!     events: EventStream<ReadChunks<File>>,
//! }
//!
//! fn replay(path: &str) -> std::io::Result<Replay> {
//!     Ok(Replay { events: EventStream::from_read(File::open(path)?) })
//! }
//! # assert!(replay("/nowhere").is_err());
//! ```

/// Implements `into_inner` for the chunks of a reader.
#[cfg(any(feature = "client", feature = "futures-io", feature = "tokio"))]
macro_rules! into_reader {
    ($chunks:ident) => {
        impl<R> $chunks<R> {
            /// Returns the reader, to read on after the last event. See
            /// [`EventStream::into_rest`](crate::client::EventStream::into_rest).
            #[must_use]
            pub fn into_inner(self) -> R {
                self.read
            }
        }
    };
}

#[cfg(feature = "client")]
mod body;
#[cfg(feature = "std")]
mod boxed;
#[cfg(feature = "futures-io")]
mod futures;
#[cfg(any(feature = "futures-io", feature = "tokio"))]
mod poll_read;
#[cfg(feature = "client")]
mod read;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "client")]
pub use self::body::BodyChunks;
#[cfg(feature = "std")]
pub use self::boxed::BoxedChunks;
#[cfg(feature = "client")]
pub(super) use self::boxed::{BoxError, Erased};
#[cfg(feature = "futures-io")]
pub use self::futures::FuturesChunks;
#[cfg(feature = "client")]
pub use self::read::ReadChunks;
#[cfg(feature = "tokio")]
pub use self::tokio::TokioChunks;
