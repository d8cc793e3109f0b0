//! The hub under loom: the hub's source files, compiled with loom's locks.
//!
//! ```sh
//! cargo test --manifest-path tests/interleavings/Cargo.toml
//! ```

#![cfg(test)]
// The hub's files hold more than these tests use.
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
