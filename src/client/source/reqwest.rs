//! `EventSource` and `EventStream` from reqwest's requests and responses.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::future::ready;

use ::reqwest::{Body, Client, Request, RequestBuilder, Response, ResponseBuilderExt};
use bytes::Bytes;
use http::{Method, Uri};

use super::super::chunks::BodyChunks;
use super::super::drain::DRAIN_TIME;
use super::super::reconnect::Policy;
use super::super::threads::AnyThread;
use super::super::{Answer, EventStream, Rejected};
use super::bodies::BoxError;
use super::kind::Kind;
use super::response_body::ResponseBody;
use super::EventSource;
use crate::timer::Timer;

/// Creates a source from a reqwest request, with Tokio's timer.
///
/// ```no_run
/// use eventwire::client::EventSource;
///
/// # async fn read(client: reqwest::Client, url: &str) -> Result<(), eventwire::client::EventSourceError> {
/// let mut source = EventSource::from(client.get(url));
/// while let Some(event) = source.next_event().await? {      // a lost connection is not an item
///     println!("{}", event.data());
/// }
/// # Ok(())
/// # }
/// ```
///
/// To send a fresh token with each attempt:
///
/// ```
/// use eventwire::client::EventSource;
/// # fn current_token() -> &'static str { "secret" }
///
/// # let client = reqwest::Client::new();
/// let source = EventSource::from(client.get("https://example.com/ticks")).with_request_hook(|request| {
///     if let Ok(bearer) = format!("Bearer {}", current_token()).parse() {
///         request.headers_mut().insert("authorization", bearer);
///     }
/// });
/// ```
///
/// A request that could not be built yields an error as the first item. A request whose body cannot be sent twice, such
/// as a stream, is sent once. Redirects are followed as the client is configured. A timeout of the request or the
/// client covers the whole connection: prefer [`with_idle_timeout`](EventSource::with_idle_timeout).
impl From<RequestBuilder> for EventSource {
    fn from(builder: RequestBuilder) -> Self {
        let (client, request) = builder.build_split();
        EventSource::sending(client, request.map_err(BoxError::from))
    }
}

impl EventSource {
    /// Reads the events of a reqwest request that a client sends. See `EventSource::from` for a `RequestBuilder`.
    pub fn from_reqwest(client: Client, request: Request) -> Self {
        EventSource::sending(client, Ok(request))
    }

    fn sending(client: Client, request: Result<Request, BoxError>) -> Self {
        let mut template = http::Request::new(Bytes::new());
        let mut is_repeatable = true;
        if let Ok(request) = &request {
            template.method_mut().clone_from(request.method());
            template.headers_mut().clone_from(request.headers());
            // A URL that is not a valid `Uri` is sent as it is, since only a redirect changes it.
            *template.uri_mut() = request.url().as_str().parse().unwrap_or_default();
            if let Some(body) = request.body() {
                is_repeatable = body.as_bytes().is_some();
                *template.body_mut() = Bytes::copy_from_slice(body.as_bytes().unwrap_or_default());
            }
        }
        let is_sendable = request.is_ok();
        let mut sending = Sending {
            client,
            request: Some(request),
            method: template.method().clone(),
            at: template.uri().clone(),
            body: template.body().clone(),
        };
        let connect: Box<<AnyThread as Kind>::Connect> = Box::new(move |request| sending.send(request));
        let source = EventSource::connecting(template, connect, Timer::tokio(), ());
        if is_repeatable && is_sendable {
            source
        } else {
            source.with_reconnect(Policy::never())
        }
    }
}

struct Sending {
    client: Client,
    /// `None` once a request that cannot be copied has been sent.
    request: Option<Result<Request, BoxError>>,
    method: Method,
    at: Uri,
    body: Bytes,
}

