//! `Host`: what the page has reported, and what it is asked to do.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;

/// A command for the page.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) what: What,
    /// The number of a request or a timer.
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
    /// Report back after a time.
    Sleep,
    /// Forget a request or a timer.
    Cancel,
    /// An event: its type; its last event ID and its data, separated by a line end.
    Event,
    /// A line for a log.
    Change,
    /// The source has ended, perhaps with an error.
    Closed,
}

impl Command {
    pub(crate) fn new(what: What) -> Self {
        Command { what, id: 0, millis: 0, first: String::new(), second: String::new() }
    }

    pub(crate) fn sleep(after: Duration) -> Self {
        // 24 days: the longest timer of a browser.
        let millis = after.as_millis().min(i32::MAX as u128) as u32;
        Command { millis, ..Command::new(What::Sleep) }
    }

    pub(crate) fn saying(self, first: impl Into<String>, second: &str) -> Self {
        Command { first: first.into(), second: second.to_owned(), ..self }
    }
}

/// What the page reported for a request or a timer. A timer has only an end.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) head: Option<(u16, String)>,
    pub(crate) chunks: VecDeque<Bytes>,
    pub(crate) end: Option<Result<(), String>>,
}

#[derive(Default)]
pub(crate) struct Host {
    commands: RefCell<VecDeque<Command>>,
    asked: RefCell<HashMap<u32, Progress>>,
    last_id: Cell<u32>,
}

impl Host {
    pub(crate) fn ask(host: &Rc<Host>, command: Command) -> Asked {
        let id = host.last_id.get() + 1;
        host.last_id.set(id);
        host.asked.borrow_mut().insert(id, Progress::default());
        host.push(Command { id, ..command });
        Asked { id, host: Rc::clone(host) }
    }

    pub(crate) fn push(&self, command: Command) {
        self.extend(Some(command));
    }

    pub(crate) fn extend(&self, commands: impl IntoIterator<Item = Command>) {
        self.commands.borrow_mut().extend(commands);
    }

    pub(crate) fn next(&self) -> Option<Command> {
        self.commands.borrow_mut().pop_front()
    }

    /// Records a report of the page. It may concern something that was cancelled.
    pub(crate) fn tell(&self, id: u32, note: impl FnOnce(&mut Progress)) {
        if let Some(progress) = self.asked.borrow_mut().get_mut(&id) {
            note(progress);
        }
    }
}

/// A pending request or timer; dropping it cancels it.
///
/// Nothing wakes a task here: the page asks for the next command after each report.
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
        self.host.push(Command { id: self.id, ..Command::new(What::Cancel) });
    }
}
