//! Requests and responses of reqwest's.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::future::ready;

use ::reqwest::{Body, Client, Request, RequestBuilder, Response};
use bytes::Bytes;
use http::Uri;

use super::super::chunks::BodyChunks;
use super::super::reconnect::Policy;
use super::super::{EventStream, Rejected};
use super::connect::{Connect, Connecting};
use super::response_body::{BoxError, ResponseBody};
use super::EventSource;
use crate::timer::Timer;

/// The events of a request of reqwest's, with Tokio's timer.
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
/// A request that could not be built is the first item. One whose body cannot be sent twice, a stream, is sent once.
/// Redirects are followed as the client is set. A timeout of the request or the client is that of a whole
/// connection: rather set [`with_idle_timeout`](EventSource::with_idle_timeout).
impl From<RequestBuilder> for EventSource {
    fn from(builder: RequestBuilder) -> Self {
        let (client, request) = builder.build_split();
        EventSource::sending(client, request.map_err(BoxError::from))
    }
}

impl EventSource {
    /// The events of a request of reqwest's that a client sends. As `EventSource::from` a `RequestBuilder`.
    pub fn from_reqwest(client: Client, request: Request) -> Self {
        EventSource::sending(client, Ok(request))
    }

    fn sending(client: Client, request: Result<Request, BoxError>) -> Self {
        let mut template = http::Request::new(Bytes::new());
        let mut is_repeatable = true;
        if let Ok(request) = &request {
            template.method_mut().clone_from(request.method());
            template.headers_mut().clone_from(request.headers());
            // What is no URI is sent as it is, since only a redirect changes it.
            *template.uri_mut() = request.url().as_str().parse().unwrap_or_default();
            is_repeatable = request.body().map_or(true, |body| body.as_bytes().is_some());
        }
        let at = template.uri().clone();
        let is_sendable = request.is_ok();
        let source = EventSource::connecting(
            template,
            Box::new(Sending { client, request: Some(request), at }),
            Timer::tokio(),
        );
        match is_repeatable && is_sendable {
            true => source,
            false => source.with_reconnect(Policy::never()),
        }
    }
}

struct Sending {
    client: Client,
    /// None when it had to be sent as it is.
    request: Option<Result<Request, BoxError>>,
    at: Uri,
}

impl Connect for Sending {
    fn connect(&mut self, as_told: http::Request<Bytes>) -> Connecting {
        let mut request = match self.next() {
            Ok(request) => request,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let (parts, _) = as_told.into_parts();
        *request.headers_mut() = parts.headers;
        if *request.method() != parts.method {
            // A redirect asks for another method, without a body.
            *request.method_mut() = parts.method;
            *request.body_mut() = None;
        }
        if parts.uri != self.at {
            match parts.uri.to_string().parse() {
                Ok(url) => *request.url_mut() = url,
                Err(error) => return Box::pin(ready(Err(BoxError::from(error)))),
            }
        }
        let response = self.client.execute(request);
        Box::pin(async move { Ok(http::Response::from(response.await?).map(ResponseBody::new)) })
    }
}

impl Sending {
    fn next(&mut self) -> Result<Request, BoxError> {
        if let Some(Ok(request)) = &self.request {
            if let Some(copy) = request.try_clone() {
                return Ok(copy);
            }
        }
        self.request.take().unwrap_or_else(|| Err("the body of the request cannot be sent again".into()))
    }
}

/// A response of reqwest's.
impl EventStream<BodyChunks<Body>> {
    /// Reads the events of a response of reqwest's, when it is an event stream. See
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
    /// When it has another status than 200 or another media type. The response comes back whole:
    /// `reqwest::Response::from(rejected.into_response())` reads its body.
    pub fn from_reqwest(response: Response) -> Result<Self, Rejected<Body>> {
        EventStream::from_response(response.into())
    }
}
