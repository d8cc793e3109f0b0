//! What a server relies on, one test for each promise.

mod ask;
mod body;
mod chunks;
mod clock;
mod ending;
mod errors;
mod panics;
mod properties;
mod request;
mod response;
mod script;
