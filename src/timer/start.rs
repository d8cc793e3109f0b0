//! `Timer`: a runtime's timer.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

/// The timer of a runtime, as a function from a duration to a future that completes after it.
///
/// Cheap to clone. The output of the future is dropped.
///
/// ```
/// use std::time::Duration;
/// use eventwire::timer::Timer;
///
/// let timer = Timer::new(tokio::time::sleep);
/// let timer = Timer::new(|time| async move { tokio::time::sleep(time).await });
/// ```
///
/// With the feature `tokio`, `Timer::tokio` is available, which reschedules a running wait instead of starting another
/// one.
#[derive(Clone)]
pub struct Timer(Arc<dyn Start>);

impl Timer {
    /// Creates a timer that waits with the futures that a function returns.
    ///
    /// The futures are created and polled where the body is, so that a runtime's own `sleep` finds its runtime.
    #[must_use]
    pub fn new<F, S>(sleep: F) -> Self
    where
        F: Fn(Duration) -> S + Send + Sync + 'static,
        S: Future + Send + 'static,
    {
        Timer::starting(sleep)
    }

    pub(super) fn starting(start: impl Start + 'static) -> Self {
        Timer(Arc::new(start))
    }

    pub(super) fn start(&self, after: Duration) -> Pin<Box<dyn Sleep>> {
        Arc::clone(&self.0).start(after)
    }
}

impl<F, S> From<F> for Timer
where
    F: Fn(Duration) -> S + Send + Sync + 'static,
    S: Future + Send + 'static,
{
    fn from(sleep: F) -> Self {
        Timer::new(sleep)
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timer")
    }
}

/// Starts a wait.
pub(super) trait Start: Send + Sync {
    fn start(self: Arc<Self>, after: Duration) -> Pin<Box<dyn Sleep>>;
}

/// A wait that can be reset.
pub(super) trait Sleep: Future<Output = ()> + Send {
    /// Reschedules the wait to end after this time, counted from now, whether or not it has already ended.
    fn reset(self: Pin<&mut Self>, after: Duration);
}
