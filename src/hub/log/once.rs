//! `Once`: the key that makes an append idempotent.

/// The key of an append: the name of a publisher, and the number of its event.
///
/// The second of two appends with equal keys adds nothing and returns the ID of the first. By default a publisher's
/// name is random for each process; to keep the promise across a restart, choose the name and the numbers yourself.
///
/// An engine remembers at least the last [`WINDOW`](Self::WINDOW) numbers of a publisher, so many appends may be in
/// flight and arrive in any order. It forgets publishers that have been silent for long. It rejects a number below the
/// window as [`Refused`](super::LogErrorKind::Refused), since the event may have been added before.
///
/// ```
/// use eventwire::hub::Once;
///
/// let once = Once::new("importer-3", 1042);
/// assert_eq!((once.publisher(), once.number()), ("importer-3", 1042));
/// assert_eq!(Once::key("order-7-paid"), Once::new("order-7-paid", 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Once<'a> {
    publisher: &'a str,
    number: u64,
}

impl<'a> Once<'a> {
    /// The least count of numbers that an engine remembers per publisher: 1,024, far more than a process has in flight.
    pub const WINDOW: u64 = 1024;

    /// Creates the key of one event of a publisher. Numbers ascend from event to event.
    #[must_use]
    pub const fn new(publisher: &'a str, number: u64) -> Self {
        Once { publisher, number }
    }

    /// Creates the key of a single event from any unique text.
    #[must_use]
    pub const fn key(key: &'a str) -> Self {
        Once::new(key, 0)
    }

    /// Returns the name of the publisher.
    #[must_use]
    pub const fn publisher(&self) -> &'a str {
        self.publisher
    }

    /// Returns the number of the event.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }
}
