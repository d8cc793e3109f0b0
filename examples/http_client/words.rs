//! What an error says, and all that stands behind it.

use std::error::Error;

pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        words.push_str(": ");
        words.push_str(&error.to_string());
        inner = error.source();
    }
    words
}
