//! How to reconnect.

use core::ops::RangeInclusive;
use core::time::Duration;

use http::StatusCode;

/// How a client that has lost its connection comes back.
///
/// ```
/// use std::time::Duration;
/// use eventwire::client::reconnect::Policy;
///
/// let reconnect = Policy::new()
///     .with_delay(Duration::from_secs(1))
///     .with_max_attempts(10)
///     .with_retry_on(Policy::is_transient);
/// ```
///
/// The wait before an attempt begins with the base delay: the server's `retry`, or else
/// [`with_delay`](Self::with_delay). It doubles with each attempt in a row that brought nothing, up to
/// [`with_max_backoff`](Self::with_max_backoff), and jitter adds up to as much again. An event sets it back, and so
/// does a connection that has held for [`with_stable_after`](Self::with_stable_after); status 200 alone does not.
#[derive(Clone, Debug)]
#[must_use = "does nothing until a client has it"]
pub struct Policy {
    pub(super) delay: Duration,
    pub(super) server_delays: RangeInclusive<Duration>,
    pub(super) max_backoff: Duration,
    pub(super) jitter_percent: u8,
    pub(super) stable_after: Duration,
    pub(super) max_attempts: Option<u32>,
    pub(super) give_up_after: Option<Duration>,
    pub(super) retry_on: fn(StatusCode) -> bool,
    pub(super) takes_any_media_type: bool,
}

impl Policy {
    /// What the standard says, with backoff: 3 s as in browsers, doubled up to 30 s, for ever.
    pub fn new() -> Self {
        Policy {
            delay: DELAY,
            server_delays: SHORTEST..=LONGEST,
            max_backoff: MAX_BACKOFF,
            jitter_percent: 100,
            stable_after: STABLE_AFTER,
            max_attempts: None,
            give_up_after: None,
            retry_on: |_| false,
            takes_any_media_type: false,
        }
    }

    /// One connection and no other: its end is the end.
    pub fn never() -> Self {
        Policy::new().with_max_attempts(0)
    }

    /// Sets the base delay that holds until the server sends one; 3 s unless told otherwise, zero is honoured.
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets between what bounds the server's `retry` and `Retry-After` are kept: 500 ms and 1 h unless told otherwise
    /// [connection 20].
    ///
    /// `retry: 0` is a storm of requests else, and a year a client that never comes back.
    pub fn with_server_delays(mut self, delays: RangeInclusive<Duration>) -> Self {
        self.server_delays = delays;
        self
    }

    /// Sets up to where the delay doubles; 30 s unless told otherwise. A longer base delay stays as it is.
    pub fn with_max_backoff(mut self, delay: Duration) -> Self {
        self.max_backoff = delay;
        self
    }

    /// Sets what a random part of each wait comes on top, in percent of it; 100 unless told otherwise.
    ///
    /// Clients that have lost their server together do not come back together.
    pub fn with_jitter_percent(mut self, percent: u8) -> Self {
        self.jitter_percent = percent;
        self
    }

    /// Sets how long a connection without events has to hold until it counts as a good one; 10 s unless told otherwise.
    pub fn with_stable_after(mut self, time: Duration) -> Self {
        self.stable_after = time;
        self
    }

    /// Gives up when so many attempts in a row to come back have brought nothing. No limit unless told otherwise.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Gives up when a client has been without a connection for so long. No limit unless told otherwise.
    pub fn with_give_up_after(mut self, time: Duration) -> Self {
        self.give_up_after = Some(time);
        self
    }

    /// Tries again after responses with these statuses too, and looks at their `Retry-After`; the standard ends at all
    /// but 200 [connection 17].
    pub fn with_retry_on(mut self, retry_on: fn(StatusCode) -> bool) -> Self {
        self.retry_on = retry_on;
        self
    }

    /// Reads bodies of every media type.
    pub fn with_any_media_type(mut self) -> Self {
        self.takes_any_media_type = true;
        self
    }

    /// Whether a status is one that passes: 408, 425, 429, and 5xx but for 501 and 505.
    #[must_use]
    pub fn is_transient(status: StatusCode) -> bool {
        match status.as_u16() {
            408 | 425 | 429 => true,
            501 | 505 => false,
            status => (500..600).contains(&status),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy::new()
    }
}

/// 3 s: what browsers take for "a few seconds".
const DELAY: Duration = Duration::from_secs(3);

/// 500 ms: two attempts a second at most, whatever a server says.
const SHORTEST: Duration = Duration::from_millis(500);

/// 1 h: a server that is down for the night is found again in the morning.
const LONGEST: Duration = Duration::from_secs(3600);

/// 30 s: a user who waits for a server sees it soon after it is back.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// 10 s: longer than a broken proxy takes to cut what it has accepted.
const STABLE_AFTER: Duration = Duration::from_secs(10);
