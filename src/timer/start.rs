//! `Timer`: how to wait.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

/// How to wait: the timer of a runtime, as a function from a duration to a future that ends after it.
///
/// Cheap to clone. Whatever the future returns is dropped.
///
/// ```
/// use std::time::Duration;
/// use eventwire::timer::Timer;
///
/// let timer = Timer::new(tokio::time::sleep);
/// let timer = Timer::new(|time| async move { tokio::time::sleep(time).await });
/// ```
///
/// With the feature `tokio` there is `Timer::tokio`, which moves the end of a running wait instead of
/// beginning another one.
#[derive(Clone)]
pub struct Timer(Arc<dyn Start>);

impl Timer {
    /// Waits with futures that the function makes.
    ///
    /// They are made and polled where the body is, so that a runtime's own `sleep` finds its runtime.
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

/// Begins to wait.
pub(super) trait Start: Send + Sync {
    fn start(self: Arc<Self>, after: Duration) -> Pin<Box<dyn Sleep>>;
}

/// Waits, and can be reset.
pub(super) trait Sleep: Future<Output = ()> + Send {
    /// Ends after this time, counted from now, whether it has ended before or not.
    fn reset(self: Pin<&mut Self>, after: Duration);
}
