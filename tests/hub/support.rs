//! Helpers to poll followers by hand.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use eventwire::hub::{Follow, LogId};
use eventwire::{events, Event};
use futures_util::Stream;

/// A waker that counts how often it is woken.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    pub(crate) fn woken(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The result of a poll; `None` when the follower waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Polled {
    Event(Event),
    Waits,
    End,
}

pub(crate) fn poll_with(follow: &mut Follow, waker: &Waker) -> Polled {
    match Pin::new(follow).poll_next(&mut Context::from_waker(waker)) {
        Poll::Pending => Polled::Waits,
        Poll::Ready(None) => Polled::End,
        Poll::Ready(Some(encoded)) => Polled::Event(decoded(encoded.as_bytes())),
    }
}

pub(crate) fn poll(follow: &mut Follow) -> Polled {
    poll_with(follow, &Waker::from(Arc::new(Count::default())))
}

/// All available events, without the checkpoint at the start of the stream.
pub(crate) fn drain(follow: &mut Follow) -> Vec<Event> {
    let mut events = drain_all(follow);
    events.retain(|event| event.event_type() != "checkpoint");
    events
}

pub(crate) fn drain_all(follow: &mut Follow) -> Vec<Event> {
    let mut events = Vec::new();
    while let Polled::Event(event) = poll(follow) {
        events.push(event);
    }
    events
}

pub(crate) fn data(events: &[Event]) -> Vec<&str> {
    events.iter().map(Event::data).collect()
}

/// The number of an event or a gap.
pub(crate) fn number(event: &Event) -> u64 {
    LogId::parse(event.id().expect("an ID")).expect("an ID of a hub").second()
}

/// Decodes one event. The bare `retry` line of a farewell becomes an event of type `retry`.
fn decoded(bytes: &[u8]) -> Event {
    let text = std::str::from_utf8(bytes).unwrap();
    let retry = text.lines().find_map(|line| line.strip_prefix("retry: "));
    let mut events = events(bytes);
    let event = events.next().map_or_else(|| Event::new("").with_type("retry"), |event| event.unwrap());
    assert!(events.next().is_none(), "{text}");
    match retry {
        Some(millis) => event.with_retry(Duration::from_millis(millis.parse().unwrap())),
        None => event,
    }
}
