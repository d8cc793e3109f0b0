//! `KeepAlive::default`: the heartbeat with Tokio's timer.

use futures_core::Stream;

use super::clock::Choice;
use super::{EventBody, EventItem, KeepAlive};
use crate::timer::Timer;

impl Default for KeepAlive {
    /// Sends an empty comment line after 15 s without traffic, using Tokio's timer.
    ///
    /// ```
    /// use eventwire::Event;
    /// use eventwire::server::{EventBody, KeepAlive};
    /// use futures_util::stream;
    ///
    /// let body = EventBody::new(stream::pending::<Event>()).with_keep_alive(KeepAlive::default());
    /// ```
    fn default() -> Self {
        KeepAlive::new(Timer::tokio())
    }
}

impl<S> EventBody<S>
where
    S: Stream,
    S::Item: EventItem,
{
    /// Adds the default heartbeat unless the user has chosen one or turned it off.
    // Used by the adapters of frameworks that run on Tokio.
    #[allow(dead_code)]
    pub(crate) fn or_default_keep_alive(self) -> Self {
        match self.clock {
            Choice::Open => self.with_keep_alive(KeepAlive::default()),
            Choice::Without | Choice::With(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use futures_util::stream;

    use super::*;
    use crate::event::Event;

    fn has_timer(body: EventBody<stream::Pending<Event>>) -> bool {
        format!("{:?}", body.or_default_keep_alive()).contains("interval: 15s")
    }

    #[test]
    fn the_default_is_added_where_nothing_was_chosen() {
        let body = || EventBody::new(stream::pending());
        assert!(has_timer(body()));
        assert!(!has_timer(body().without_keep_alive()));
        let slow = KeepAlive::default().with_interval(core::time::Duration::from_secs(60));
        assert!(!has_timer(body().with_keep_alive(slow)));
    }
}
