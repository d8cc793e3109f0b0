//! The hub: no follower loses an event without a gap, however slow it is.

#[path = "../support/counting.rs"]
mod counting;

mod closing;
mod foreign;
mod gaps;
mod ids;
mod logged;
mod memory;
mod recordings;
mod support;
mod topics;
mod twin;
mod wakers;
