//! Where the bytes of a connection come from: each source as a stream of `Bytes`.

mod body;
#[cfg(feature = "futures-io")]
mod futures;
#[cfg(feature = "tokio")]
mod tokio;

pub use self::body::BodyChunks;
#[cfg(feature = "futures-io")]
pub use self::futures::FuturesChunks;
#[cfg(feature = "tokio")]
pub use self::tokio::TokioChunks;
