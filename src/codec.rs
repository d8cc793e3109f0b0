//! Events for the framed readers of `tokio-util`.

pub use crate::decode::EventCodec;
