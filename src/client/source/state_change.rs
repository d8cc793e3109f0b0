//! What an observer sees.

use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;

use http::response::Parts;
use http::{StatusCode, Uri};
use sync_wrapper::SyncWrapper;

use super::EventSourceError;

/// Something has changed about the connection of an [`EventSource`](crate::client::EventSource).
#[derive(Debug)]
#[non_exhaustive]
pub enum StateChange<'a> {
    /// A request is sent.
    #[non_exhaustive]
    Connecting {
        /// Where to.
        uri: &'a Uri,
        /// The last event ID, empty when there is none.
        last_event_id: &'a str,
        /// How many attempts in a row have brought nothing.
        failures: u32,
    },
    /// The last event ID is left out of the next request: HTTP cannot carry its control characters [connection 21].
    #[non_exhaustive]
    IdLeftOut {
        /// The ID.
        last_event_id: &'a str,
    },
    /// The server has sent the client to another place.
    #[non_exhaustive]
    Redirected {
        /// With what status.
        status: StatusCode,
        /// Where to.
        uri: &'a Uri,
    },
    /// The stream is open.
    #[non_exhaustive]
    Open {
        /// What stood above it.
        response: &'a Parts,
    },
    /// The connection is lost, or could not be made; it will be tried again.
    #[non_exhaustive]
    Waiting {
        /// What went wrong; nothing when the server closed the connection.
        why: Option<&'a EventSourceError>,
        /// After how long.
        delay: Duration,
        /// How many attempts in a row have brought nothing, this one included.
        failures: u32,
    },
    /// It is over: ended, given up, or closed.
    Closed,
}

/// The function that is told.
#[derive(Default)]
pub(super) struct Observer(Option<SyncWrapper<Observe>>);

type Observe = Box<dyn FnMut(&StateChange<'_>) + Send>;

impl Observer {
    pub(super) fn new(observe: impl FnMut(&StateChange<'_>) + Send + 'static) -> Self {
        Observer(Some(SyncWrapper::new(Box::new(observe))))
    }

    pub(super) fn tell(&mut self, change: StateChange<'_>) {
        if let Some(observe) = &mut self.0 {
            observe.get_mut()(&change);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "Observer",
            None => "no observer",
        })
    }
}
