//! A stream that follows a script, and panics when it is polled after its end.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;

#[derive(Clone, Debug)]
pub(crate) enum Step<T> {
    Item(T),
    /// Returns `Pending` once, and wakes the task.
    Wait,
    /// Returns `Pending` from here on, without a wake-up.
    Silence,
    Panic,
}

/// A log of how a script was used.
#[derive(Debug, Default)]
pub(crate) struct Log {
    polls: AtomicUsize,
    is_dropped: AtomicBool,
}

impl Log {
    pub(crate) fn polls(&self) -> usize {
        self.polls.load(Relaxed)
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.is_dropped.load(Relaxed)
    }
}

pub(crate) struct Script<T> {
    steps: VecDeque<Step<T>>,
    has_ended: bool,
    log: Arc<Log>,
}

pub(crate) fn script<T>(steps: impl IntoIterator<Item = Step<T>>) -> (Script<T>, Arc<Log>) {
    let log = Arc::new(Log::default());
    (Script { steps: steps.into_iter().collect(), has_ended: false, log: Arc::clone(&log) }, log)
}

impl<T> Unpin for Script<T> {}

impl<T> Stream for Script<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        assert!(!self.has_ended, "polled after its end");
        self.log.polls.fetch_add(1, Relaxed);
        match self.steps.pop_front() {
            Some(Step::Item(item)) => Poll::Ready(Some(item)),
            Some(Step::Wait) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Silence) => {
                self.steps.push_front(Step::Silence);
                Poll::Pending
            }
            Some(Step::Panic) => panic!("as planned"),
            None => {
                self.has_ended = true;
                Poll::Ready(None)
            }
        }
    }
}

impl<T> Drop for Script<T> {
    fn drop(&mut self) {
        self.log.is_dropped.store(true, Relaxed);
    }
}
