//! How the next event comes about, over as many connections as it takes.

use alloc::boxed::Box;
use core::task::{ready, Context, Poll};
use core::time::Duration;

use http::Response;
use sync_wrapper::SyncWrapper;

use super::super::poll::poll_reader;
use super::super::reconnect::{Action, GiveUp, Machine};
use super::super::{Rejected, StreamError};
use super::connect::Connecting;
use super::response_body::{BoxError, ResponseBody};
use super::state_change::StateChange;
use super::{EventSource, EventSourceError};
use crate::decode::wanted::Wanted;

/// What it is about.
pub(super) enum Stage {
    /// To send a request.
    Start,
    Connecting(SyncWrapper<Connecting>),
    Open(ResponseBody),
    /// Until the alarm rings.
    Waiting,
    /// The last event is lent; its connection is gone.
    Last,
    Closed,
}

impl EventSource {
    pub(super) fn poll_step<W: Wanted>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, EventSourceError>> {
        if self.is_polled {
            // Something has panicked: it is not asked again.
            self.stage = Stage::Closed;
            self.machine.close();
            self.reader.finish();
        }
        self.is_polled = true;
        let polled = self.poll_stage::<W>(cx);
        self.is_polled = false;
        polled
    }

    fn poll_stage<W: Wanted>(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, EventSourceError>> {
        loop {
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
                Stage::Start => self.send(),
                Stage::Connecting(response) => match response.get_mut().as_mut().poll(cx) {
                    Poll::Ready(Ok(response)) => self.on_response(response)?,
                    Poll::Ready(Err(error)) => {
                        let attempts = self.machine.failures().saturating_add(1);
                        self.on_lost(Some(EventSourceError::Connect { error, attempts }))?;
                    }
                    Poll::Pending => {
                        self.poll_patience(cx)?;
                        let after = ready!(self.reader.idle.poll(cx));
                        self.on_lost(Some(EventSourceError::Stream(StreamError::idle(after))))?;
                    }
                },
                Stage::Waiting => {
                    if self.wait.is_set() && self.wait.poll(cx).is_pending() {
                        self.poll_patience(cx)?;
                        return Poll::Pending;
                    }
                    self.machine.on_waited();
                    self.begin_anew();
                }
                Stage::Last => self.end(),
                Stage::Closed => return Poll::Ready(Ok(false)),
            }
        }
    }

    fn begin_anew(&mut self) {
        self.request = self.template.clone();
        self.stage = Stage::Start;
    }

    fn send(&mut self) {
        let mut request = self.request.clone();
        let last_event_id = self.reader.decoder().last_event_id();
        if !Machine::write_headers(request.headers_mut(), last_event_id) {
            self.observer.tell(StateChange::IdLeftOut { last_event_id });
        }
        self.observer.tell(StateChange::Connecting {
            uri: request.uri(),
            last_event_id,
            failures: self.machine.failures(),
        });
        if let (Some(patience), false) = (self.machine.patience(), self.patience.is_set()) {
            self.patience.set(&self.timer, patience);
        }
        self.reader.begin();
        self.stage = Stage::Connecting(SyncWrapper::new(self.connect.get_mut().connect(request)));
    }

    fn on_response(&mut self, response: Response<ResponseBody>) -> Result<(), EventSourceError> {
        let (parts, body) = response.into_parts();
        self.machine.set_retry(self.reader.decoder().reconnection_time());
        let next =
            self.machine.on_response(parts.status, &parts.headers, self.request.uri(), Machine::random());
        match next {
            Action::Read => {
                self.observer.tell(StateChange::Open { response: &parts });
                self.reader.idle.traffic();
                if let Some(time) = self.machine.stable_after() {
                    self.stable.set(&self.timer, time);
                }
                self.stage = Stage::Open(body);
                Ok(())
            }
            Action::Redirect(redirect) => {
                self.observer.tell(StateChange::Redirected { status: parts.status, uri: redirect.uri() });
                redirect.follow(&mut self.request);
                self.stage = Stage::Start;
                Ok(())
            }
            Action::GiveUp(GiveUp::RedirectWithoutLocation | GiveUp::TooManyRedirects) => {
                Err(self.give_up(EventSourceError::Redirect(Box::new(Response::from_parts(parts, body)))))
            }
            Action::GiveUp(_) => {
                let rejected = Rejected::new(Response::from_parts(parts, body));
                Err(self.give_up(EventSourceError::Rejected(rejected)))
            }
            // The connection is not held during the wait.
            Action::Wait(delay) => {
                let rejected = Rejected::new(Response::from_parts(parts, ResponseBody::empty()));
                self.wait_for(delay, Some(EventSourceError::Rejected(rejected)));
                Ok(())
            }
            Action::End => {
                self.end();
                Ok(())
            }
        }
    }

