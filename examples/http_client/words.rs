//! Short messages for errors.

use std::error::Error;

/// The error and its root cause; the errors in between only pass it on.
pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    if let Some(cause) = cause(error) {
        words.push_str(": ");
        words.push_str(&cause.to_string());
    }
    words
}

/// Returns the innermost source of an error.
pub(crate) fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(|error| error.source()) {
        cause = Some(inner);
    }
    cause
}
