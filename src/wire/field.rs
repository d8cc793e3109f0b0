//! `Field`: which field a line is.

use super::word::{begins_with, word_at, zero_bytes, WORD};

/// The kind of a line. `Unknown` is any field that the standard does not define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Data,
    Event,
    Id,
    Comment,
    Retry,
    Unknown,
}

/// What the first bytes of a line decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// More bytes are needed.
    Undecided,
    /// The field, and the index at which its value begins. The value of an unknown field is the whole line.
    Decided(Field, usize),
}

/// [parse 6](crate::_rules#parse-6) Names are compared byte by byte: no case folding, no trimming, no prefixes.
const NAMES: [(&[u8], Field); 4] =
    [(b"data", Field::Data), (b"event", Field::Event), (b"id", Field::Id), (b"retry", Field::Retry)];

/// How a line of each field begins in its usual form.
const USUAL: [(&[u8], Field); 4] =
    [(b"data: ", Field::Data), (b"event: ", Field::Event), (b"id: ", Field::Id), (b"retry: ", Field::Retry)];

/// The length of `event: ` and `retry: `: this many bytes decide the field of every line.
pub(crate) const LONGEST_NAME: usize = 7;

pub(crate) const COLON: u8 = b':';
pub(crate) const SPACE: u8 = b' ';

impl Start {
    /// Decides the field from the first bytes of a line.
    #[inline]
    pub(crate) fn of(line: &[u8]) -> Start {
        // [parse 5] A line that begins with a colon is a comment.
        if line.first() == Some(&COLON) {
            return Start::Decided(Field::Comment, 1);
        }
        let first = word_at(line, 0);
        for (start, field) in USUAL {
            let seen = line.len().min(start.len());
            // The line and `start` agree in the bytes that both have.
            if seen == 0 || (first ^ word_at(start, 0)) << (8 * (WORD - seen)) == 0 {
                return if seen < start.len() { Start::Undecided } else { Start::Decided(field, seen) };
            }
        }
        Start::of_unusual(line)
    }

    /// Decides the field of a line that does not begin with `data: `, `event: `, `id: ` or `retry: `.
    fn of_unusual(line: &[u8]) -> Start {
        let colon = line.iter().take(LONGEST_NAME).position(|byte| *byte == COLON);
        // [parse 5] One space after the colon is removed, but here there is none.
        match colon.and_then(|colon| Some((known(&line[..colon])?, colon + 1))) {
            Some((field, value)) => Start::Decided(field, value),
            None => Start::Decided(Field::Unknown, 0),
        }
    }
}

fn known(name: &[u8]) -> Option<Field> {
    let (_, field) = NAMES.iter().find(|(known, _)| *known == name)?;
    Some(*field)
}

/// Returns the field of a complete line without its line end, and the index at which its value begins.
#[inline]
pub(crate) fn field_of(line: &[u8]) -> (Field, usize) {
    if let Some((field, value)) = plain_field(line, 0) {
        return (field, value);
    }
    match Start::of(line) {
        Start::Decided(field, value) => (field, value),
        // The line ends at the name or at its colon: an empty value.
        Start::Undecided => whole_name(line),
    }
}

/// Returns the field of the line at `at` and the index at which its value begins, if the line is a comment, or a
/// `data`, `event` or `id` line in its usual form.
#[inline(always)]
pub(crate) fn plain_field(bytes: &[u8], at: usize) -> Option<(Field, usize)> {
    let word = word_at(bytes, at);
    if begins_with(word, b"data: ") {
        Some((Field::Data, at + 6))
    } else if begins_with(word, b"event: ") {
        Some((Field::Event, at + 7))
    } else if begins_with(word, b"id: ") {
        Some((Field::Id, at + 4))
    } else if begins_with(word, b":") {
        Some((Field::Comment, at + 1))
    } else {
        None
    }
}

/// [parse 9](crate::_rules#parse-9) An ID is ignored if it contains U+0000.
#[inline]
pub(crate) fn is_ignored_id(id: &[u8]) -> bool {
    match id.len() {
        len @ 0..=7 => zero_bytes(word_at(id, 0) | u64::MAX << (8 * len)) != 0,
        // Two words that may overlap.
        len @ 8..=16 => zero_bytes(word_at(id, 0)) | zero_bytes(word_at(id, len - WORD)) != 0,
        _ => memchr::memchr(0, id).is_some(),
    }
}

fn whole_name(line: &[u8]) -> (Field, usize) {
    match known(line.strip_suffix(&[COLON]).unwrap_or(line)) {
        Some(field) => (field, line.len()),
        None => (Field::Unknown, 0),
    }
}

/// Splits an unknown field by [parse 5](crate::_rules#parse-5): returns the end of its name and the start of its value.
pub(crate) fn split_field(line: &[u8]) -> (usize, usize) {
    match memchr::memchr(COLON, line) {
        Some(colon) if line.get(colon + 1) == Some(&SPACE) => (colon, colon + 2),
        Some(colon) => (colon, colon + 1),
        None => (line.len(), line.len()),
    }
}

/// The value of a `retry` line, as far as it has been read.
///
/// [parse 10](crate::_rules#parse-10) It is one or more ASCII digits in base ten; too large a number saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Digits {
    /// No digit yet.
    #[default]
    Empty,
    Number(u64),
    /// A byte was not a digit.
    Invalid,
}

impl Digits {
    /// Continues with more bytes of the value.
    #[must_use]
    pub(crate) fn and(self, value: &[u8]) -> Self {
        value.iter().fold(self, |digits, byte| {
            let before = match digits {
                Digits::Empty => 0,
                Digits::Number(number) => number,
                Digits::Invalid => return Digits::Invalid,
            };
            match byte.wrapping_sub(b'0') {
                digit @ 0..=9 => Digits::Number(before.saturating_mul(10).saturating_add(u64::from(digit))),
                _ => Digits::Invalid,
            }
        })
    }

    pub(crate) fn number(self) -> Option<u64> {
        match self {
            Digits::Number(number) => Some(number),
            Digits::Empty | Digits::Invalid => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_ignored_for_a_nul_at_any_index_and_for_no_other_byte() {
        for len in 0..40 {
            for at in 0..len {
                for byte in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
                    let mut id = [b'7'; 40];
                    id[at] = byte;
                    // The zeros after the ID do not belong to it.
                    id[len..].fill(0);
                    assert_eq!(is_ignored_id(&id[..len]), byte == 0, "{byte} at {at} of {len}");
                }
            }
            assert!(!is_ignored_id(&[b'7'; 40][..len]));
        }
    }
}
