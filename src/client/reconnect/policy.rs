//! `Policy`: the user's settings for reconnecting.

use alloc::sync::Arc;
use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;

use http::{HeaderMap, StatusCode};

/// A policy for how a client reconnects after losing its connection.
///
/// ```
/// use std::time::Duration;
/// use eventwire::client::reconnect::Policy;
///
/// let policy = Policy::new()
///     .with_delay(Duration::from_secs(1))
///     .with_max_attempts(10)
///     .with_retry_on(|status, _| Policy::is_transient(status));
/// ```
///
/// The delay before an attempt starts from the base delay: the server's `retry`, or else
/// [`with_delay`](Self::with_delay). It doubles with each failed attempt in a row, up to
/// [`with_max_backoff`](Self::with_max_backoff), and random jitter is added. An event resets the backoff, and so does a
/// connection that has lasted for [`with_stable_after`](Self::with_stable_after); status 200 alone does not.
#[derive(Clone)]
#[must_use = "does nothing until it is set on a client"]
pub struct Policy {
    pub(super) delay: Duration,
    pub(super) server_delays: RangeInclusive<Duration>,
    pub(super) max_backoff: Duration,
    pub(super) backoff: Option<Arc<Backoff>>,
    /// `None` means 30 for the first wait in a row and 100 for the others.
    pub(super) jitter_percent: Option<u8>,
    pub(super) stable_after: Duration,
    pub(super) max_attempts: Option<u32>,
    pub(super) deadline: Option<Duration>,
    pub(super) retry_on: Option<Arc<RetryOn>>,
    pub(super) accepts_any_media_type: bool,
    pub(super) accepts_any_success: bool,
    pub(super) is_fail_fast: bool,
    pub(super) is_until_first_event: bool,
}

type Backoff = dyn Fn(u32, Duration) -> Duration + Send + Sync;

type RetryOn = dyn Fn(StatusCode, &HeaderMap) -> bool + Send + Sync;

impl Policy {
    /// Reconnects as the standard says, with backoff: 3 s as in browsers, doubled up to 30 s, without a limit on
    /// attempts.
    pub fn new() -> Self {
        Policy {
            delay: DELAY,
            server_delays: SHORTEST..=LONGEST,
            max_backoff: MAX_BACKOFF,
            backoff: None,
            jitter_percent: None,
            stable_after: STABLE_AFTER,
            max_attempts: None,
            deadline: None,
            retry_on: None,
            accepts_any_media_type: false,
            accepts_any_success: false,
            is_fail_fast: false,
            is_until_first_event: false,
        }
    }

    /// Allows a single connection: when it ends, the client ends. This is the default for POST.
    pub fn never() -> Self {
        Policy::new().with_max_attempts(0)
    }

    /// Retries until the first event has arrived, and never after it: for a request that should get one complete
    /// answer, such as a POST to a language model.
    ///
    /// It retries a refused connection, a connection that is lost before its first event, and the statuses of
    /// [`is_transient`](Self::is_transient), whose `Retry-After` it obeys: five times, starting with a delay of 500 ms.
    /// A connection also counts as lost when it exceeds a limit on silence, or when its body turns out to be no event
    /// stream. Each attempt repeats the request with its body and headers (such as `Idempotency-Key`). After the first
    /// event, the end of the connection ends the client, and its loss is an error: a second answer never follows the
    /// first half of another. With `EventSource::with_resume`, a loss after the first event is resumed by a request of
    /// its own instead; the original request is not repeated after that event either way.
    ///
    /// ```
    /// use eventwire::client::reconnect::Policy;
    ///
    /// let policy = Policy::until_first_event().with_max_attempts(2);
    /// ```
    ///
    /// **A request that was sent may have been executed**, even if no answer arrived. When the client gives up on a
    /// request that is not safe to repeat, the error says so: `EventSourceError::MayHaveRun`. If each request costs
    /// money, limit the attempts, or choose which failures are worth another one: here, a missing response and a refusal
    /// by status, but not a stream that falls silent.
    ///
    /// ```
    /// use eventwire::client::reconnect::Policy;
    /// use eventwire::client::{EventSource, EventSourceError};
    ///
    /// fn with_care(source: EventSource) -> EventSource {
    ///     source.with_reconnect(Policy::until_first_event()).with_retry(|why, _, delay| match why {
    ///         Some(EventSourceError::NoResponse { .. } | EventSourceError::Rejected(_)) => Some(delay),
    ///         _ => None,
    ///     })
    /// }
    /// ```
    pub fn until_first_event() -> Self {
        let mut policy = Policy::new().with_delay(EAGER_DELAY).with_max_attempts(EAGER_ATTEMPTS);
        policy.is_until_first_event = true;
        policy.with_retry_on(|status, _| Policy::is_transient(status))
    }

    /// Sets the base delay, used until the server sends one. Default: 3 s. Zero is allowed.
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Clamps the server's `retry` and `Retry-After` to this range. Default: 500 ms to 1 h
    /// ([connection 20](crate::_rules#connection-20)).
    ///
    /// Without the limits, `retry: 0` would cause a request storm, and `retry: 31536000000` a client that never
    /// returns.
    pub fn with_server_delays(mut self, delays: RangeInclusive<Duration>) -> Self {
        self.server_delays = delays;
        self
    }

    /// Sets the maximum of the doubled delay. Default: 30 s. A longer base delay is not shortened.
    pub fn with_max_backoff(mut self, delay: Duration) -> Self {
        self.max_backoff = delay;
        self
    }

