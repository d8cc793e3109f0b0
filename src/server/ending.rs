//! `Ending`: why a body ends before its stream, and the events sent at its end.

use alloc::boxed::Box;
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Context, Poll};

use sync_wrapper::SyncWrapper;

use super::BodyEnd;
use crate::encode::Encoded;

/// The future that ends the body, the reason for the end, and the events sent last.
#[derive(Default)]
pub(super) struct Ending {
    shutdown: Option<SyncWrapper<Pin<Box<dyn End>>>>,
    words: Option<Box<LastWords>>,
    /// Why the body must end although its stream has not. Once set, the future is not polled again.
    due: Option<BodyEnd>,
    /// The stream itself has ended, without an error.
    is_complete: bool,
}

#[derive(Default)]
struct LastWords {
    last_event: Option<Encoded>,
    farewell: Option<Encoded>,
}

impl Ending {
    /// Adds a future that ends the body.
    pub(super) fn add(&mut self, end: impl Future + Send + 'static) {
        let mut end: Pin<Box<dyn End>> = Box::pin(end);
        if let Some(first) = self.shutdown.take() {
            let mut first = first.into_inner();
            end = Box::pin(poll_fn(move |cx| match first.as_mut().poll_end(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => end.as_mut().poll_end(cx),
            }));
        }
        self.shutdown = Some(SyncWrapper::new(end));
    }

    pub(super) fn set_last_event(&mut self, event: Encoded) {
        self.words.get_or_insert_with(Box::default).last_event = Some(event);
    }

    pub(super) fn set_farewell(&mut self, event: Encoded) {
        self.words.get_or_insert_with(Box::default).farewell = Some(event);
    }

    pub(super) fn is_due(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(shutdown) = &mut self.shutdown else { return self.due.is_some() };
        if shutdown.get_mut().as_mut().poll_end(cx).is_ready() {
            self.come(BodyEnd::Shutdown);
        }
        self.due.is_some()
    }

    /// Records that the body must end now.
    pub(super) fn come(&mut self, why: BodyEnd) {
        self.due = Some(why);
        self.shutdown = None;
    }

    /// Records that the stream has ended.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Returns why the body ended.
    pub(super) fn why(&self) -> BodyEnd {
        match self.due {
            Some(why) if !self.is_complete => why,
            _ => BodyEnd::Complete,
        }
    }

    /// Records that the stream has failed: nothing is sent after that.
    pub(super) fn fail(&mut self) {
        self.due = Some(BodyEnd::Error);
        self.words = None;
    }

    /// Takes the next event to send at this end.
    pub(super) fn next_word(&mut self) -> Option<Encoded> {
        let words = self.words.as_mut()?;
        let last_event = if self.is_complete { words.last_event.take() } else { None };
        last_event.or_else(|| if self.due.is_some() { words.farewell.take() } else { None })
    }
}

/// A future whose output is ignored.
trait End: Send {
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

impl<F: Future + Send> End for F {
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.poll(cx).map(drop)
    }
}