    /// `None` when the stage has changed.
    fn poll_open<W: Wanted>(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<bool>, EventSourceError>> {
        let Stage::Open(body) = &mut self.stage else { return Poll::Ready(Ok(None)) };
        let polled = poll_reader::<_, BoxError, W>(&mut self.reader, cx, |cx| body.poll_chunk(cx));
        let error = match ready!(polled) {
            Ok(true) => {
                if !self.machine.is_good() && self.reader.decoder().current().is_some() {
                    self.machine.on_event();
                    self.on_good();
                }
                if self.reader.has_reached_the_end() {
                    self.stage = Stage::Last;
                }
                return Poll::Ready(Ok(Some(true)));
            }
            Ok(false) if self.reader.has_reached_the_end() => {
                self.end();
                return Poll::Ready(Ok(None));
            }
            Ok(false) => None,
            Err(error @ (StreamError::Decode(_) | StreamError::ErrorEvent { .. })) => {
                return Poll::Ready(Err(self.give_up(EventSourceError::Stream(error))));
            }
            Err(error) => Some(EventSourceError::Stream(error)),
        };
        Poll::Ready(self.on_lost(error).map(|()| None))
    }

    /// The connection has gone: by itself, or because of an error.
    fn on_lost(&mut self, why: Option<EventSourceError>) -> Result<(), EventSourceError> {
        self.machine.set_retry(self.reader.decoder().reconnection_time());
        let random = Machine::random();
        let next = match why {
            Some(_) => self.machine.on_lost(random),
            None => self.machine.on_end(random),
        };
        match (next, why) {
            (Action::Wait(delay), why) => self.wait_for(delay, why),
            (Action::GiveUp(_), Some(why)) => return Err(self.give_up(why)),
            (Action::GiveUp(_), None) => {
                let bytes = self.reader.decoder().bytes_consumed();
                return Err(self.give_up(EventSourceError::Stream(StreamError::ended(bytes))));
            }
            _ => self.end(),
        }
        Ok(())
    }

    fn wait_for(&mut self, delay: Duration, why: Option<EventSourceError>) {
        // The connection first.
        self.stage = Stage::Waiting;
        self.reader.finish();
        match delay.is_zero() {
            true => self.wait.unset(),
            false => self.wait.set(&self.timer, delay),
        }
        let failures = self.machine.failures();
        self.observer.tell(StateChange::Waiting { why: why.as_ref(), delay, failures });
        if why.is_some() {
            self.last_loss = why.map(Box::new);
        }
        if let (Some(patience), false) = (self.machine.patience(), self.patience.is_set()) {
            self.patience.set(&self.timer, patience);
        }
    }

    fn poll_stable(&mut self, cx: &mut Context<'_>) {
        if self.stable.is_set() && self.stable.poll(cx).is_ready() {
            self.machine.on_stable();
            self.on_good();
        }
    }

    fn on_good(&mut self) {
        self.stable.unset();
        self.patience.unset();
        self.last_loss = None;
    }

    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Result<(), EventSourceError> {
        let Some(after) = self.machine.patience() else { return Ok(()) };
        if self.patience.poll(cx).is_pending() {
            return Ok(());
        }
        self.machine.on_impatience();
        let last = self.last_loss.take();
        Err(self.give_up(EventSourceError::Time { after, last }))
    }

    fn give_up(&mut self, why: EventSourceError) -> EventSourceError {
        self.end();
        why
    }

    fn end(&mut self) {
        self.stage = Stage::Closed;
        self.machine.close();
        // What was lent is taken back.
        self.reader.finish();
        self.observer.tell(StateChange::Closed);
    }

    /// Closes the source: no event comes after this, those already read included [connection 23].
    pub fn close(&mut self) {
        if !matches!(self.stage, Stage::Closed) {
            self.end();
        }
    }

    /// Leaves the connection, or the wait for one, and connects at once, from the last event on. A source that is
    /// closed stays closed.
    pub fn restart(&mut self) {
        if !matches!(self.stage, Stage::Closed | Stage::Last) {
            self.machine.restart();
            self.begin_anew();
        }
    }
}
