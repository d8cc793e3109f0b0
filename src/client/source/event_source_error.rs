//! Why a client has given up.

use alloc::boxed::Box;
use core::fmt;
use core::time::Duration;
use std::error::Error;

use http::{Response, Uri};

use super::super::reconnect::Redirect;
use super::super::{Rejected, StreamError};
use super::response_body::{BoxError, ResponseBody};

/// Why an [`EventSource`](crate::client::EventSource) has given up. Always its last item.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventSourceError {
    /// No response came.
    #[non_exhaustive]
    Connect {
        /// What the HTTP client says.
        error: Box<dyn Error + Send + Sync>,
        /// How many attempts in a row have brought nothing, this one included.
        attempts: u32,
    },
    /// The response is no event stream [connection 17, 18]. It is here whole, with what the server says in its body.
    Rejected(Rejected<ResponseBody>),
    /// The response is a redirect that leads nowhere, or one too many [connection 22].
    Redirect(Box<Response<ResponseBody>>),
    /// The stream broke, and may not be begun again; or it says what a new connection would only repeat:
    /// [`StreamError::Decode`], [`StreamError::ErrorEvent`].
    Stream(StreamError<Box<dyn Error + Send + Sync>>),
    /// There was no good connection for as long as
    /// [`with_give_up_after`](crate::client::reconnect::Policy::with_give_up_after) allows.
    #[non_exhaustive]
    Time {
        /// How long.
        after: Duration,
        /// What went wrong last.
        last: Option<Box<EventSourceError>>,
    },
}

impl fmt::Display for EventSourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventSourceError::Connect { attempts: 1, .. } => f.write_str("no connection could be made"),
            EventSourceError::Connect { attempts, .. } => {
                write!(f, "no connection could be made in {attempts} attempts")
            }
            EventSourceError::Rejected(rejected) => fmt::Display::fmt(rejected, f),
            EventSourceError::Redirect(response) => match response.headers().get(http::header::LOCATION) {
                None => write!(f, "expected a Location with status {}, got none", response.status()),
                Some(found) if leads_nowhere(response) => {
                    write!(f, "expected a Location to go to with status {}, got {found:?}", response.status())
                }
                Some(found) => {
                    write!(f, "expected an end of redirects, got status {} to {found:?}", response.status())
                }
            },
            EventSourceError::Stream(error) => fmt::Display::fmt(error, f),
            EventSourceError::Time { after, .. } => {
                write!(f, "expected a connection within {after:?}, there was none")
            }
        }
    }
}

/// Whatever place it is a redirect from.
fn leads_nowhere(response: &Response<ResponseBody>) -> bool {
    let from = Uri::from_static("http://localhost/");
    Redirect::of(response.status(), response.headers(), &from).is_none()
}

impl Error for EventSourceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let inner: &BoxError = match self {
            EventSourceError::Connect { error, .. } => error,
            EventSourceError::Stream(StreamError::Transport { error, .. }) => error,
            EventSourceError::Stream(StreamError::Decode(error)) => return Some(error),
            EventSourceError::Time { last: Some(last), .. } => return Some(last),
            _ => return None,
        };
        Some(&**inner)
    }
}
