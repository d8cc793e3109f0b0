//! The bodies of the fuzz targets; `cargo test` runs them with the saved seeds.
//!
//! The slow twin of the decoder is the one of the other tests.

// Each target uses its own part of this.
#![allow(dead_code, unreachable_pub, unused_imports)]

mod decoding;
#[path = "../../tests/support/drive.rs"]
mod drive;
mod encoding;
#[path = "../../tests/support/joined.rs"]
mod joined;
#[path = "../../tests/support/naive.rs"]
mod naive;
#[path = "../../tests/support/outcome.rs"]
mod outcome;
mod passing;
mod pieces;
mod reading;
mod steering;

pub use decoding::{decoder, frames, limits, strict};
pub use encoding::{encode, proxy};
pub use passing::{rewrite, tap};
pub use pieces::pieces;
