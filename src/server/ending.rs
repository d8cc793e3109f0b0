//! What ends a body before its stream does.

use alloc::boxed::Box;
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Context, Poll};

use sync_wrapper::SyncWrapper;

use crate::encode::Encoded;

/// The future that ends the body, and the last words.
#[derive(Default)]
pub(super) struct Ending {
    until: Option<SyncWrapper<Pin<Box<dyn End>>>>,
    pub(super) farewell: Option<Encoded>,
    /// It has come: the future is not asked again.
    is_due: bool,
}

impl Ending {
    /// Ends with this future too.
    pub(super) fn until(&mut self, end: impl Future + Send + 'static) {
        let mut end: Pin<Box<dyn End>> = Box::pin(end);
        if let Some(first) = self.until.take() {
            let mut first = first.into_inner();
            end = Box::pin(poll_fn(move |cx| match first.as_mut().poll_end(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => end.as_mut().poll_end(cx),
            }));
        }
        self.until = Some(SyncWrapper::new(end));
    }

    pub(super) fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(until) = &mut self.until else { return self.is_due };
        if until.get_mut().as_mut().poll_end(cx).is_ready() {
            self.is_due = true;
            self.until = None;
        }
        self.is_due
    }

    /// As if the future had ended.
    pub(super) fn come(&mut self) {
        self.is_due = true;
        self.until = None;
    }
}

/// A future, whatever it gives.
trait End: Send {
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

impl<F: Future + Send> End for F {
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx).map(drop)
    }
}
