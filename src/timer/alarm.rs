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
    is_set: bool,
}

impl Alarm {
    pub(crate) fn is_set(&self) -> bool {
        self.is_set
    }

    /// Sets the alarm to fire after this time.
    pub(crate) fn set(&mut self, timer: &Timer, after: Duration) {
        match &mut self.sleep {
            Some(sleep) => sleep.get_mut().as_mut().reset(after),
            None => self.sleep = Some(SyncWrapper::new(timer.start(after))),
        }
        self.is_set = true;
    }

    /// Cancels the alarm until it is set again.
    pub(crate) fn unset(&mut self) {
        self.is_set = false;
    }

    /// Polls the alarm. It fires once, and only if it is set.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) if self.is_set => {
                ready!(sleep.get_mut().as_mut().poll(cx));
                self.is_set = false;
                Poll::Ready(())
            }
            _ => Poll::Pending,
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("is_made", &self.sleep.is_some()).field("is_set", &self.is_set).finish()
    }
}
