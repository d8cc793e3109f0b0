//! How long nothing may come.

use core::task::{ready, Context, Poll};
use core::time::Duration;

use crate::timer::{Alarm, Timer};

/// An alarm that any byte puts off. Runs only while somebody waits for bytes, so that a slow reader is not taken for
/// a silent server.
#[derive(Debug, Default)]
pub(super) struct Idle {
    limit: Option<(Timer, Duration)>,
    alarm: Alarm,
}

impl Idle {
    pub(super) fn new(after: Duration, timer: Timer) -> Self {
        let limit = (after != Duration::MAX).then_some((timer, after));
        Idle { limit, alarm: Alarm::default() }
    }

    /// Something came, or something new begins.
    pub(super) fn traffic(&mut self) {
        self.alarm.unset();
    }

    /// Says how long nothing has come once that is too long. Asked when there is nothing to read.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let Some((timer, after)) = &self.limit else { return Poll::Pending };
        if !self.alarm.is_set() {
            self.alarm.set(timer, *after);
        }
        ready!(self.alarm.poll(cx));
        Poll::Ready(*after)
    }
}
