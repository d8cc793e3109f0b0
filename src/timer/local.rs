//! `LocalClock`: timers whose futures stay on one thread.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use super::start::{Sleep, Start};
use super::Timer;

/// Holds the futures of a timer that is not `Send`. The [`Timer`] it returns holds none of them: it requests a bell and
/// checks whether the bell has rung. `poll` rings the bells.
pub struct LocalClock {
    sleep: Box<MakeSleep>,
    asked: Arc<Asked>,
    running: Vec<(Arc<Bell>, LocalSleep)>,
}

type MakeSleep = dyn Fn(Duration) -> LocalSleep;

type LocalSleep = Pin<Box<dyn Future<Output = ()>>>;

/// A flag that is set once. No timer waits for it if the clock holds the only reference.
type Bell = AtomicBool;

/// The bells requested since the last poll.
type Asked = Mutex<Vec<(Arc<Bell>, Duration)>>;

impl LocalClock {
    pub(crate) fn new<S>(sleep: impl Fn(Duration) -> S + 'static) -> Self
    where
        S: Future + 'static,
    {
        let sleep = move |after| -> LocalSleep {
            let future = sleep(after);
            Box::pin(async move {
                future.await;
            })
        };
        LocalClock { sleep: Box::new(sleep), asked: Arc::default(), running: Vec::new() }
    }

    /// Returns a timer that waits as long as this clock is polled.
    pub(crate) fn timer(&self) -> Timer {
        Timer::starting(Remote(Arc::clone(&self.asked)))
    }

    /// Starts and polls the requested waits, and returns whether any bell has rung.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        // Not in the head of the loop, where the lock would be held while the user's function runs.
        let asked = mem::take(&mut *lock(&self.asked));
        for (bell, after) in asked {
            self.running.push((bell, (self.sleep)(after)));
        }
        let before = self.running.len();
        let mut is_left = 0;
        self.running.retain_mut(|(bell, sleep)| {
            if Arc::strong_count(bell) == 1 {
                is_left += 1;
                return false;
            }
            let has_rung = sleep.as_mut().poll(cx).is_ready();
            if has_rung {
                bell.store(true, Ordering::Relaxed);
            }
            !has_rung
        });
        before > self.running.len() + is_left
    }
}

impl fmt::Debug for LocalClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalClock").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

struct Remote(Arc<Asked>);

impl Start for Remote {
    fn start(self: Arc<Self>, after: Duration) -> Pin<Box<dyn Sleep>> {
        let bell = Remote::ask(&self.0, after);
        Box::pin(Waiting { asked: Arc::clone(&self.0), bell })
    }
}

impl Remote {
    fn ask(asked: &Asked, after: Duration) -> Arc<Bell> {
        let bell = Arc::new(Bell::new(false));
        lock(asked).push((Arc::clone(&bell), after));
        bell
    }
}

struct Waiting {
    asked: Arc<Asked>,
    bell: Arc<Bell>,
}

impl Future for Waiting {
    type Output = ();

    /// Stores no waker: the clock is polled with the same one, and polls again once the bell has rung.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.bell.load(Ordering::Relaxed) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Sleep for Waiting {
    fn reset(mut self: Pin<&mut Self>, after: Duration) {
        let bell = Remote::ask(&self.asked, after);
        self.bell = bell;
    }
}

/// A list without invariants is still valid after a panic.
fn lock(asked: &Asked) -> std::sync::MutexGuard<'_, Vec<(Arc<Bell>, Duration)>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}
