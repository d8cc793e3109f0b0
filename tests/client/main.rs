//! The guarantees of clients, one test each.

#[path = "../server/script.rs"]
mod script;

mod changes;
mod chunks;
mod clocks;
mod contracts;
mod crowd;
mod events;
mod idle;
#[cfg(feature = "json")]
mod json;
mod lifecycle;
mod local;
mod reconnect;
mod requests;
mod response;
mod rest;
mod retries;
mod server;
mod source;
mod terms;
