//! A rewritten body: byte for byte the same, or the events that the function made.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::rewrite(input));
