//! Codec: events for the framed readers of `tokio-util`.
//!
//! ```
//! use eventwire::codec::EventCodec;
//! use futures_util::StreamExt;
//! use tokio_util::codec::FramedRead;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let socket = &b"id: 7\ndata: a\n\n"[..];                  // any AsyncRead
//! let mut events = FramedRead::new(socket, EventCodec::new());
//! assert_eq!(events.next().await.unwrap().unwrap().id(), Some("7"));
//! # });
//! ```
//!
//! Without frames, `EventStream::from_tokio_read` (feature `tokio`) reads the same sockets, and has end marks and
//! limits on silence.

pub use crate::decode::EventCodec;
