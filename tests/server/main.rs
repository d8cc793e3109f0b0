//! The guarantees for servers, one test each.

mod ask;
mod body;
#[cfg(feature = "tokio")]
mod channel;
mod chunks;
mod clock;
mod ending;
mod errors;
#[cfg(feature = "json")]
mod json;
mod observer;
mod panics;
mod properties;
mod request;
mod response;
mod script;
