//! The settings of an `EventSource`.

use core::time::Duration;

use bytes::Bytes;
use http::Request;
use sync_wrapper::SyncWrapper;

use super::super::reconnect::Policy;
use super::super::threads::Boxed;
use super::super::EndMark;
use super::kind::Threads;
use super::resume::{Functions, Resume};
use super::state_change::StateChange;
use super::{EventSource, EventSourceError};
use crate::decode::Decoder;
use crate::event::{EventId, EventRef};

#[cfg(doc)]
use super::super::reconnect::Machine;
#[cfg(doc)]
use super::LocalEventSource;

impl<K: Threads> EventSource<K> {
    /// Sets the reconnection policy, even for requests that are sent only once by default.
    ///
    /// A source that is already running keeps its state and its count of failures: the new policy applies from then on.
    /// Running clocks start over.
    pub fn with_reconnect(mut self, policy: Policy) -> Self {
        self.has_own_policy = true;
        self.set_policy(policy);
        self
    }

    fn set_policy(&mut self, policy: Policy) {
        self.machine.set_policy(policy);
        self.deadline.unset();
        self.start_stable();
    }

    /// Sets a function that decides whether to reconnect after a loss, and after how long.
    ///
    /// The function is called before each attempt that the policy allows. Its arguments are the loss (`None` if the
    /// server closed the connection after an event stream), the number of failures in a row including this one, and the
    /// policy's delay; it returns the delay to use. `None` refuses another attempt: a regular end then ends the source,
    /// and a loss is an error. The function must be `Send`, unless the source is a [`LocalEventSource`].
    ///
    /// ```
    /// use eventwire::client::{reconnect::Policy, EventSource, EventSourceError};
    /// # use http::{Request, Response};
    /// # async fn send(_: Request<bytes::Bytes>) -> Result<Response<String>, std::io::Error> { unreachable!() }
    ///
    /// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let source = EventSource::new(request, send, tokio::time::sleep)
    ///     .with_reconnect(Policy::new().with_retry_on(|status, _| Policy::is_transient(status)))
    ///     .with_retry(|lost, failures, wait| match lost {
    ///         Some(EventSourceError::Rejected(rejected)) if rejected.headers().contains_key("x-quota") => None,
    ///         Some(EventSourceError::NoResponse { .. }) if failures > 3 => None,
    ///         _ => Some(wait),
    ///     });
    /// ```
    pub fn with_retry(
        mut self,
        decide: impl FnMut(Option<&EventSourceError<K>>, u32, Duration) -> Option<Duration> + Boxed<K::Retry>,
    ) -> Self {
        self.retry = Some(SyncWrapper::new(decide.boxed()));
        self
    }

    /// Changes the request of each attempt with a function, for example to add a fresh token.
    ///
    /// The function receives the user's request each time, or the one made by [`with_resume`](Self::with_resume).
    /// Redirects keep its headers, but credentials are not sent to another origin. Do asynchronous work, such as
    /// refreshing a token, in the function that sends. The function must be `Send`, unless the source is a
    /// [`LocalEventSource`].
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use eventwire::client::EventSource;
    /// use http::Request;
    /// # use std::convert::Infallible;
    /// # async fn send(_: Request<bytes::Bytes>) -> Result<http::Response<String>, Infallible> { unreachable!() }
    ///
    /// let token = Arc::new(Mutex::new("first".to_owned()));         // refreshed elsewhere
    /// let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_request_hook(move |request| {
    ///     if let Ok(bearer) = format!("Bearer {}", token.lock().unwrap()).parse() {
    ///         request.headers_mut().insert("authorization", bearer);
    ///     }
    /// });
    /// ```
    pub fn with_request_hook(
        mut self,
        hook: impl FnMut(&mut Request<Bytes>) + Boxed<K::RequestHook>,
    ) -> Self {
        self.request_hook = Some(SyncWrapper::new(hook.boxed()));
        self
    }

