//! `Start`, `Outcome`: where a follower begins, and how that turned out, before the response is sent.

use super::Gap;
use crate::server::LastEventId;

/// Where a follower begins. `Option<&LastEventId>` and `&LastEventId` become one.
///
/// ```
/// use eventwire::hub::Start;
/// use eventwire::server::LastEventId;
///
/// assert_eq!(Start::from(None), Start::Now);
/// let seen = LastEventId::from_bytes(b"81985529216486895-7").unwrap();
/// assert_eq!(Start::from(&seen), Start::After("81985529216486895-7"));
/// // A new client gets the history first:
/// assert_eq!(Some(&seen).map_or(Start::Oldest, Start::from), Start::After("81985529216486895-7"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start<'a> {
    /// With what is published from now on.
    Now,
    /// With the oldest event that is kept.
    Oldest,
    /// After the event with this ID, as the client sent it: any text at all.
    After(&'a str),
    /// With the last so many of the events that the follower takes.
    Last(usize),
}

impl<'a> From<&'a LastEventId> for Start<'a> {
    fn from(id: &'a LastEventId) -> Self {
        Start::After(id.as_str())
    }
}

impl<'a> From<Option<&'a LastEventId>> for Start<'a> {
    fn from(id: Option<&'a LastEventId>) -> Self {
        id.map_or(Start::Now, Start::from)
    }
}

/// What is known about a follower before it sends anything: whether to answer with a stream at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It did not ask to go on after an ID.
    Fresh,
    /// It goes on right after its ID, without a hole.
    Resumed {
        /// How many events it has missed, of all topics; `None` when they are read from a log, page by page.
        missed: Option<u64>,
    },
    /// It cannot go on without a hole. The stream begins with an event that reports the gap.
    ///
    /// Any other status than 200 ends the `EventSource` of a browser for good; that may be what you want for some
    /// gaps.
    Gap(Gap),
    /// It has seen all, and the end. Status 204 tells a browser not to come back.
    Ended,
}
