//! Frames: everything on the wire, and the same events as without frames.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::frames(input));
