//! `SourceItem`: an event or a change of the connection, owned.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use http::response::Parts;
use http::{StatusCode, Uri};

use super::super::threads::AnyThread;
use super::kind::Threads;
use super::state_change::StateChange;
use super::EventSourceError;
use crate::event::Event;

/// An event or an owned [`StateChange`], in the order in which they happened, as returned by
/// [`EventSource::next_item`](crate::client::EventSource::next_item).
///
/// Closing the source is not an item: it is the end of the items.
#[non_exhaustive]
pub enum SourceItem<K: Threads = AnyThread> {
    /// An event.
    Event(Event),
    /// A request is being sent.
    #[non_exhaustive]
    Connecting {
        /// The URI that the request is sent to.
        uri: Uri,
        /// The last event ID, empty if there is none.
        last_event_id: String,
        /// The number of attempts in a row that have failed.
        failures: u32,
    },
    /// The last event ID is omitted from the next request. See [`StateChange::IdLeftOut`].
    #[non_exhaustive]
    IdLeftOut {
        /// The ID.
        last_event_id: String,
    },
    /// The server has redirected the client to another URI.
    #[non_exhaustive]
    Redirected {
        /// The status of the redirect.
        status: StatusCode,
        /// The new URI.
        uri: Uri,
    },
    /// The stream is open.
    #[non_exhaustive]
    Open {
        /// The head of the response.
        response: Box<Parts>,
    },
    /// The connection was lost or could not be established; the source will try again.
    #[non_exhaustive]
    Waiting {
        /// The error; `None` if the server closed the connection: see [`StateChange::Waiting`]. The item owns it, so it
        /// is not the `last` error of a later [`Attempts`](EventSourceError::Attempts) or
        /// [`Deadline`](EventSourceError::Deadline).
        why: Option<EventSourceError<K>>,
        /// The time until the next attempt.
        delay: Duration,
        /// The number of attempts in a row that have failed, including this one.
        failures: u32,
    },
}

impl<K: Threads> SourceItem<K> {
    /// Returns an owned copy of a change; `None` for changes that are not items.
    pub(super) fn of(change: &StateChange<'_, K>) -> Option<Self> {
        match *change {
            StateChange::Connecting { uri, last_event_id, failures } => Some(SourceItem::Connecting {
                uri: uri.clone(),
                last_event_id: last_event_id.into(),
                failures,
            }),
            StateChange::IdLeftOut { last_event_id } => {
                Some(SourceItem::IdLeftOut { last_event_id: last_event_id.into() })
            }
            StateChange::Redirected { status, uri } => {
                Some(SourceItem::Redirected { status, uri: uri.clone() })
            }
            StateChange::Open { response } => Some(SourceItem::Open { response: Box::new(response.clone()) }),
            StateChange::Waiting { .. } | StateChange::Closed { .. } => None,
        }
    }

    /// Returns the change that the item was made from; `None` for an event.
    fn as_change(&self) -> Option<StateChange<'_, K>> {
        Some(match self {
            SourceItem::Event(_) => return None,
            SourceItem::Connecting { uri, last_event_id, failures } => {
                StateChange::Connecting { uri, last_event_id, failures: *failures }
            }
            SourceItem::IdLeftOut { last_event_id } => StateChange::IdLeftOut { last_event_id },
            SourceItem::Redirected { status, uri } => StateChange::Redirected { status: *status, uri },
            SourceItem::Open { response } => StateChange::Open { response },
            SourceItem::Waiting { why, delay, failures } => {
                StateChange::Waiting { why: why.as_ref(), delay: *delay, failures: *failures }
            }
        })
    }
}

impl<K: Threads> fmt::Debug for SourceItem<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.as_change()) {
            // Prints no header values.
            (_, Some(change)) => change.fmt(f),
            (SourceItem::Event(event), None) => f.debug_tuple("Event").field(event).finish(),
            (_, None) => f.write_str("SourceItem"),
        }
    }
}
