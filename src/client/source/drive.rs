//! The `Stream` implementation of `EventSource`: reaches the next event over as many connections as needed.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use core::time::Duration;
use std::error::Error;
use std::io;

use futures_core::stream::FusedStream;
use futures_core::Stream;
use http::response::Parts;
use http::{Response, Version};
use sync_wrapper::SyncWrapper;

use super::super::place::Place;
use super::super::poll::poll_reader;
use super::super::reconnect::{drop_credentials, is_same_origin, Action, GiveUp, Machine};
use super::super::{Rejected, StreamError};
use super::bodies::BoxError;
use super::kind::{Clock, Threads};
use super::response_body::ResponseBody;
use super::resume::NothingToResume;
use super::stage::{Goal, Stage};
use super::state_change::{CloseReason, StateChange};
use super::{EventSource, EventSourceError};
use crate::decode::wanted::{OnlyEvents, Wanted};
use crate::event::{Event, EventId};

impl<K: Threads> EventSource<K> {
    pub(super) fn poll_step<W: Wanted>(
        &mut self,
        cx: &mut Context<'_>,
        goal: Goal,
    ) -> Poll<Result<bool, EventSourceError<K>>> {
        if self.poison.enter() {
            // An earlier call panicked: the function is not called again.
            self.stage = Stage::Closed;
            self.machine.close();
            self.reader.finish();
        }
        self.observer.keeps = goal == Goal::Item;
        self.is_at_cut = false;
        let polled = loop {
            let polled = self.poll_stage::<W>(cx, goal);
            if polled.is_ready() || !self.clock.get_mut().poll(cx) {
                break polled;
            }
        };
        self.poison.leave();
        polled
    }

