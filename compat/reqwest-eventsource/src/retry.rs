//! Retry policies.

use std::time::Duration;

use crate::Error;

/// Decides about each attempt to reconnect.
///
/// ```
/// use reqwest_eventsource::retry::{Constant, RetryPolicy};
/// use reqwest_eventsource::Error;
/// use std::time::Duration;
///
/// let second = Duration::from_secs(1);
/// let policy = Constant::new(second, Some(2));
/// assert_eq!(policy.retry(&Error::StreamEnded, None), Some(second));
/// assert_eq!(policy.retry(&Error::StreamEnded, Some((1, second))), Some(second));
/// assert_eq!(policy.retry(&Error::StreamEnded, Some((2, second))), None);
/// ```
pub trait RetryPolicy {
    /// Returns how long to wait before the next attempt; `None` for no further attempt.
    ///
    /// `last_retry` holds the number of attempts since a connection was last open, and the last wait.
    fn retry(&self, error: &Error, last_retry: Option<(usize, Duration)>) -> Option<Duration>;

    /// Sets the reconnection time that the server has sent.
    fn set_reconnection_time(&mut self, duration: Duration);
}

/// The same delay before each attempt.
#[derive(Clone, Debug)]
pub struct Constant {
    /// The delay.
    pub delay: Duration,
    /// How many attempts at most; `None` for no limit.
    pub max_retries: Option<usize>,
}

impl Constant {
    /// Makes a policy of a delay and a limit.
    pub const fn new(delay: Duration, max_retries: Option<usize>) -> Self {
        Constant { delay, max_retries }
    }
}

impl RetryPolicy for Constant {
    fn retry(&self, _error: &Error, last_retry: Option<(usize, Duration)>) -> Option<Duration> {
        may_retry(self.max_retries, last_retry).then_some(self.delay)
    }

    fn set_reconnection_time(&mut self, duration: Duration) {
        self.delay = duration;
    }
}

/// A delay that grows with each attempt.
#[derive(Clone, Debug)]
pub struct ExponentialBackoff {
    /// The first delay.
    pub start: Duration,
    /// By how much each delay is multiplied.
    pub factor: f64,
    /// The longest delay; `None` for no limit.
    pub max_duration: Option<Duration>,
    /// How many attempts at most; `None` for no limit.
    pub max_retries: Option<usize>,
}

impl ExponentialBackoff {
    /// Makes a policy of the first delay, a factor and two limits.
    pub const fn new(
        start: Duration,
        factor: f64,
        max_duration: Option<Duration>,
        max_retries: Option<usize>,
    ) -> Self {
        ExponentialBackoff { start, factor, max_duration, max_retries }
    }
}

impl RetryPolicy for ExponentialBackoff {
    fn retry(&self, _error: &Error, last_retry: Option<(usize, Duration)>) -> Option<Duration> {
        if !may_retry(self.max_retries, last_retry) {
            return None;
        }
        let Some((_, last)) = last_retry else { return Some(self.start) };
        // A delay that exceeds a `Duration` is as good as the longest one.
        let next = Duration::try_from_secs_f64(last.as_secs_f64() * self.factor).unwrap_or(Duration::MAX);
        Some(self.max_duration.map_or(next, |most| next.min(most)))
    }

    fn set_reconnection_time(&mut self, duration: Duration) {
        self.start = duration;
        self.max_duration = self.max_duration.map(|most| most.max(duration));
    }
}

/// No further attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl RetryPolicy for Never {
    fn retry(&self, _error: &Error, _last_retry: Option<(usize, Duration)>) -> Option<Duration> {
        None
    }

    fn set_reconnection_time(&mut self, _duration: Duration) {}
}

fn may_retry(most: Option<usize>, last_retry: Option<(usize, Duration)>) -> bool {
    match (most, last_retry) {
        (Some(most), Some((made, _))) => made < most,
        _ => true,
    }
}

/// The default policy of a source: 300 ms, doubled up to 5 s, without a limit on attempts.
pub const DEFAULT_RETRY: ExponentialBackoff =
    ExponentialBackoff::new(Duration::from_millis(300), 2.0, Some(Duration::from_secs(5)), None);
