//! Small limits: which block is rejected, and at which byte.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::limits(input));