impl Sending {
    fn send(&mut self, wanted: http::Request<Bytes>) -> <AnyThread as Kind>::Connecting {
        let mut request = match self.next() {
            Ok(request) => request,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let (parts, body) = wanted.into_parts();
        *request.headers_mut() = parts.headers;
        // Apply the changes made by a redirect, a hook or another cursor.
        if parts.method != self.method {
            *request.method_mut() = parts.method;
            if self.body.is_empty() {
                *request.body_mut() = None;
            }
        }
        if body != self.body {
            *request.body_mut() = (!body.is_empty()).then(|| Body::from(body));
        }
        if parts.uri != self.at {
            match parts.uri.to_string().parse() {
                Ok(url) => *request.url_mut() = url,
                Err(error) => return Box::pin(ready(Err(BoxError::from(error)))),
            }
        }
        let response = self.client.execute(request);
        Box::pin(async move { Ok(with_url(response.await?).map(ResponseBody::new)) })
    }

    fn next(&mut self) -> Result<Request, BoxError> {
        if let Some(Ok(request)) = &self.request {
            if let Some(copy) = request.try_clone() {
                return Ok(copy);
            }
        }
        self.request.take().unwrap_or_else(|| Err("the body of the request cannot be sent again".into()))
    }
}

/// Reading a reqwest response.
impl EventStream<BodyChunks<Body>> {
    /// Reads the events of a reqwest response if it is an event stream. See
    /// [`from_response`](EventStream::from_response).
    ///
    /// ```no_run
    /// use eventwire::client::{EventStream, EndMark};
    ///
    /// # async fn read(request: reqwest::RequestBuilder) -> Result<(), Box<dyn std::error::Error>> {
    /// let response = request.send().await?;
    /// let mut events = EventStream::from_reqwest(response)?.with_end_mark(EndMark::data("[DONE]"));
    /// while let Some(event) = events.next_event().await? {
    ///     println!("{}", event.data());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the response if its status is not 200, its media type is not that of an event stream, or its content
    /// encoding has not been decoded. It is complete: `reqwest::Response::from(rejected.into_response())` reads its
    /// body, and has the same `url()`.
    ///
    /// To accept more, convert it first: `http::Response::from(response)` goes to
    /// [`from_response_if`](EventStream::from_response_if), and [`with_drain`](EventStream::with_drain) sets the timer.
    ///
    /// # Panics
    ///
    /// This function never panics, but a stream that waits for the rest of the body after its last event panics outside
    /// a Tokio runtime with time enabled.
    pub fn from_reqwest(response: Response) -> Result<Self, Rejected<Body>> {
        EventStream::from_response(with_url(response))
            .map(|events| events.with_drain(DRAIN_TIME, Timer::tokio()))
    }

    /// Reads the events of a successful reqwest response if it is an event stream; returns a response of another media
    /// type unchanged. See [`from_response_or_other`](EventStream::from_response_or_other).
    ///
    /// A server of MCP answers a call in either form:
    ///
    /// ```no_run
    /// use eventwire::client::{Answer, EventStream};
    /// # use std::error::Error;
    ///
    /// # async fn call(request: reqwest::RequestBuilder) -> Result<(), Box<dyn Error>> {
    /// let response = request.header("accept", "application/json, text/event-stream").send().await?;
    /// match EventStream::from_reqwest_or_other(response)? {
    ///     Answer::Events(mut events) => {
    ///         while let Some(event) = events.next_event().await? {
    ///             println!("{}", event.data());
    ///         }
    ///     }
    ///     Answer::Other(response) => println!("{}", reqwest::Response::from(response).text().await?),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the response if the status is not a success, or if an event stream has a content encoding that has not
    /// been decoded.
    ///
    /// # Panics
    ///
    /// Same as [`from_reqwest`](Self::from_reqwest).
    pub fn from_reqwest_or_other(response: Response) -> Result<Answer<Body>, Rejected<Body>> {
        Ok(match EventStream::from_response_or_other(with_url(response))? {
            Answer::Events(events) => Answer::Events(events.with_drain(DRAIN_TIME, Timer::tokio())),
            other => other,
        })
    }
}

/// Keeps the URL in the extension where reqwest looks for it when the response is converted back into one of its own.
fn with_url(response: Response) -> http::Response<Body> {
    let url = http::Response::builder().url(response.url().clone()).body(());
    let mut response = http::Response::from(response);
    if let Ok(url) = url {
        response.extensions_mut().extend(url.into_parts().0.extensions);
    }
    response
}
