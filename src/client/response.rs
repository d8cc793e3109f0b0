//! `EventStream` of HTTP bodies and responses.

use http_body::Body;

use super::chunks::BodyChunks;
use super::{EventStream, Rejected};
use crate::http_head::{content_encoding, is_event_stream};

impl<B> EventStream<BodyChunks<B>>
where
    B: Body,
{
    /// Reads a body, whatever its response says that it is.
    pub fn from_body(body: B) -> Self {
        EventStream::new(BodyChunks::new(body))
    }

    /// Reads the body of a response with status 200 and media type `text/event-stream` [connection 17, 18].
    ///
    /// # Errors
    ///
    /// When it has another status or type: the response comes back whole, so that its body can be read. What went
    /// wrong is told there.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// let response = http::Response::builder().status(429).body(String::from("slow down")).unwrap();
    /// let rejected = EventStream::from_response(response).unwrap_err();
    /// assert_eq!(rejected.to_string(), "expected status 200, got 429 Too Many Requests");
    /// assert_eq!(rejected.into_response().body(), "slow down");
    /// ```
    pub fn from_response(response: http::Response<B>) -> Result<Self, Rejected<B>> {
        let is_accepted = response.status() == http::StatusCode::OK
            && is_event_stream(response.headers())
            && content_encoding(response.headers()).is_none();
        if is_accepted {
            Ok(EventStream::from_body(response.into_body()))
        } else {
            Err(Rejected::new(response))
        }
    }
}
