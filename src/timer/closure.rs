//! `Timer` from a function that turns a duration into a future.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::start::{Sleep, Start};

impl<F, S> Start for F
where
    F: Fn(Duration) -> S + Send + Sync + 'static,
    S: Future + Send + 'static,
{
    fn start(self: Arc<Self>, after: Duration) -> Pin<Box<dyn Sleep>> {
        let future = Some(self(after));
        Box::pin(Waiting { sleep: self, future })
    }
}

pin_project! {
    /// One future after the other, in the same allocation.
    struct Waiting<F, S> {
        sleep: Arc<F>,
        // `None` if there is nothing to wait for.
        #[pin]
        future: Option<S>,
    }
}

impl<F, S: Future> Future for Waiting<F, S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project().future.as_pin_mut() {
            Some(future) => future.poll(cx).map(drop),
            None => Poll::Ready(()),
        }
    }
}

impl<F, S> Sleep for Waiting<F, S>
where
    F: Fn(Duration) -> S + Send + Sync,
    S: Future + Send,
{
    fn reset(self: Pin<&mut Self>, after: Duration) {
        let mut this = self.project();
        // Dropped before the next future is made, so that one connection never has two timers.
        this.future.set(None);
        this.future.set(Some((this.sleep)(after)));
    }
}
