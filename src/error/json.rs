//! `JsonError`: data that is not the expected JSON.

use alloc::boxed::Box;
use core::fmt;

use super::printable::Printable;

/// Data that is not the expected JSON: where the error was detected, and the text around that place.
///
/// ```
/// use eventwire::Event;
///
/// let event = Event::new(r#"{"price": oops}"#).with_type("tick");
/// let error = event.parse_json::<serde_json::Value>().unwrap_err();
/// assert_eq!((error.event_type(), error.offset()), ("tick", 10));
/// assert!(error.to_string().starts_with(
///     r#"data of event "tick" is not the expected JSON at byte 10, in `{"price": oops}`: expected value"#
/// ));
/// ```
#[derive(Debug)]
pub struct JsonError {
    // Boxed, because a result that can hold an error is as large as the error, and every value moves through one.
    failure: Box<Failure>,
}

#[derive(Debug)]
struct Failure {
    event_type: Box<str>,
    offset: usize,
    around: Box<str>,
    error: serde_json::Error,
}

impl JsonError {
    #[cold]
    pub(crate) fn new(event_type: &str, data: &str, error: serde_json::Error) -> Self {
        let offset = offset(data, &error);
        let around = around(data, offset).into();
        JsonError { failure: Box::new(Failure { event_type: event_type.into(), offset, around, error }) }
    }

    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.failure.event_type
    }

    /// The offset in the data of the byte where the error was detected.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.failure.offset as u64
    }

    /// The data around that byte, up to 40 bytes to each side.
    #[must_use]
    pub fn around(&self) -> &str {
        &self.failure.around
    }

    /// The error of `serde_json`.
    #[must_use]
    pub fn json(&self) -> &serde_json::Error {
        &self.failure.error
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { event_type, offset, around, error } = &*self.failure;
        write!(
            f,
            "data of event {event_type:?} is not the expected JSON at byte {offset}, in `{}`: {}",
            Printable(around),
            Printable(error),
        )
    }
}

/// The JSON reader counts lines, and in a line the bytes it has read.
fn offset(data: &str, error: &serde_json::Error) -> usize {
    let line = data.split_inclusive('\n').take(error.line().saturating_sub(1));
    let start: usize = line.map(str::len).sum();
    (start + error.column().saturating_sub(1)).min(data.len())
}

fn around(data: &str, offset: usize) -> &str {
    let from = (0..=offset.saturating_sub(AROUND)).rev().find(|at| data.is_char_boundary(*at));
    let to =
        (offset.saturating_add(AROUND).min(data.len())..=data.len()).find(|at| data.is_char_boundary(*at));
    &data[from.unwrap_or(0)..to.unwrap_or(data.len())]
}

/// 40 bytes: a key and its value, and short enough for a line of a log.
const AROUND: usize = 40;
