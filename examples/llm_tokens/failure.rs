//! Reasons why an answer is not complete.

use std::error::Error;
use std::io;

use eventwire::client::{JsonStreamError, Rejected, StreamError};
use reqwest::{Body, Response};

use super::dialect::error_words;
use super::http_client::words::words;

/// A failure: the exit status, and the reason in words.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) words: String,
}

impl Failure {
    fn new(code: u8, what: &str, why: &str) -> Self {
        Failure { code, words: format!("{what}: {}", why.trim_end()) }
    }

    /// There is no answer, or an unreadable one.
    fn none(why: &str) -> Self {
        Failure::new(1, "there is no answer", why)
    }

    /// The response is not an event stream; its body gives the reason.
    pub(crate) async fn rejected(rejected: Rejected<Body>) -> Self {
        let why = rejected.to_string();
        let body = Response::from(rejected.into_response()).text().await.unwrap_or_default();
        Failure::none(&format!("{why}\n{body}"))
    }
}

impl<E: Error + 'static> From<JsonStreamError<StreamError<E>>> for Failure {
    fn from(error: JsonStreamError<StreamError<E>>) -> Self {
        match &error {
            JsonStreamError::Stream(StreamError::ErrorEvent { event, .. }) => {
                Failure::new(4, "the server reported an error", &error_words(event))
            }
            JsonStreamError::Stream(StreamError::Decode(_) | StreamError::NotAnEventStream { .. })
            | JsonStreamError::Json { .. } => Failure::none(&words(&error)),
            // The connection was lost, or ended before the last event.
            _ => Failure::new(3, "the answer was cut off", &words(&error)),
        }
    }
}

impl From<Box<dyn Error>> for Failure {
    fn from(error: Box<dyn Error>) -> Self {
        Failure::none(&words(&*error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The reader has closed standard output.
            io::ErrorKind::BrokenPipe => Failure { code: 0, words: String::new() },
            _ => Failure::none(&error.to_string()),
        }
    }
}
