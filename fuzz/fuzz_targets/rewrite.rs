//! A body that is rewritten: kept to the byte, or decoded to what was made of its events.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::rewrite(input));
