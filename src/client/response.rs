//! `EventStream` from HTTP bodies and responses.

use alloc::boxed::Box;
use core::fmt;
use std::io::Read;

use http::response::Parts;
use http::{Response, Version};
use http_body::Body;

use super::chunks::{BodyChunks, ReadChunks};
use super::{is_event_stream, EventStream, Rejected};
use crate::http_head::{content_encoding, has_media_type};

/// A response that is either an event stream or something else, as from an API that streams on demand.
///
/// ```
/// use eventwire::client::{Answer, EventStream};
///
/// # fn read(response: http::Response<String>) -> Result<(), eventwire::client::Rejected<String>> {
/// match EventStream::from_response_or_other(response)? {
///     Answer::Events(events) => { /* read the events */ }
///     Answer::Other(response) => { /* read the JSON */ }
/// }
/// # Ok(())
/// # }
/// # let json = http::Response::builder().header("content-type", "application/json").body("{}".to_owned()).unwrap();
/// # read(json).unwrap();
/// ```
// Created and matched once per response: a box would cost more than the move.
#[allow(clippy::large_enum_variant)]
pub enum Answer<B> {
    /// The response is an event stream.
    Events(EventStream<BodyChunks<B>>),
    /// The response has another media type; it is untouched.
    Other(Response<B>),
}

impl<B> EventStream<BodyChunks<B>>
where
    B: Body,
{
    /// Reads a body, without checking the head of its response.
    pub fn from_body(body: B) -> Self {
        EventStream::new(BodyChunks::new(body))
    }

    /// Reads the body of a response with status 200 and media type `text/event-stream` ([connection 17, 18]).
    ///
    /// # Errors
    ///
    /// Returns the response if it has another status, another media type, or a content encoding that has not been
    /// decoded. Its body is unread: APIs describe their errors there.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// let response = http::Response::builder().status(429).body(String::from("slow down")).unwrap();
    /// let rejected = EventStream::from_response(response).unwrap_err();
    /// assert_eq!(rejected.to_string(), "expected status 200, got 429 Too Many Requests");
    /// assert_eq!(rejected.into_body(), "slow down");
    /// ```
    pub fn from_response(response: Response<B>) -> Result<Self, Rejected<B>> {
        EventStream::from_response_if(response, is_accepted)
    }

    /// Reads the body of a response whose head the function accepts, such as another success status or a missing media
    /// type.
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// let response = http::Response::builder().status(201).body(String::from("data: a\n\n")).unwrap();
    /// let events = EventStream::from_response_if(response, |head| head.status.is_success()).unwrap();
    /// assert_eq!(events.response_head().unwrap().status, 201);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the response if the function returns `false`, or if the body has a content encoding that has not been
    /// decoded.
    pub fn from_response_if(
        response: Response<B>,
        accepts: impl FnOnce(&Parts) -> bool,
    ) -> Result<Self, Rejected<B>> {
        EventStream::from_accepted(response, accepts, EventStream::from_body)
    }

    /// Reads the body of a successful response if it is an event stream; returns a response of another media type
    /// unchanged.
    ///
    /// # Errors
    ///
    /// Returns the response if the status is not a success, or if an event stream has a content encoding that has not
    /// been decoded.
    pub fn from_response_or_other(response: Response<B>) -> Result<Answer<B>, Rejected<B>> {
        if !response.status().is_success() {
            return Err(Rejected::new(response));
        }
        if !has_media_type(response.headers()) {
            return Ok(Answer::Other(response));
        }
        EventStream::from_response_if(response, |_| true).map(Answer::Events)
    }
}

impl<S> EventStream<S> {
    fn from_accepted<B>(
        response: Response<B>,
        accepts: impl FnOnce(&Parts) -> bool,
        read: impl FnOnce(B) -> Self,
    ) -> Result<Self, Rejected<B>> {
        let (head, body) = response.into_parts();
        if accepts(&head) && content_encoding(&head.headers).is_none() {
            let mut events = read(body);
            events.reader.draining.set_shared(head.version >= Version::HTTP_2);
            events.head = Some(Box::new(head));
            Ok(events)
        } else {
            Err(Rejected::new(Response::from_parts(head, body)))
        }
    }

    /// Returns the status, headers and extensions of the response that the stream was created from, if any; also after
    /// an error.
    #[must_use]
    pub fn response_head(&self) -> Option<&Parts> {
        self.head.as_deref()
    }
}

impl<R> EventStream<ReadChunks<R>>
where
    R: Read,
{
    /// Reads the body of a response with status 200 and media type `text/event-stream` from a blocking reader: see
    /// [`from_read`](Self::from_read).
    ///
    /// # Errors
    ///
    /// Same as [`from_response`](EventStream::from_response).
    ///
    /// ```
    /// use eventwire::client::EventStream;
    ///
    /// let page = http::Response::builder().header("content-type", "text/html").body(&b"<html>"[..]).unwrap();
    /// let rejected = EventStream::from_read_response(page).unwrap_err();
    /// assert_eq!(rejected.to_string(), "expected content type text/event-stream, got \"text/html\"");
    /// ```
    pub fn from_read_response(response: Response<R>) -> Result<Self, Rejected<R>> {
        EventStream::from_accepted(response, is_accepted, EventStream::from_read)
    }
}

fn is_accepted(head: &Parts) -> bool {
    is_event_stream(head.status, &head.headers)
}

impl<B> fmt::Debug for Answer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Events(events) => f.debug_tuple("Events").field(events).finish(),
            Answer::Other(response) => f.debug_tuple("Other").field(&response.status()).finish(),
        }
    }
}