    /// Resumes with another request, made from a cursor of your own.
    ///
    /// `cursor_of` extracts the cursor from an event, if it has one; the cursor moves when the event is returned, not
    /// when it is read. When the connection is lost, `request_for` receives the last cursor and the original request,
    /// and returns the request that resumes the stream. `None` means that there is nothing to resume: a regular end
    /// then ends the source, and a loss is an error. The last event ID is still sent. Retries after the same loss
    /// repeat the same request.
    ///
    /// A request to an origin other than the original one carries no credentials, whoever set them: see
    /// [`Redirect::follow`](super::super::reconnect::Redirect::follow). The functions and the cursor must be `Send`,
    /// unless the source is a [`LocalEventSource`]. A POST reconnects as with [`Policy::new`], unless
    /// [`with_reconnect`](Self::with_reconnect) has set another policy. With [`Policy::until_first_event`], the
    /// original request is repeated until the first event has arrived, and never after it; a loss after it is resumed with
    /// `request_for`, which that policy alone would report as an error.
    ///
    /// This example resumes OpenAI's background responses by the number in the data of each event. The program `resume`
    /// in `examples` contains it in full, along with those for MCP, A2A and Durable Streams.
    ///
    /// ```
    /// # use bytes::Bytes;
    /// use eventwire::client::EventSource;
    /// use eventwire::EventRef;
    /// use http::{Method, Request};
    /// # async fn send(_: Request<Bytes>) -> Result<http::Response<String>, std::io::Error> { unreachable!() }
    /// # fn number(_: &str, _: &str) -> Option<u64> { None }
    /// # fn text(_: &str, _: &str) -> Option<String> { None }
    ///
    /// let mut response_id = None;
    /// let request = Request::post("https://api.openai.com/v1/responses").body("{\"background\":true,..}").unwrap();
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_resume(
    ///     move |event: EventRef<'_>| {
    ///         response_id = response_id.take().or_else(|| text(event.data(), "/response/id"));
    ///         Some((response_id.clone()?, number(event.data(), "/sequence_number")?))
    ///     },
    ///     |cursor, mut request| {
    ///         let (id, after) = cursor?;
    ///         let place = format!("https://api.openai.com/v1/responses/{id}?stream=true&starting_after={after}");
    ///         *request.uri_mut() = place.parse().ok()?;
    ///         *request.method_mut() = Method::GET;
    ///         *request.body_mut() = Bytes::new();
    ///         request.headers_mut().remove("content-type");
    ///         Some(request)
    ///     },
    /// );
    /// ```
    pub fn with_resume<C, F, G>(mut self, cursor_of: F, request_for: G) -> Self
    where
        F: FnMut(EventRef<'_>) -> Option<C>,
        G: FnMut(Option<&C>, Request<Bytes>) -> Option<Request<Bytes>>,
        Functions<C, F, G>: Boxed<K::Resume>,
    {
        self.resume = Some(Resume::new(Functions::new(cursor_of, request_for).boxed()));
        if !self.has_own_policy {
            self.set_policy(Policy::new());
        }
        self
    }

    /// Sets the source of random numbers for the jitter. Default: [`Machine::random`]. The function must be `Send`,
    /// unless the source is a [`LocalEventSource`].
    ///
    /// On `wasm32-unknown-unknown`, where the default returns the same numbers in each run, use the host's source of
    /// random numbers.
    pub fn with_random(mut self, random: impl FnMut() -> u64 + Boxed<K::Random>) -> Self {
        self.random = Some(SyncWrapper::new(random.boxed()));
        self
    }

    /// Uses the settings and the state of a decoder: limits, strictness, and the last event ID and reconnection time of
    /// an earlier client. If the decoder has no last event ID, the one of the request is kept.
    pub fn with_decoder(mut self, mut decoder: Decoder) -> Self {
        if decoder.last_event_id().is_empty() {
            if let Ok(seen) = EventId::try_from(self.last_event_id()) {
                decoder = decoder.with_last_event_id(seen);
            }
        }
        self.reader.set_decoder(decoder);
        self
    }

    /// Ends the source at an event. If a connection ends before that event, the source reconnects, or fails if the
    /// policy allows only one connection: see
    /// [`EventStream::with_end_mark`](crate::client::EventStream::with_end_mark). If the mark may be absent, the regular end
    /// of a connection ends the source too.
    pub fn with_end_mark(mut self, mark: EndMark<K>) -> Self {
        self.reader.end_at(mark);
        self
    }

    /// Treats events for which a function returns `true` as errors that end the source. See
    /// [`EventStream::with_error_when`](crate::client::EventStream::with_error_when). The function must be `Send`,
    /// unless the source is a [`LocalEventSource`].
    pub fn with_error_when(mut self, is_error: impl FnMut(EventRef<'_>) -> bool + Boxed<K::Judge>) -> Self {
        self.reader.fail_at(is_error.boxed());
        self
    }

    /// Treats an attempt as lost if the status and headers of the response do not arrive within this time. Default: the
    /// idle timeout.
    ///
    /// Set it where the response may take longer than a pause between two bytes, as some servers send its head together
    /// with the first event. The limits on events apply to this time as well.
    pub fn with_response_timeout(mut self, after: Duration) -> Self {
        self.reader.silence.limit_response(after, self.timer.clone());
        self
    }

    /// Treats a connection as lost if no byte, not even of a comment, arrives for this long. This time also limits the
    /// wait for the response, unless [`with_response_timeout`](Self::with_response_timeout) sets another limit.
    pub fn with_idle_timeout(mut self, after: Duration) -> Self {
        self.reader.silence.limit_idle(after, self.timer.clone());
        self
    }

    /// Treats a connection as lost if no event arrives for this long, even if other bytes or comments do. The time
    /// begins with the request. See
    /// [`EventStream::with_event_timeout`](crate::client::EventStream::with_event_timeout).
    pub fn with_event_timeout(mut self, after: Duration) -> Self {
        self.reader.silence.limit_events(after, self.timer.clone());
        self.reader.prepare();
        self
    }

    /// Treats a connection as lost if its first event does not arrive within this time, counted from the request. See
    /// [`EventStream::with_first_event_timeout`](crate::client::EventStream::with_first_event_timeout).
    pub fn with_first_event_timeout(mut self, after: Duration) -> Self {
        self.reader.silence.limit_first_event(after, self.timer.clone());
        self.reader.prepare();
        self
    }

    /// Sets which events count as progress for the two limits on events. Default: all of them. The function must be `Send`,
    /// unless the source is a [`LocalEventSource`].
    pub fn with_progress_when(
        mut self,
        is_progress: impl FnMut(EventRef<'_>) -> bool + Boxed<K::Judge>,
    ) -> Self {
        self.reader.silence.count_events_if(is_progress.boxed());
        self
    }

    /// Sets how long the body may take to end after the last event, so that its connection can be reused. Default: 50
    /// ms. See [`EventStream::with_drain`](crate::client::EventStream::with_drain).
    pub fn with_drain(mut self, limit: Duration) -> Self {
        self.reader.draining.wait(limit, self.timer.clone());
        self
    }

    /// Drops the connection at the last event, without draining the body.
    pub fn without_drain(mut self) -> Self {
        self.reader.draining.turn_off();
        self
    }

    /// Calls a function on each change of the connection. The `Display` output of a [`StateChange`] is a line for a
    /// log; it has no causes, which may show the query of a URL: they are in the `source()` of its error. The function must
    /// be `Send`, unless the source is a [`LocalEventSource`].
    ///
    /// ```
    /// use eventwire::client::{EventSource, StateChange};
    /// # use bytes::Bytes;
    /// # use http::{Request, Response};
    /// # let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// # let send = |_: Request<Bytes>| async { Ok::<_, std::io::Error>(Response::new(String::new())) };
    ///
    /// let source = EventSource::new(request, send, tokio::time::sleep).with_observer(|change| match change {
    ///     StateChange::Open { .. } => eprintln!("connected"),
    ///     StateChange::Waiting { delay, .. } => eprintln!("lost, trying again in {delay:?}"),
    ///     other => eprintln!("{other}"),
    /// });
    /// ```
    pub fn with_observer(mut self, observe: impl FnMut(&StateChange<'_, K>) + Boxed<K::Observe>) -> Self {
        self.observer.set(observe.boxed());
        self
    }
}
