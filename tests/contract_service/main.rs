//! Whether the example `contract_service` answers a harness as its protocol says: what it reports of streams that this
//! harness sends, how it connects, and how it obeys.

#[path = "../support/built.rs"]
mod built;
#[path = "../support/message.rs"]
mod message;
#[path = "../support/stream_server.rs"]
mod streams;

mod callbacks;
mod client;
mod commands;
mod lines;
mod parsing;
mod reconnecting;
mod reports;
mod requests;
mod responses;
mod service;
