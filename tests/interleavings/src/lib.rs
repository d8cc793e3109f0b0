//! The hub under loom: its own files, with other locks.
//!
//! ```sh
//! cargo test --manifest-path tests/interleavings/Cargo.toml
//! ```

#![cfg(test)]
// The files of the hub hold more than the tests here ask for.
#![allow(dead_code, unreachable_pub, unused_imports)]

extern crate alloc;

mod encode {
    pub use eventwire::Encoded;
}
mod event {
    pub use eventwire::{Event, EventId};
}
mod hub;
mod server {
    pub use eventwire::server::LastEventId;
}
