//! The API of eventsource-stream 0.2.3 over [eventwire](https://docs.rs/eventwire): the events of any stream of byte
//! slices.
//!
//! ```
//! use eventsource_stream::Eventsource;
//! use futures_util::{stream, StreamExt};
//!
//! # futures_executor::block_on(async {
//! let chunks = stream::iter(["id: 7\nda", "ta: 21.5\n\n"].map(Ok::<_, std::io::Error>));
//! let mut events = chunks.eventsource();
//! let event = events.next().await.unwrap()?;
//! assert_eq!((&*event.event, &*event.data, &*event.id), ("message", "21.5", "7"));
//! # Ok::<(), eventsource_stream::EventStreamError<std::io::Error>>(())
//! # }).unwrap();
//! ```
//!
//! What differs from the original is in the README.

#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod error;
mod event;
mod event_stream;

pub use error::EventStreamError;
pub use event::Event;
pub use event_stream::{EventStream, Eventsource};
