//! `Timer::tokio`: Tokio's timer.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::pin::Pin;
use core::time::Duration;
use std::sync::OnceLock;

use tokio::time::{self, Instant};

use super::start::{Sleep, Start};
use super::Timer;

impl Timer {
    /// Returns a timer that waits with Tokio's timer, which must be enabled in the runtime.
    ///
    /// A connection allocates once: later waits reschedule the same timer.
    ///
    /// ```
    /// use eventwire::server::KeepAlive;
    /// use eventwire::timer::Timer;
    ///
    /// let keep_alive = KeepAlive::new(Timer::tokio());
    /// ```
    ///
    /// # Panics
    ///
    /// This function never panics, but a body that has to wait panics outside a Tokio runtime with time enabled.
    #[must_use]
    pub fn tokio() -> Self {
        static TOKIO: OnceLock<Timer> = OnceLock::new();
        TOKIO.get_or_init(|| Timer::starting(Tokio)).clone()
    }
}

struct Tokio;

impl Start for Tokio {
    fn start(self: Arc<Self>, after: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(time::sleep(after))
    }
}

impl Sleep for time::Sleep {
    fn reset(self: Pin<&mut Self>, after: Duration) {
        self.reset(Instant::now() + after.min(FAR));
    }
}

/// 30 years: longer than any connection, and no clock overflows.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
