//! Shared test code: the naive readers, `decode_everywhere`, the counting allocator.

// Each test binary uses only a part of it.
#![allow(dead_code, unused_imports, unreachable_pub)]

pub mod cuts;
pub mod drive;
pub mod joined;
pub mod naive;
pub mod outcome;
pub mod standard;
pub mod streams;

pub use cuts::{check, decode_everywhere, reconnect_everywhere};
pub use drive::{Chunking, Settings, Way};
pub use outcome::{Failed, Got, Item, Outcome, Why};