    /// Computes each delay with a function, instead of doubling it up to [`with_max_backoff`](Self::with_max_backoff).
    ///
    /// The function receives the number of failures in a row, at least 1, and the base delay. Jitter is added to its
    /// result, and a longer `Retry-After` takes precedence.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::client::reconnect::Policy;
    ///
    /// let linear = Policy::new().with_backoff(|failures, base| base * failures.min(10)).with_jitter_percent(0);
    /// ```
    pub fn with_backoff(
        mut self,
        backoff: impl Fn(u32, Duration) -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.backoff = Some(Arc::new(backoff));
        self
    }

    /// Sets the maximum random jitter added to each delay, in percent of the delay; more than 100 is allowed. Default:
    /// 30 for the first delay after a stable connection, 100 for the following ones.
    ///
    /// Without jitter, clients that lost their server at the same time would all return at the same time.
    pub fn with_jitter_percent(mut self, percent: u8) -> Self {
        self.jitter_percent = Some(percent);
        self
    }

    /// Sets how long a connection without events must last to count as stable. Default: 10 s.
    pub fn with_stable_after(mut self, time: Duration) -> Self {
        self.stable_after = time;
        self
    }

    /// Sets the maximum number of reconnects in a row without success before the client gives up. Default: no limit.
    ///
    /// The first connection does not count: with 2, a server that never answers receives three requests. An event, or a
    /// connection that has become stable, resets the count. A restart by the user counts as a loss.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Gives up once the client has been without a stable connection for this long. Default: no deadline.
    pub fn with_deadline(mut self, time: Duration) -> Self {
        self.deadline = Some(time);
        self
    }

    /// Gives up if the first connection fails, for whatever reason; later losses are retried as usual.
    ///
    /// A wrong address or a server that is down is then reported immediately, instead of being retried forever.
    pub fn with_fail_fast(mut self) -> Self {
        self.is_fail_fast = true;
        self
    }

    /// Retries rejected responses for which the function returns `true`, and obeys their `Retry-After`. The standard
    /// gives up on every status other than 200 ([connection 17](crate::_rules#connection-17)). Default: none is
    /// retried.
    ///
    /// `Retry-After` may be a number of seconds, or a date, which is compared with the `Date` of the same response.
    ///
    /// The function receives the status and the headers. Responses that open a stream, redirects and 204 never reach
    /// it.
    ///
    /// ```
    /// use eventwire::client::reconnect::Policy;
    ///
    /// // The server can decide with a header: a 429 for an exhausted quota is then not retried.
    /// let policy = Policy::new().with_retry_on(|status, headers| match headers.get("x-should-retry") {
    ///     Some(says) => says == "true",
    ///     None => Policy::is_transient(status),
    /// });
    /// ```
    pub fn with_retry_on(
        mut self,
        retry_on: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.retry_on = Some(Arc::new(retry_on));
        self
    }

    /// Accepts bodies with any media type, or without one.
    pub fn with_any_media_type(mut self) -> Self {
        self.accepts_any_media_type = true;
        self
    }

    /// Accepts an event stream with any 2xx status, not only 200. 204 still means the end, and 205 has no body.
    pub fn with_any_success(mut self) -> Self {
        self.accepts_any_success = true;
        self
    }

    /// Returns whether a status is transient: 408, 425, 429, and 5xx except 501 and 505.
    #[must_use]
    pub fn is_transient(status: StatusCode) -> bool {
        match status.as_u16() {
            408 | 425 | 429 => true,
            501 | 505 => false,
            status => (500..600).contains(&status),
        }
    }

    pub(super) fn accepts_status(&self, status: StatusCode) -> bool {
        let has_body = !matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
        status == StatusCode::OK || self.accepts_any_success && status.is_success() && has_body
    }

    pub(super) fn retries(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        self.retry_on.as_ref().is_some_and(|retry_on| retry_on(status, headers))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy::new()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("delay", &self.delay)
            .field("server_delays", &self.server_delays)
            .field("max_backoff", &self.max_backoff)
            .field("has_backoff", &self.backoff.is_some())
            .field("jitter_percent", &self.jitter_percent)
            .field("stable_after", &self.stable_after)
            .field("max_attempts", &self.max_attempts)
            .field("deadline", &self.deadline)
            .field("has_retry_on", &self.retry_on.is_some())
            .field("accepts_any_media_type", &self.accepts_any_media_type)
            .field("accepts_any_success", &self.accepts_any_success)
            .field("is_fail_fast", &self.is_fail_fast)
            .field("is_until_first_event", &self.is_until_first_event)
            .finish()
    }
}

/// 3 s: what browsers use for the standard's "a few seconds".
const DELAY: Duration = Duration::from_secs(3);

/// 500 ms: at most two attempts per second, whatever a server asks for.
const SHORTEST: Duration = Duration::from_millis(500);

/// 1 h: a server that was down overnight is found again in the morning.
const LONGEST: Duration = Duration::from_secs(3600);

/// 30 s: users waiting for a server see it soon after it is back.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// 10 s: longer than a broken proxy takes to close a connection it has accepted.
const STABLE_AFTER: Duration = Duration::from_secs(10);

/// 500 ms: a user is waiting for the answer.
const EAGER_DELAY: Duration = Duration::from_millis(500);

/// 5: about half a minute with doubling and jitter, as long as users wait for an answer.
const EAGER_ATTEMPTS: u32 = 5;
