//! Whether a hub loses nothing in silence, whoever follows it and however slowly.

#[path = "../support/counting.rs"]
mod counting;

mod closing;
mod gaps;
mod ids;
mod logged;
mod memory;
mod recordings;
mod support;
mod topics;
mod twin;
mod wakers;
