//! `Alarm`: a reusable wait.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::start::Sleep;
use super::Timer;

/// A reusable alarm. It allocates nothing until it is set for the first time, and one box after that.
#[derive(Default)]
pub(crate) struct Alarm {
    sleep: Option<SyncWrapper<Pin<Box<dyn Sleep>>>>,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unset,
    Set,
    /// The time has passed, and other tasks were let run this often since.
    Passed(u8),
}

impl Alarm {
    pub(crate) fn is_set(&self) -> bool {
        self.state != State::Unset
    }

    /// Sets the alarm to fire after this time.
    pub(crate) fn set(&mut self, timer: &Timer, after: Duration) {
        match &mut self.sleep {
            Some(sleep) => sleep.get_mut().as_mut().reset(after),
            None => self.sleep = Some(SyncWrapper::new(timer.start(after))),
        }
        self.state = State::Set;
    }

    /// Cancels the alarm until it is set again.
    pub(crate) fn unset(&mut self) {
        self.state = State::Unset;
    }

    /// Polls the alarm. It fires once, and only if it is set.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.state == State::Set => {
                ready!(sleep.get_mut().as_mut().poll(cx));
                self.state = State::Unset;
                Poll::Ready(())
            }
            _ => Poll::Pending,
        }
    }

    /// Polls an alarm about a peer. It does not fire if the peer's bytes arrived while the thread was busy: once the
    /// time has passed, it first lets the tasks run that pass these bytes on.
    // Used only by clients.
    #[allow(dead_code)]
    pub(crate) fn poll_after_others(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.state == State::Set {
            ready!(self.poll(cx));
            self.state = State::Passed(0);
        }
        match self.state {
            State::Passed(yields) if yields < MOST_YIELDS => {
                self.state = State::Passed(yields + 1);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            State::Passed(_) => {
                self.state = State::Unset;
                Poll::Ready(())
            }
            State::Set | State::Unset => Poll::Pending,
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("is_made", &self.sleep.is_some()).field("state", &self.state).finish()
    }
}

/// 4: one for the task of the connection, and some for whatever is in between. A body that is polled twice a turn, as
/// hyper does, uses up two.
const MOST_YIELDS: u8 = 4;
