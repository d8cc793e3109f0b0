//! Whether the example `tail` does what its first lines promise, as a program of its own.

#[allow(dead_code)]
#[path = "../client_tcp/peer.rs"]
mod peer;
#[allow(dead_code)]
#[path = "../support/programs.rs"]
mod programs;

mod arguments;
mod cutter;
mod ends;
mod lines;
mod round_trip;
mod run;
mod timeline;
