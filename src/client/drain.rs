//! `Drain`: reads a body to its end after the last event, so that its connection can be reused.

use core::task::{Context, Poll};
use core::time::Duration;

use bytes::Bytes;

use crate::timer::{Alarm, Timer};

/// How draining the rest of a body ended, after the last event of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drained {
    /// The body was read to its end: its connection can be reused.
    Complete,
    /// The body did not end within the time or byte limit, and was dropped.
    GaveUp,
    /// The body failed.
    Failed,
}

/// The limits and the outcome.
#[derive(Debug, Default)]
pub(super) struct Drain {
    mode: Mode,
    alarm: Alarm,
    bytes: usize,
    outcome: Option<Drained>,
    /// Whether the connection can be used again anyway, because it has other streams: HTTP/2.
    is_shared: bool,
}

#[derive(Debug, Default)]
enum Mode {
    /// Reads what is ready, without waiting.
    #[default]
    Ready,
    Wait(Duration, Timer),
    Off,
    /// Leaves the rest of the body to the user.
    Keep,
}

impl Drain {
    pub(super) fn wait(&mut self, limit: Duration, timer: Timer) {
        self.mode = Mode::Wait(limit, timer);
    }

    pub(super) fn turn_off(&mut self) {
        self.mode = Mode::Off;
    }

    pub(super) fn keep_rest(&mut self) {
        self.mode = Mode::Keep;
    }

    pub(super) fn keeps_rest(&self) -> bool {
        matches!(self.mode, Mode::Keep)
    }

    pub(super) fn begin(&mut self) {
        self.alarm.unset();
        self.bytes = 0;
        self.outcome = None;
        self.is_shared = false;
    }

    /// Sets whether the connection has other streams.
    pub(super) fn set_shared(&mut self, is_shared: bool) {
        self.is_shared = is_shared;
    }

    pub(super) fn outcome(&self) -> Option<Drained> {
        self.outcome
    }

    /// Reads and discards, until the body ends or a limit is reached.
    pub(super) fn poll<E>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll_chunk: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<Bytes, E>>>,
    ) -> Poll<()> {
        if self.keeps_rest() {
            return Poll::Ready(());
        }
        let outcome = loop {
            if matches!(self.mode, Mode::Off) || self.bytes > MOST_BYTES {
                break Drained::GaveUp;
            }
            match poll_chunk(cx) {
                // An empty chunk counts too: a server that sends only empty chunks must not keep us busy forever.
                Poll::Ready(Some(Ok(chunk))) => self.bytes += chunk.len().max(1),
                Poll::Ready(Some(Err(_))) => break Drained::Failed,
                Poll::Ready(None) => break Drained::Complete,
                Poll::Pending => {
                    let (Mode::Wait(limit, timer), false) = (&self.mode, self.is_shared) else {
                        break Drained::GaveUp;
                    };
                    if !self.alarm.is_set() {
                        self.alarm.set(timer, *limit);
                    }
                    if self.alarm.poll_after_others(cx).is_pending() {
                        return Poll::Pending;
                    }
                    break Drained::GaveUp;
                }
            }
        };
        self.outcome = Some(outcome);
        Poll::Ready(())
    }
}

/// 50 ms: the end of a body directly follows its last event, and a new connection costs about as much.
pub(super) const DRAIN_TIME: Duration = Duration::from_millis(50);

/// 64 KiB: about what can be read after the last event without costing more than a new connection.
const MOST_BYTES: usize = 64 * 1024;
