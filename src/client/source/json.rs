//! `EventSource::with_json_errors`.

use super::super::json::is_error;
use super::threads::Threads;
use super::EventSource;

impl<K: Threads> EventSource<K> {
    /// Treats the events in which APIs report errors as errors: events of type `error`, and events whose data is a JSON
    /// object with a member `error` that is not `null`. See [`with_error_when`](Self::with_error_when).
    ///
    /// ```
    /// use eventwire::client::EventSource;
    /// # use http::Request;
    /// # async fn send(_: Request<bytes::Bytes>) -> Result<http::Response<String>, std::convert::Infallible> { unreachable!() }
    ///
    /// # let request = Request::get("http://localhost:3000/").body("").unwrap();
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_json_errors();
    /// ```
    pub fn with_json_errors(self) -> Self {
        self.with_error_when(is_error)
    }
}
