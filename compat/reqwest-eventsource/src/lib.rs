//! The API of reqwest-eventsource 0.6.0 over [eventwire](https://docs.rs/eventwire): a client that reconnects, for
//! reqwest 0.12.
//!
//! ```no_run
//! use futures_util::StreamExt;
//! use reqwest_eventsource::{Event, EventSource};
//!
//! # async fn read() {
//! let mut source = EventSource::get("http://localhost:8000/events");
//! while let Some(event) = source.next().await {
//!     match event {
//!         Ok(Event::Open) => println!("open"),
//!         Ok(Event::Message(message)) => println!("{}: {}", message.event, message.data),
//!         Err(error) => println!("{error}"),
//!     }
//! }
//! # }
//! ```
//!
//! What differs from the original is in the README.

// The errors hold a whole response, as in the original.
#![allow(clippy::result_large_err)]

mod chunks;
mod error;
mod event;
mod event_source;
mod request_builder_ext;
pub mod retry;

pub use error::{CannotCloneRequestError, Error};
pub use event::{Event, ReadyState};
pub use event_source::EventSource;
pub use request_builder_ext::RequestBuilderExt;
