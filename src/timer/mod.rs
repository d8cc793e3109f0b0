//! `Timer`: waits with the timers of any runtime.
//!
//! A [`Timer`] starts a wait, an `Alarm` keeps one and uses it again. No time is read but by `Timer::tokio`.

mod alarm;
mod closure;
#[cfg(feature = "client")]
mod local;
#[cfg(any(feature = "client", feature = "server"))]
mod random;
mod start;
#[cfg(feature = "tokio")]
mod tokio;

pub(crate) use alarm::Alarm;
#[cfg(feature = "client")]
pub(crate) use local::LocalClock;
// For bodies with a maximum age, and for the reconnect machine.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) use random::{part_of, random};
pub use start::Timer;
