//! `KeepAlive`: heartbeats for an idle connection, and its maximum age.

use core::time::Duration;

use crate::encode::Encoded;
use crate::timer::Timer;

/// Heartbeats for an [`EventBody`](crate::server::EventBody) that has nothing to send, and a maximum age.
///
/// Proxies cut connections on which nothing moves, and many a server notices only when it writes that a client has gone.
/// A heartbeat is a comment, which no reader takes for an event. It goes between events, only after nothing was sent
/// for the interval (default: 15 s), and only when the server asks for more: a client that reads nothing does not pile
/// them up.
///
/// ```
/// use std::time::Duration;
/// use eventwire::Event;
/// use eventwire::server::{EventBody, KeepAlive};
/// use futures_util::stream;
///
/// let keep_alive = KeepAlive::new(tokio::time::sleep).with_interval(Duration::from_secs(30));
/// let body = EventBody::new(stream::pending::<Event>()).with_keep_alive(keep_alive);
/// ```
///
/// With the feature `tokio` there is `KeepAlive::default()`. Cheap to clone, so that connections can share one.
#[derive(Clone, Debug)]
#[must_use = "does nothing until a body has it"]
pub struct KeepAlive {
    pub(super) timer: Timer,
    /// At least a millisecond; `Duration::MAX` for never.
    pub(super) interval: Duration,
    pub(super) beat: Encoded,
    pub(super) max_age: Option<Duration>,
}

impl KeepAlive {
    /// Sends a bare comment line after 15 s without traffic, with this timer: a [`Timer`], or a function from a
    /// duration to a future, such as the `sleep` of a runtime.
    pub fn new(timer: impl Into<Timer>) -> Self {
        KeepAlive { timer: timer.into(), interval: INTERVAL, beat: Encoded::heartbeat(), max_age: None }
    }

    /// Sets the timer.
    pub fn with_timer(mut self, timer: impl Into<Timer>) -> Self {
        self.timer = timer.into();
        self
    }

    /// Sets the time without traffic after which a heartbeat is sent (default: 15 s).
    ///
    /// At least a millisecond, so that zero does not send without a pause. `Duration::MAX` sends none. Over a proxy,
    /// stay below 30 s: the shortest default after which one of the usual proxies cuts an idle stream.
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(SHORTEST);
        self
    }

    /// Sends comments with this text, a line each [encoding 28](crate::_rules#encoding-28).
    ///
    /// ```
    /// use eventwire::server::KeepAlive;
    ///
    /// let keep_alive = KeepAlive::new(tokio::time::sleep).with_comment(" still here");
    /// ```
    pub fn with_comment(mut self, text: &str) -> Self {
        self.beat = Encoded::comment(text);
        self
    }

    /// Sends an event, for clients that cannot see comments and have to know that the server lives.
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::KeepAlive;
    ///
    /// let ping = Event::new("").with_type("ping");
    /// let keep_alive = KeepAlive::new(tokio::time::sleep).with_event(ping);
    /// ```
    pub fn with_event(mut self, event: impl Into<Encoded>) -> Self {
        self.beat = event.into();
        self
    }

    /// Ends the body at this age at the latest (default: never); the client reconnects, perhaps to another server.
    ///
    /// Each body draws its own age between 80 % and 100 % of this, so that clients who connected together do not
    /// reconnect together: with an hour, ten thousand reconnect within 12 minutes. Counts from the body's first chunk.
    /// Events that are ready go out first, up to a chunk of them, then
    /// [`with_farewell`](crate::server::EventBody::with_farewell).
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::server::KeepAlive;
    ///
    /// let keep_alive = KeepAlive::new(tokio::time::sleep).with_max_age(Duration::from_secs(3600));
    /// ```
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }
}

/// 15 s: below the usual 30 to 60 s after which proxies cut an idle connection [encoding 29](crate::_rules#encoding-29).
const INTERVAL: Duration = Duration::from_secs(15);

/// 1 ms: as fine as the timers of most runtimes.
const SHORTEST: Duration = Duration::from_millis(1);
