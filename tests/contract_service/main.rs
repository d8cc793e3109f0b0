//! The example `contract_service`, tested against its protocol: this harness sends it streams and checks its reports,
//! its connections, and how it carries out commands.

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
