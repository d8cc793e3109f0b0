//! The items of a source.

use eventsource_stream::Event as MessageEvent;

/// An item of an [`EventSource`](crate::EventSource).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A connection is open.
    Open,
    /// An event arrived.
    Message(MessageEvent),
}

impl From<MessageEvent> for Event {
    fn from(event: MessageEvent) -> Self {
        Event::Message(event)
    }
}

/// The state of an [`EventSource`](crate::EventSource).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ReadyState {
    /// It waits for a response or for the next attempt.
    Connecting = 0,
    /// It reads events.
    Open = 1,
    /// It has ended.
    Closed = 2,
}
