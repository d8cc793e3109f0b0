//! The example `tail`, as a program.

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
