//! `Clock`: heartbeats, the maximum age, and the wait before an error.

use core::task::{ready, Context, Poll};
use core::time::Duration;

use super::KeepAlive;
use crate::encode::Encoded;
use crate::timer::{part_of, random, Alarm};

/// Whether a body uses a clock.
#[derive(Debug)]
pub(super) enum Choice {
    /// Nothing was chosen: no clock, but an adapter may set one.
    Open,
    Without,
    With(Clock),
}

impl Choice {
    pub(super) fn with(keep_alive: KeepAlive) -> Self {
        Choice::With(Clock { keep_alive, beat: Alarm::default(), age: Alarm::default() })
    }

    pub(super) fn clock(&mut self) -> Option<&mut Clock> {
        match self {
            Choice::With(clock) => Some(clock),
            Choice::Open | Choice::Without => None,
        }
    }
}

/// The settings and their alarms.
#[derive(Debug)]
pub(super) struct Clock {
    keep_alive: KeepAlive,
    beat: Alarm,
    age: Alarm,
}

impl Clock {
    /// Records that bytes were sent: the next heartbeat is due one interval from now.
    /// [encoding 29](crate::_rules#encoding-29)
    pub(super) fn traffic(&mut self) {
        self.beat.unset();
    }

    /// Returns a heartbeat once it is due. Polled only when nothing else can be sent.
    pub(super) fn poll_beat(&mut self, cx: &mut Context<'_>) -> Poll<Encoded> {
        let KeepAlive { timer, interval, beat, .. } = &self.keep_alive;
        if *interval == Duration::MAX {
            return Poll::Pending;
        }
        if !self.beat.is_set() {
            self.beat.set(timer, *interval);
        }
        ready!(self.beat.poll(cx));
        Poll::Ready(beat.clone())
    }

    /// Starts the delay before an error. It replaces the heartbeat.
    pub(super) fn begin_flush(&mut self) {
        self.beat.set(&self.keep_alive.timer, FLUSH_TIME);
    }

    /// Waits until the last chunk has most likely been sent.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.beat.poll(cx)
    }

    /// Returns whether the body has reached its maximum age, counted from the first call. Returns `true` only once.
    pub(super) fn is_old(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(max_age) = self.keep_alive.max_age else { return false };
        if !self.age.is_set() {
            self.age.set(&self.keep_alive.timer, most_of(max_age, random()));
        }
        self.age.poll(cx).is_ready()
    }
}

/// Subtracts a random part of the last fifth from a duration.
fn most_of(time: Duration, random: u64) -> Duration {
    time - part_of(time / 5, random)
}

/// 100 ms. On an idle machine 1 ms is enough; with ten threads per core, 10 ms lost the events of 10 responses in
/// 5,000, because the thread that was about to send them had to wait.
const FLUSH_TIME: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_lies_in_the_last_fifth() {
        for time in [Duration::ZERO, Duration::from_nanos(7), Duration::from_secs(3600), Duration::MAX] {
            assert_eq!(most_of(time, 0), time);
            let least = most_of(time, u64::MAX);
            assert!(least >= time - time / 5 && least <= time, "{time:?}: {least:?}");
        }
        assert_eq!(most_of(Duration::from_secs(3600), 1 << 63), Duration::from_secs(3240));
        assert!(most_of(Duration::from_secs(3600), u64::MAX) < Duration::from_millis(2_880_001));
    }

    #[test]
    fn a_thousand_ages_are_spread() {
        let hour = Duration::from_secs(3600);
        let ages: Vec<_> = (0..1_000).map(|_| most_of(hour, random())).collect();
        for tenth in 0..10 {
            let from = Duration::from_secs(2880 + tenth * 72);
            let here = ages.iter().filter(|age| (from..=from + hour / 50).contains(*age)).count();
            assert!(here > 50, "{here} in tenth {tenth}");
        }
    }

    use alloc::vec::Vec;
}
