//! `Once`: the key that makes a repeated append the same one.

/// The key of an append: who publishes, and which of its events it is.
///
/// Two appends with equal keys are one: the second adds nothing and returns the ID of the first. A publisher's name is
/// random for each process unless the caller gives one; only with a name and numbers of its own does the promise
/// outlive a restart of the publisher.
///
/// An engine remembers the last [`WINDOW`](Self::WINDOW) numbers of a publisher at least (so that many appends may be
/// under way at once, and arrive in any order), and forgets publishers that have been silent for long. A number below
/// the window that it does not remember is [`Refused`](super::LogErrorKind::Refused): to add it might add it twice.
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
    /// How many numbers of one publisher an engine remembers at least: 1,024, far more than one process has under way.
    pub const WINDOW: u64 = 1024;

    /// Makes the key of a publisher's event; each event of it has a number of its own, rising.
    #[must_use]
    pub const fn new(publisher: &'a str, number: u64) -> Self {
        Once { publisher, number }
    }

    /// Makes the key of a single event, from what the caller knows it by.
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
