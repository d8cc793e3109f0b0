//! When to wake up, with the timers of any runtime.
//!
//! A [`Timer`] starts what waits, an `Alarm` keeps one of these and uses it again. Nothing here reads a clock.

mod alarm;
mod closure;
#[cfg(feature = "client")]
mod local;
mod start;
#[cfg(feature = "tokio")]
mod tokio;

pub(crate) use alarm::Alarm;
#[cfg(feature = "client")]
pub use local::LocalClock;
pub use start::Timer;
