//! `EventSource::json` and `with_json_errors`.

use core::pin::Pin;
use core::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::super::json::{is_error, Events, JsonStream, ERROR};
use super::kind::Threads;
use super::{EventSource, EventSourceError};
use crate::event::EventRef;

impl<K: Threads> EventSource<K> {
    /// Deserializes the data of each event from JSON. Events with empty data are skipped.
    ///
    /// Data that is not the expected JSON is an error, and the next call continues after the event. An event of type
    /// `error` is an ordinary event, unless [`with_json_errors`](Self::with_json_errors) or
    /// [`with_error_when`](Self::with_error_when) is set.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use eventwire::client::{EventSource, JsonStreamError};
    /// use futures_util::StreamExt;
    /// use http::{Request, Response};
    /// # async fn send(_: Request<Bytes>) -> Result<Response<String>, std::convert::Infallible> {
    /// #     let response = Response::builder().header("content-type", "text/event-stream");
    /// #     Ok(response.body("id: 7\ndata: [21.5, 100]\n\nid: 8\ndata: oops\n\ndata: [21.6, 90]\n\n".into()).unwrap())
    /// # }
    ///
    /// # async fn read() {
    /// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let mut ticks = EventSource::new(request, send, tokio::time::sleep).json::<[f64; 2]>();
    /// while let Some(tick) = ticks.next().await {
    ///     match tick {
    ///         Ok([price, volume]) => println!("{price} x {volume}"),
    ///         Err(JsonStreamError::Json { error, last_event_id, .. }) => eprintln!("{last_event_id}: {error}"),
    ///         Err(error) => eprintln!("the source has given up: {error}"),
    ///     }
    /// #   if ticks.get_ref().bytes_consumed() == 61 { break }
    /// }
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read());
    /// ```
    pub fn json<T: DeserializeOwned>(self) -> JsonStream<Self, T> {
        JsonStream::new(self)
    }

    /// Treats the events in which APIs report errors as errors: events of type `error`, and events whose data is a JSON
    /// object with a member `error` that is not `null`. A block of type `error` counts even without data, which makes no
    /// event. See [`with_error_when`](Self::with_error_when).
    ///
    /// ```
    /// use eventwire::client::EventSource;
    /// # use http::Request;
    /// # async fn send(_: Request<bytes::Bytes>) -> Result<http::Response<String>, std::convert::Infallible> { unreachable!() }
    ///
    /// # let request = Request::get("http://localhost:3000/").body("").unwrap();
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_json_errors();
    /// ```
    pub fn with_json_errors(mut self) -> Self {
        self.reader.fail_at_type(ERROR, K::any(is_error));
        self
    }
}

impl<K: Threads> Events for EventSource<K> {
    type Error = EventSourceError<K>;

    fn poll_advance(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<bool, Self::Error>> {
        EventSource::poll_advance(self.get_mut(), cx)
    }

    fn found(&self) -> Option<EventRef<'_>> {
        self.current()
    }

    fn bytes(&self) -> u64 {
        self.bytes_consumed()
    }
}
