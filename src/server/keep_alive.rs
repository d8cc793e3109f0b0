//! `KeepAlive`: heartbeats for an idle connection, and its maximum age.

use core::time::Duration;

use crate::encode::Encoded;
use crate::timer::Timer;

/// Settings for the heartbeats of an idle [`EventBody`](crate::server::EventBody), and for its maximum age.
///
/// Proxies close idle connections, and many servers notice only when writing that a client is gone. A heartbeat is a
/// comment, which no client takes for an event. It is sent between events, only after nothing was sent for the interval
/// (default: 15 s), and only when the server polls the body: heartbeats do not pile up for a client that reads nothing.
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
/// With the feature `tokio`, `KeepAlive::default()` uses Tokio's timer. Cloning is cheap, so connections can share one
/// value.
#[derive(Clone, Debug)]
#[must_use = "does nothing until it is set on a body"]
pub struct KeepAlive {
    pub(super) timer: Timer,
    /// At least a millisecond; `Duration::MAX` means never.
    pub(super) interval: Duration,
    pub(super) beat: Encoded,
    pub(super) max_age: Option<Duration>,
}

impl KeepAlive {
    /// Sends an empty comment line after 15 s without traffic, using this timer: a [`Timer`], or a function from a
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
    /// The minimum is one millisecond, so that zero does not send continuously. `Duration::MAX` sends none. With a
    /// proxy in between, stay below 30 s: the shortest default after which one of the common proxies closes an idle
    /// stream.
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(SHORTEST);
        self
    }

    /// Sends comments with this text, one per line ([encoding 28](crate::_rules#encoding-28)).
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

    /// Sends an event instead of a comment, for clients that cannot see comments and must know that the server is
    /// alive.
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

    /// Ends the body at this age at the latest (default: never). The client then reconnects, perhaps to another server.
    ///
    /// Each body draws its own age between 80 % and 100 % of this, so that clients that connected together do not
    /// reconnect together: with one hour, ten thousand clients reconnect within 12 minutes. The age counts from the
    /// body's first chunk. Events that are ready are sent first, up to one chunk of them, then the event of
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

/// 15 s: below the usual 30 to 60 s after which proxies close an idle connection
/// ([encoding 29](crate::_rules#encoding-29)).
const INTERVAL: Duration = Duration::from_secs(15);

/// 1 ms: the resolution of most runtimes' timers.
const SHORTEST: Duration = Duration::from_millis(1);
