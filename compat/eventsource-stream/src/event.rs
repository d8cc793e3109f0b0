//! An event.

use alloc::string::String;
use core::time::Duration;

/// An event with owned text.
///
/// ```
/// use eventsource_stream::Event;
///
/// assert_eq!(Event::default().data, "");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The type; `message` if the stream names none.
    pub event: String,
    /// The data, its lines joined with LF.
    pub data: String,
    /// The last event ID, of this block or an earlier one; empty if there is none.
    pub id: String,
    /// The reconnection time of this block.
    pub retry: Option<Duration>,
}
