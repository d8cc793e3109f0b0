//! Why there is no whole answer.

use std::error::Error;
use std::fmt;
use std::io;

use eventwire::client::{JsonStreamError, Rejected, StreamError};
use reqwest::{Body, Response};

use super::dialect::error_words;
use super::http_client::words::words;

/// A failure, in words.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No answer came, or one that cannot be read.
    None(String),
    /// The answer broke off: the connection was lost, or ended before the last event.
    CutOff(String),
    /// The server has told an error in the middle of the answer.
    Told(String),
    /// Nobody reads on.
    Unheard,
}

impl Failure {
    /// What a response says that is no event stream.
    pub(crate) async fn rejected(rejected: Rejected<Body>) -> Self {
        let why = rejected.to_string();
        let body = Response::from(rejected.into_response()).text().await.unwrap_or_default();
        Failure::None(format!("{why}\n{}", body.trim_end()).trim_end().to_owned())
    }

    /// The status of the program.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::None(_) => 1,
            Failure::CutOff(_) => 3,
            Failure::Told(_) => 4,
            Failure::Unheard => 0,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::None(why) => write!(f, "there is no answer: {why}"),
            Failure::CutOff(why) => write!(f, "the answer was cut off: {why}"),
            Failure::Told(why) => write!(f, "the server broke its answer off: {why}"),
            Failure::Unheard => f.write_str("nobody reads the answer"),
        }
    }
}

impl<E: Error + 'static> From<StreamError<E>> for Failure {
    fn from(error: StreamError<E>) -> Self {
        match error {
            StreamError::ErrorEvent { event, .. } => Failure::Told(error_words(&event)),
            StreamError::Decode(_) => Failure::None(words(&error)),
            error => Failure::CutOff(words(&error)),
        }
    }
}

impl<E: Error + 'static> From<JsonStreamError<E>> for Failure {
    fn from(error: JsonStreamError<E>) -> Self {
        match error {
            JsonStreamError::Stream(error) => error.into(),
            error => Failure::None(error.to_string()),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Failure::None(words(&error))
    }
}

impl From<Box<dyn Error>> for Failure {
    fn from(error: Box<dyn Error>) -> Self {
        Failure::None(words(&*error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Unheard,
            _ => Failure::None(error.to_string()),
        }
    }
}