    fn poll_stage<W: Wanted>(
        &mut self,
        cx: &mut Context<'_>,
        goal: Goal,
    ) -> Poll<Result<bool, EventSourceError<K>>> {
        for _ in 0..MOST_STEPS {
            let is_reached = match goal {
                Goal::Event => false,
                Goal::Item => !self.observer.kept.is_empty(),
                Goal::Open => matches!(self.stage, Stage::Open(_)),
            };
            if is_reached {
                return Poll::Ready(Ok(true));
            }
            if goal == Goal::Event && core::mem::take(&mut self.owes_cut) && W::PIECES {
                self.is_at_cut = true;
                return Poll::Ready(Ok(true));
            }
            match &mut self.stage {
                Stage::Open(_) => match self.poll_open::<W>(cx) {
                    Poll::Ready(Ok(None)) => {}
                    Poll::Ready(Ok(Some(is_found))) => return Poll::Ready(Ok(is_found)),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {
                        self.poll_stable(cx);
                        return Poll::Pending;
                    }
                },
                Stage::Draining(body) => {
                    let polled =
                        poll_reader::<_, BoxError, W, _>(&mut self.reader, cx, |cx| body.poll_chunk(cx));
                    // The stream has ended, whatever the outcome.
                    let _ = ready!(polled);
                    self.reader.finish();
                    self.stage = Stage::Closed;
                }
                Stage::Start => self.start(),
                Stage::Connecting(response) => match Pin::new(response.get_mut()).poll(cx) {
                    Poll::Ready(Ok(response)) => self.on_response(response)?,
                    Poll::Ready(Err(error)) if error.is::<NothingToResume>() => {
                        self.on_nothing_to_resume()?
                    }
                    Poll::Ready(Err(error)) => {
                        let attempts = self.machine.failures().saturating_add(1);
                        self.on_lost(EventSourceError::NoResponse { error, attempts })?;
                    }
                    Poll::Pending => {
                        self.poll_deadline(cx)?;
                        let timeout = ready!(self.reader.poll_silence_before_response(cx));
                        self.on_lost(EventSourceError::Stream(timeout.into()))?;
                    }
                },
                Stage::Waiting => {
                    if self.wait.is_set() && self.wait.poll(cx).is_pending() {
                        self.poll_deadline(cx)?;
                        return Poll::Pending;
                    }
                    self.machine.on_waited();
                    self.stage = Stage::Start;
                }
                Stage::Failed(_) => {
                    if let Stage::Failed(error) = core::mem::replace(&mut self.stage, Stage::Closed) {
                        return Poll::Ready(Err(self.give_up(*error)));
                    }
                }
                Stage::Closed => return Poll::Ready(Ok(false)),
            }
        }
        // With a server that fails immediately and a policy without delays, nothing was pending so far.
        self.poll_deadline(cx)?;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Starts a new attempt.
    fn start(&mut self) {
        let mut request = self.resuming.as_ref().unwrap_or(&self.template).clone();
        if let Some(hook) = &mut self.request_hook {
            hook.get_mut()(&mut request);
        }
        if !is_same_origin(request.uri(), self.template.uri()) {
            drop_credentials(request.headers_mut());
        }
        self.request = request;
        self.send();
    }

    fn send(&mut self) {
        let mut request = self.request.clone();
        let last_event_id = self.reader.decoder().last_event_id();
        if !Machine::write_headers(request.headers_mut(), last_event_id) {
            self.observer.notify(&StateChange::IdLeftOut { last_event_id });
        }
        self.observer.notify(&StateChange::Connecting {
            uri: request.uri(),
            last_event_id,
            failures: self.machine.failures(),
        });
        self.start_deadline();
        self.owes_cut |= self.reader.begin();
        self.stage = Stage::Connecting(SyncWrapper::new(self.connect.get_mut()(request)));
    }

    fn on_response(&mut self, response: Response<ResponseBody<K>>) -> Result<(), EventSourceError<K>> {
        let (parts, body) = response.into_parts();
        self.machine.set_retry(self.reader.decoder().reconnection_time());
        let random = self.random();
        match self.machine.on_response(parts.status, &parts.headers, self.request.uri(), random) {
            Action::Read => {
                self.observer.notify(&StateChange::Open { response: &parts });
                self.reader.silence.on_bytes();
                self.reader.draining.set_shared(parts.version >= Version::HTTP_2);
                self.start_stable();
                self.stage = Stage::Open(body);
                self.response_head = Some(Box::new(parts));
                Ok(())
            }
            Action::Redirect(redirect) => {
                self.observer.notify(&StateChange::Redirected { status: parts.status, uri: redirect.uri() });
                redirect.follow(&mut self.request);
                self.send();
                Ok(())
            }
            Action::GiveUp(GiveUp::RedirectWithoutLocation | GiveUp::TooManyRedirects) => {
                Err(self.give_up(EventSourceError::Redirect(Box::new(Response::from_parts(parts, body)))))
            }
            Action::GiveUp(_) => {
                let rejected = Rejected::new(Response::from_parts(parts, body));
                Err(self.give_up(EventSourceError::Rejected(rejected)))
            }
            Action::Wait(delay) => self.on_refusal(parts, body, delay),
            Action::End => {
                self.end(CloseReason::NoContent);
                Ok(())
            }
        }
    }

    /// A response was rejected that may be retried.
    fn on_refusal(
        &mut self,
        parts: Parts,
        body: ResponseBody<K>,
        delay: Duration,
    ) -> Result<(), EventSourceError<K>> {
        let why = EventSourceError::Rejected(Rejected::new(Response::from_parts(parts, body)));
        match (self.decide(Some(&why), delay), why) {
            (Some(delay), EventSourceError::Rejected(rejected)) => {
                // The connection is not kept open during the wait.
                let response = rejected.into_response().map(|_| ResponseBody::empty());
                self.wait_for(delay, Some(EventSourceError::Rejected(Rejected::new(response))));
                Ok(())
            }
            (_, why) => Err(self.give_up(why)),
        }
    }

    /// Returns `None` if the stage has changed.
    fn poll_open<W: Wanted>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<bool>, EventSourceError<K>>> {
        let Stage::Open(body) = &mut self.stage else { return Poll::Ready(Ok(None)) };
        let polled = poll_reader::<_, BoxError, W, _>(&mut self.reader, cx, |cx| body.poll_chunk(cx));
        let over = match ready!(polled) {
            Ok(true) => {
                self.on_found::<W>();
                return Poll::Ready(Ok(Some(true)));
            }
            Ok(false) if self.reader.has_reached_the_end() => {
                self.end(CloseReason::EndMark);
                return Poll::Ready(Ok(None));
            }
            Ok(false) => self.on_end(),
            Err(error @ StreamError::Decode(_)) => {
                return Poll::Ready(Err(self.give_up(EventSourceError::Stream(error))));
            }
            Err(error @ StreamError::ErrorEvent { .. }) => {
                let body = core::mem::replace(body, ResponseBody::empty());
                let error = self.explain(EventSourceError::Stream(error));
                self.end_with(Stage::Draining(body), CloseReason::Error(&error));
                return Poll::Ready(Err(error));
            }
            Err(error) => self.on_lost(EventSourceError::Stream(error)),
        };
        Poll::Ready(over.map(|()| None))
    }

    /// Records that an event, a piece of one, or a frame is about to be returned.
    fn on_found<W: Wanted>(&mut self) {
        let event = self.reader.decoder().current();
        if let (Some(event), Some(resume)) = (event, &mut self.resume) {
            resume.on_event(event);
        }
        if (event.is_some() || W::PIECES) && !(self.machine.is_stable() && self.machine.has_begun()) {
            self.machine.on_event();
            self.on_stable();
        }
    }

    /// Handles the loss of the connection, or of an attempt.
    fn on_lost(&mut self, why: EventSourceError<K>) -> Result<(), EventSourceError<K>> {
        self.prepare_to_resume();
        let random = self.random();
        let action = self.machine.on_lost(random);
        self.act(action, Some(why))
    }

    /// Handles the regular end of the connection. It has a reason if the body was no event stream.
    fn on_end(&mut self) -> Result<(), EventSourceError<K>> {
        let why = self.reader.not_an_event_stream().map(EventSourceError::Stream);
        self.prepare_to_resume();
        let random = self.random();
        let action = self.machine.on_end(random);
        self.act(action, why)
    }

    /// Acts on the machine's decision after the end of the connection.
    fn act(&mut self, action: Action, why: Option<EventSourceError<K>>) -> Result<(), EventSourceError<K>> {
        match (action, why) {
            (Action::Wait(delay), why) => match (self.decide(why.as_ref(), delay), why) {
                (Some(delay), why) => self.wait_for(delay, why),
                (None, Some(why)) => return Err(self.give_up(why)),
                (None, None) => self.end(CloseReason::Ended),
            },
            (Action::GiveUp(_), None) => {
                let error = self.attempts();
                return Err(self.give_up(error));
            }
            (_, Some(why)) => return Err(self.give_up(why)),
            _ if self.machine.is_resumable() == Some(false) => self.end(CloseReason::NothingToResume),
            _ => self.end(CloseReason::Ended),
        }
        Ok(())
    }

    /// Asks the user's functions how the stream resumes.
    fn prepare_to_resume(&mut self) {
        self.machine.set_retry(self.reader.decoder().reconnection_time());
        if let Some(resume) = &mut self.resume {
            if self.machine.repeats_until_first_event() {
                return;
            }
            self.resuming = resume.request(self.template.clone());
            self.machine.set_resumable(Some(self.resuming.is_some()));
        }
    }

    /// Handles a refusal of the user's send function.
    fn on_nothing_to_resume(&mut self) -> Result<(), EventSourceError<K>> {
        match self.last_loss.take() {
            None => {
                self.end(CloseReason::NothingToResume);
                Ok(())
            }
            Some(last) => {
                // Nothing was sent.
                self.stage = Stage::Closed;
                Err(self.give_up(last))
            }
        }
    }

    /// Returns the user's choice of the delay; `None` for no further attempt.
    fn decide(&mut self, why: Option<&EventSourceError<K>>, delay: Duration) -> Option<Duration> {
        match &mut self.retry {
            Some(retry) => retry.get_mut()(why, self.machine.failures(), delay),
            None => Some(delay),
        }
    }

    fn wait_for(&mut self, delay: Duration, why: Option<EventSourceError<K>>) {
        // The connection is dropped first.
        self.stage = Stage::Waiting;
        self.reader.finish();
        self.stable.unset();
        self.set_wait(delay);
        self.may_have_run += u32::from(why.as_ref().map_or(true, may_have_run));
        self.last_loss = self.observer.tell_waiting(why, delay, self.machine.failures());
        self.start_deadline();
    }

    fn set_wait(&mut self, delay: Duration) {
        if delay.is_zero() {
            self.wait.unset();
        } else {
            self.wait.set(&self.timer, delay);
        }
    }

    /// Keeps running if it was already started.
    fn start_deadline(&mut self) {
        if let (Some(deadline), false) = (self.machine.deadline(), self.deadline.is_set()) {
            self.deadline.set(&self.timer, deadline);
        }
    }

    pub(super) fn start_stable(&mut self) {
        match self.machine.stable_after() {
            Some(time) => self.stable.set(&self.timer, time),
            None => self.stable.unset(),
        }
    }

    fn poll_stable(&mut self, cx: &mut Context<'_>) {
        if self.stable.is_set() && self.stable.poll(cx).is_ready() {
            self.machine.on_stable();
            self.on_stable();
        }
    }

    fn on_stable(&mut self) {
        self.stable.unset();
        self.deadline.unset();
        self.last_loss = None;
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Result<(), EventSourceError<K>> {
        self.start_deadline();
        let Some(after) = self.machine.deadline() else { return Ok(()) };
        if self.deadline.poll_after_others(cx).is_pending() {
            return Ok(());
        }
        self.machine.on_deadline();
        let last = self.last_loss.take().map(Box::new);
        Err(self.give_up(EventSourceError::Deadline { after, last }))
    }

    /// Returns the error for a limit if there is no other error.
    fn attempts(&mut self) -> EventSourceError<K> {
        let attempts = self.machine.failures().saturating_add(1);
        EventSourceError::Attempts { attempts, last: self.last_loss.take().map(Box::new) }
    }

    fn give_up(&mut self, error: EventSourceError<K>) -> EventSourceError<K> {
        let error = self.explain(error);
        self.end(CloseReason::Error(&error));
        error
    }

    /// Adds that the request may have been executed, where that matters.
    fn explain(&mut self, error: EventSourceError<K>) -> EventSourceError<K> {
        let is_on_its_way = matches!(self.stage, Stage::Connecting(_) | Stage::Open(_));
        let requests = self.may_have_run + u32::from(is_on_its_way && may_have_run(&error));
        let is_safe = self.template.method().is_safe();
        if self.machine.repeats_until_first_event() && requests > 0 && !is_safe {
            EventSourceError::MayHaveRun { requests, error: Box::new(error) }
        } else {
            error
        }
    }

    fn end(&mut self, why: CloseReason<'_, K>) {
        // Clears the event that was borrowed.
        self.reader.finish();
        self.end_with(Stage::Closed, why);
    }

    fn end_with(&mut self, stage: Stage<K>, why: CloseReason<'_, K>) {
        self.stage = stage;
        self.machine.close();
        self.observer.kept.clear();
        self.observer.notify(&StateChange::Closed { why });
    }

    fn random(&mut self) -> u64 {
        match &mut self.random {
            Some(random) => random.get_mut()(),
            None => Machine::random(),
        }
    }

    /// Closes the source: no event is returned after this, not even one that was already read
    /// ([connection 23](crate::_rules#connection-23)).
    pub fn close(&mut self) {
        match self.stage {
            Stage::Closed => {}
            // The source has already ended; only its body is left.
            Stage::Draining(_) => {
                self.reader.finish();
                self.stage = Stage::Closed;
            }
            _ => self.end(CloseReason::ByUser),
        }
    }

    /// Sets the last event ID, between two events: it is sent with the next request, and applies to the following
    /// events until one of them sets another ID. See [`Decoder::set_last_event_id`](crate::Decoder::set_last_event_id).
    pub fn set_last_event_id(&mut self, id: EventId) {
        self.reader.set_last_event_id(id);
    }

    /// Sets the time from now until the next attempt, if the source is waiting for one; otherwise it has no effect. A
    /// program that reads [`next_item`](Self::next_item) can thus decide about each loss. To refuse another attempt,
    /// [`close`](Self::close) the source.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::client::{EventSource, SourceItem};
    /// # use bytes::Bytes;
    /// # use http::{Request, Response};
    /// # async fn send(_: Request<Bytes>) -> Result<Response<String>, std::io::Error> {
    /// #     Err(std::io::ErrorKind::ConnectionRefused.into())
    /// # }
    ///
    /// # async fn read() -> Result<(), eventwire::client::EventSourceError> {
    /// # let request = Request::get("http://localhost:3000/ticks").body("").unwrap();
    /// let mut source = EventSource::new(request, send, tokio::time::sleep);
    /// while let Some(item) = source.next_item().await? {
    ///     match item {
    ///         SourceItem::Waiting { failures: 1..=3, .. } => source.set_delay(Duration::from_millis(10)),
    ///         SourceItem::Waiting { why, .. } => {
    ///             eprintln!("lost: {why:?}");
    ///             source.close();
    ///         }
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read()).unwrap();
    /// ```
    pub fn set_delay(&mut self, delay: Duration) {
        if let Stage::Waiting = self.stage {
            self.set_wait(delay);
        }
    }

    /// Drops the connection, or ends the wait for one, and reconnects immediately, resuming after the last event. A
    /// closed source stays closed.
    ///
    /// A restart counts as a loss and obeys the limit of attempts: if the policy allows no further attempt, the last
    /// item is [`EventSourceError::Attempts`]. The table in the docs of [`Machine`] shows its effect on each clock and
    /// limit.
    pub fn restart(&mut self) {
        // In all other stages there is no connection to drop.
        let is_leavable = match self.stage {
            Stage::Connecting(_) | Stage::Waiting => true,
            Stage::Open(_) => !self.reader.has_reached_the_end(),
            _ => false,
        };
        if !is_leavable {
            return;
        }
        if !matches!(self.stage, Stage::Waiting) {
            self.may_have_run += 1;
            self.prepare_to_resume();
        }
        match self.machine.restart() {
            Action::Wait(_) => {
                self.stage = Stage::Start;
                self.machine.on_waited();
            }
            _ => self.stage = Stage::Failed(Box::new(self.attempts())),
        }
        self.stable.unset();
        self.reader.finish();
    }
}

impl<K: Threads> Stream for EventSource<K> {
    type Item = Result<Event, EventSourceError<K>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_step::<OnlyEvents>(cx, Goal::Event).map(|step| match step {
            Ok(_) => self.reader.take_current(|event| event.map(Ok)),
            Err(error) => Some(Err(error)),
        })
    }
}

impl<K: Threads> FusedStream for EventSource<K> {
    fn is_terminated(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }
}

impl<K: Threads> fmt::Debug for EventSource<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("method", self.template.method())
            .field("uri", &Place(self.template.uri()))
            .field("machine", &self.machine)
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}

/// 64: about twenty attempts, far more than anyone would intentionally make without a delay.
const MOST_STEPS: usize = 64;

/// Returns whether the server may have acted on a request that ended with this error.
fn may_have_run<K: Threads>(error: &EventSourceError<K>) -> bool {
    match error {
        EventSourceError::Rejected(rejected) => {
            let status = rejected.status();
            status.is_server_error() || status == http::StatusCode::REQUEST_TIMEOUT
        }
        EventSourceError::Redirect(_) => false,
        EventSourceError::NoResponse { error, .. } => !is_refusal(&**error),
        _ => true,
    }
}

/// Returns whether no connection was made, because nobody listens.
fn is_refusal(error: &(dyn Error + 'static)) -> bool {
    core::iter::successors(Some(error), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}
