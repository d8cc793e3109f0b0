//! A tapped body: its bytes are untouched, its events those of the slow twin.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::tap(input));
