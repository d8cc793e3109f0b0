//! `Start`, `Outcome`: where a follower was asked to begin, and whether it could.

use super::Gap;
use crate::server::LastEventId;

/// The position at which a follower begins. `&LastEventId` and `Option<&LastEventId>` convert into it.
///
/// ```
/// use eventwire::hub::Start;
/// use eventwire::server::LastEventId;
///
/// assert_eq!(Start::from(None), Start::Now);
/// let seen = LastEventId::from_bytes(b"81985529216486895-7").unwrap();
/// assert_eq!(Start::from(&seen), Start::After("81985529216486895-7"));
/// // To send the history to new clients:
/// assert_eq!(Some(&seen).map_or(Start::Oldest, Start::from), Start::After("81985529216486895-7"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start<'a> {
    /// The next event to be published.
    Now,
    /// The oldest event in the history.
    Oldest,
    /// The event after the one with this ID. The ID comes from the client and may be any text.
    After(&'a str),
    /// The last *n* events of the follower's topics.
    Last(usize),
}

impl<'a> From<&'a LastEventId> for Start<'a> {
    /// An empty ID, as a query may have one, is no ID: the client has seen nothing.
    fn from(id: &'a LastEventId) -> Self {
        match id.as_str() {
            "" => Start::Now,
            id => Start::After(id),
        }
    }
}

impl<'a> From<Option<&'a LastEventId>> for Start<'a> {
    fn from(id: Option<&'a LastEventId>) -> Self {
        id.map_or(Start::Now, Start::from)
    }
}

/// How a follower began. It is known before the response is sent, so a server can answer with another status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The client did not ask to resume.
    Fresh,
    /// The follower continues right after the client's last ID. Nothing is missing.
    Resumed {
        /// The number of events it will catch up on, of all topics; `None` if they are read from a log, page by page.
        missed: Option<u64>,
    },
    /// Events may be missing. The stream begins with an event that reports the gap.
    ///
    /// Answer with 200: any other status ends the `EventSource` of a browser for good, which is right only if the
    /// client should not go on.
    Gap(Gap),
    /// The client has seen the last event of a stream that has ended. Answer with 204, which tells a browser not to
    /// reconnect.
    Ended,
}
