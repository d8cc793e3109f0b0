//! The view: one of two looks, and a tally for both.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use eventwire::client::StateChange;
use eventwire::Frame;

use super::ended::Ended;

/// A look: the timeline or lines of JSON.
pub(crate) trait Look: Send {
    fn change(&mut self, change: &StateChange<'_>) -> io::Result<()>;
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()>;
    fn end(&mut self, ended: &Ended, tally: &Tally, last_event_id: &str) -> io::Result<()>;
}

pub(crate) struct View {
    look: Box<dyn Look>,
    pub(crate) tally: Tally,
}

impl View {
    pub(crate) fn new(look: impl Look + 'static) -> Self {
        View { look: Box::new(look), tally: Tally::default() }
    }

    pub(crate) fn change(&mut self, change: &StateChange<'_>) {
        if let StateChange::Open { .. } = change {
            self.tally.on_open();
        }
        // If the reader is gone, writing the next frame fails.
        let _ = self.look.change(change);
    }

    pub(crate) fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        if let Frame::Event(_) = frame {
            self.tally.events += 1;
        }
        self.look.frame(frame)
    }

    pub(crate) fn end(&mut self, ended: &Ended, last_event_id: &str) -> io::Result<()> {
        self.look.end(ended, &self.tally, last_event_id)
    }
}

pub(crate) fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Totals over all connections.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) events: u64,
    pub(crate) connections: u64,
    before: u64,
    now: u64,
}

impl Tally {
    fn on_open(&mut self) {
        self.connections += 1;
        self.before += self.now;
        self.now = 0;
    }

    /// Sets the number of bytes read of this connection.
    pub(crate) fn on_bytes(&mut self, now: u64) {
        self.now = now;
    }

    /// Returns the number of bytes read in total, up to the last frame of each connection.
    pub(crate) fn bytes(&self) -> u64 {
        self.before + self.now
    }
}
