//! IDs of a log from clients: always a known outcome.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/ids.rs"]
mod ids;

fuzz_target!(|input: &[u8]| ids::ids(input));
