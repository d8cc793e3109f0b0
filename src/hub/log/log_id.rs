//! `LogId`: the ID of an entry in a log.

use alloc::string::String;
use core::fmt;

use crate::event::EventId;

/// The ID of an entry: two numbers, written `a-b` and compared as numbers.
///
/// The first identifies the numbering (the epoch of a [`Hub`](crate::hub::Hub)) or is a time (the milliseconds of a
/// Redis stream); the second counts within the first.
///
/// ```
/// use eventwire::hub::LogId;
///
/// let id = LogId::parse("1526919030474-55").unwrap();
/// assert!(id > LogId::new(1526919030474, 9));
/// assert_eq!(id.to_string(), "1526919030474-55");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId {
    first: u64,
    second: u64,
}

impl LogId {
    /// The ID before all entries: `0-0`. No entry has it.
    pub const ZERO: LogId = LogId::new(0, 0);

    /// Creates an ID from its numbers.
    #[must_use]
    pub const fn new(first: u64, second: u64) -> Self {
        LogId { first, second }
    }

    /// Returns the number before the hyphen.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.first
    }

    /// Returns the number after the hyphen.
    #[must_use]
    pub const fn second(self) -> u64 {
        self.second
    }

    /// Parses an ID strictly: it accepts only the spelling that `Display` writes.
    ///
    /// Returns `None` for any other text a client may send, such as `05-0`, `+5-0`, `5`, `5-`, ` 5-0`, numbers that
    /// exceed `u64`, or a megabyte of digits, in constant time and without allocating.
    ///
    /// ```
    /// use eventwire::hub::LogId;
    ///
    /// assert_eq!(LogId::parse("5-0"), Some(LogId::new(5, 0)));
    /// assert_eq!(LogId::parse("05-0"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (first, second) = text.split_once('-')?;
        Some(LogId { first: number(first)?, second: number(second)? })
    }

    /// Returns the smallest ID that is greater; `None` for the greatest ID.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match (self.first.checked_add(1), self.second.checked_add(1)) {
            (_, Some(second)) => Some(LogId { first: self.first, second }),
            (Some(first), None) => Some(LogId { first, second: 0 }),
            (None, None) => None,
        }
    }

    /// Returns the greatest ID that is smaller; `None` for [`ZERO`](Self::ZERO).
    ///
    /// A client that has seen it continues with `self`, so it serves as the ID of an event that reports a gap.
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match (self.first.checked_sub(1), self.second.checked_sub(1)) {
            (_, Some(second)) => Some(LogId { first: self.first, second }),
            (Some(first), None) => Some(LogId { first, second: u64::MAX }),
            (None, None) => None,
        }
    }
}

/// Parses digits without a sign or leading zeros.
fn number(digits: &str) -> Option<u64> {
    let is_canonical = match digits.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_canonical {
        digits.parse().ok()
    } else {
        None
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.second)
    }
}

impl From<LogId> for EventId {
    fn from(id: LogId) -> EventId {
        let mut digits = itoa::Buffer::new();
        let mut text = String::with_capacity(LONGEST);
        text.push_str(digits.format(id.first));
        text.push('-');
        text.push_str(digits.format(id.second));
        // Digits and a hyphen are always a valid ID.
        EventId::try_from(text).unwrap_or_default()
    }
}

/// Twice the digits of `u64::MAX`, and a hyphen.
const LONGEST: usize = 41;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn one_spelling_is_an_id_and_no_other() {
        for id in [LogId::ZERO, LogId::new(5, 0), LogId::new(u64::MAX, u64::MAX)] {
            assert_eq!(LogId::parse(&id.to_string()), Some(id));
        }
        let others = [
            "", "-", "5", "5-", "-5", "05-0", "5-00", "+5-0", "5-+0", " 5-0", "5-0 ", "5-0-0", "5--0", "5_0",
            "٥-0",
        ];
        for other in others {
            assert_eq!(LogId::parse(other), None, "{other:?}");
        }
        assert_eq!(LogId::parse("18446744073709551616-0"), None);
        assert_eq!(LogId::parse(&"9".repeat(1 << 20)), None);
    }

    #[test]
    fn next_and_previous_carry_into_the_first_number() {
        let edge = LogId::new(4, u64::MAX);
        assert_eq!(edge.next(), Some(LogId::new(5, 0)));
        assert_eq!(LogId::new(5, 0).previous(), Some(edge));
        assert_eq!(LogId::ZERO.previous(), None);
        assert_eq!(LogId::new(u64::MAX, u64::MAX).next(), None);
    }
}
