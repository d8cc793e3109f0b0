//! `Host`: what the page has told, and what it is asked to do.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;

/// Something that the page shall do.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) what: What,
    /// Of a request or a timer.
    pub(crate) id: u32,
    pub(crate) millis: u32,
    pub(crate) first: String,
    pub(crate) second: String,
}

/// `source.mjs` knows these by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum What {
    /// Send a request to the first text, with the headers of the second.
    Fetch = 1,
    /// Come back after a time.
    Sleep,
    /// Forget a request or a timer.
    Cancel,
    /// An event: its type; its last event ID and its data, a line end between them.
    Event,
    /// A line for a log.
    Change,
    /// It is over; with an error, if there is one.
    Closed,
}

impl Wish {
    pub(crate) fn new(what: What) -> Self {
        Wish { what, id: 0, millis: 0, first: String::new(), second: String::new() }
    }

    pub(crate) fn sleep(after: Duration) -> Self {
        // 24 days are the longest timer of a browser.
        let millis = after.as_millis().min(i32::MAX as u128) as u32;
        Wish { millis, ..Wish::new(What::Sleep) }
    }

    pub(crate) fn saying(self, first: impl Into<String>, second: &str) -> Self {
        Wish { first: first.into(), second: second.to_owned(), ..self }
    }
}

/// What has come for a request or a timer. A timer has only an end.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) head: Option<(u16, String)>,
    pub(crate) chunks: VecDeque<Bytes>,
    pub(crate) end: Option<Result<(), String>>,
}

#[derive(Default)]
pub(crate) struct Host {
    wishes: RefCell<VecDeque<Wish>>,
    asked: RefCell<HashMap<u32, Progress>>,
    last_id: Cell<u32>,
}

impl Host {
    pub(crate) fn ask(host: &Rc<Host>, wish: Wish) -> Asked {
        let id = host.last_id.get() + 1;
        host.last_id.set(id);
        host.asked.borrow_mut().insert(id, Progress::default());
        host.wish(Wish { id, ..wish });
        Asked { id, host: Rc::clone(host) }
    }

    pub(crate) fn wish(&self, wish: Wish) {
        self.wishes(Some(wish));
    }

    pub(crate) fn wishes(&self, wishes: impl IntoIterator<Item = Wish>) {
        self.wishes.borrow_mut().extend(wishes);
    }

    pub(crate) fn next(&self) -> Option<Wish> {
        self.wishes.borrow_mut().pop_front()
    }

    /// Notes what the page tells. It may be about something that was cancelled.
    pub(crate) fn tell(&self, id: u32, note: impl FnOnce(&mut Progress)) {
        if let Some(progress) = self.asked.borrow_mut().get_mut(&id) {
            note(progress);
        }
    }
}

/// A request or a timer that is under way, until it is dropped.
///
/// Nothing wakes a task here: the page asks for the next wish after all that it tells.
pub(crate) struct Asked {
    id: u32,
    host: Rc<Host>,
}

impl Asked {
    pub(crate) async fn head(&self) -> Result<(u16, String), String> {
        poll_fn(|_| {
            self.look(|progress| match (progress.head.take(), &progress.end) {
                (Some(head), _) => Poll::Ready(Ok(head)),
                (None, Some(Err(error))) => Poll::Ready(Err(error.clone())),
                (None, _) => Poll::Pending,
            })
        })
        .await
    }

    pub(crate) async fn end(&self) {
        poll_fn(|_| {
            self.look(|progress| if progress.end.is_some() { Poll::Ready(()) } else { Poll::Pending })
        })
        .await;
    }

    pub(crate) fn poll_chunk(&self) -> Poll<Option<Result<Bytes, String>>> {
        self.look(|progress| match (progress.chunks.pop_front(), &progress.end) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(chunk))),
            (None, Some(end)) => Poll::Ready(end.clone().err().map(Err)),
            (None, None) => Poll::Pending,
        })
    }

    fn look<T>(&self, look: impl FnOnce(&mut Progress) -> Poll<T>) -> Poll<T> {
        self.host.asked.borrow_mut().get_mut(&self.id).map_or(Poll::Pending, look)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.host.asked.borrow_mut().remove(&self.id);
        self.host.wish(Wish { id: self.id, ..Wish::new(What::Cancel) });
    }
}
