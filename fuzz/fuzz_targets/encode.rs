//! Events and comments of any text are read back unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/mod.rs"]
mod bodies;

fuzz_target!(|input: &[u8]| bodies::encode(input));
