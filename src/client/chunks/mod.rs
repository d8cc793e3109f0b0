//! The sources of bytes of an [`EventStream`](super::EventStream): each is a stream of `Bytes`.

#[cfg(feature = "client")]
mod body;
#[cfg(feature = "futures-io")]
mod futures;
#[cfg(feature = "client")]
mod read;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "client")]
pub use self::body::BodyChunks;
#[cfg(feature = "futures-io")]
pub use self::futures::FuturesChunks;
#[cfg(feature = "client")]
pub use self::read::ReadChunks;
#[cfg(feature = "tokio")]
pub use self::tokio::TokioChunks;
