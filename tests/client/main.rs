//! What a reader of one connection relies on, one test for each promise.

#[path = "../server/script.rs"]
mod script;

mod chunks;
mod contracts;
mod events;
mod idle;
mod reconnect;
mod response;
mod server;
mod source;
mod terms;
