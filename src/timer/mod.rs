//! Timers: how bodies, sources and hubs wait, with any runtime.
//!
//! Whatever has to wait takes an `impl Into<`[`Timer`]`>`: a function from a duration to a future. The `sleep` of a
//! runtime is one, with Tokio `tokio::time::sleep`, with smol `async_io::Timer::after`:
//!
//! ```
//! # #[cfg(feature = "server")] {
//! use eventwire::server::KeepAlive;
//!
//! let keep_alive = KeepAlive::new(tokio::time::sleep);
//! # }
//! ```
//!
//! The compiler's "the trait `Fn(Duration)` is not implemented" means that something else was passed, such as a duration:
//! pass the function itself. "`()` is not a future" means that the function blocks, as `std::thread::sleep` does.
//!
//! With the feature `tokio`, `Timer::tokio` and `KeepAlive::default` need no function, and reuse one wait instead of
//! allocating another.

// A `Timer` starts a wait, an `Alarm` keeps one and reuses it. Only `Timer::tokio` reads a clock.

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
// Used by bodies with a maximum age and by the reconnect machine.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) use random::{part_of, random};
pub use start::Timer;
