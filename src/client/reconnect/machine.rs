//! `Machine`: the reconnect state machine (no IO, no clock).

use core::time::Duration;

use http::{HeaderMap, StatusCode, Uri};

use super::policy::Policy;
use super::redirect::{is_redirect, Redirect};
use super::retry_after::retry_after;
use crate::http_head::{content_encoding, has_media_type};
use crate::timer;

/// Decides when to connect, when to wait and when to stop: a state machine whose inputs report what happened and return
/// what to do next. It performs no IO and reads no clock.
///
/// ```text
///              ┌─────────────────── on_waited ──────────────────┐
///              v                                                │
/// new ──> Connecting ── on_response: 200, event stream ──> Open │
///          │   │  ^                                         │   │
///          │   │  └─ redirect                               │ on_end, on_lost, restart
///          │   │                                            v   │
///          │   └─ on_lost, restart, on_response: retry ──> Waiting
///          v
///        Closed <── 204, other responses, a limit, close
/// ```
///
/// [`EventSource`](crate::client::EventSource) drives a `Machine`. To drive one from another kind of client, such as a
/// blocking one:
///
/// ```
/// use eventwire::client::reconnect::{Action, Machine, Policy};
/// use http::{HeaderMap, StatusCode, Uri};
///
/// let mut machine = Machine::new(Policy::new());
/// let uri = Uri::from_static("http://localhost/ticks");
/// # let mut headers = HeaderMap::new();
/// # headers.insert("content-type", "text/event-stream".parse().unwrap());
/// // Send a request with the headers of Machine::write_headers. Then:
/// let action = machine.on_response(StatusCode::OK, &headers, &uri, Machine::random());
/// assert!(matches!(action, Action::Read));
/// machine.on_event();                                          // for each event
/// let action = machine.on_end(Machine::random());              // the server has closed the connection
/// let Action::Wait(time) = action else { panic!() };
/// assert!((3.0..4.0).contains(&time.as_secs_f32()));           // sleep, then:
/// machine.on_waited();                                         // and send it again
/// ```
///
/// # What each input means
///
/// *Attempts* is [`failures`](Self::failures), limited by [`Policy::with_max_attempts`]. *Backoff* is the next delay.
/// *Deadline* is the clock of [`Policy::with_deadline`], *stable alarm* that of [`Policy::with_stable_after`].
///
/// | input | attempts | backoff | deadline | stable alarm | ready state |
/// |---|---|---|---|---|---|
/// | an event, or the stable alarm | 0 | back to the base delay | stops | stops | `Open` |
/// | first failure | 1 | the base delay | keeps running from the start | not running | `Connecting` |
/// | later failure, or the loss of a connection that was not stable | one more | next step | keeps running | stops | `Connecting` |
/// | loss of a stable connection | 1 | the base delay | starts | not running | `Connecting` |
/// | [`restart`](Self::restart) while open or connecting | as a loss | no wait; the next step afterwards | as a loss | stops | `Connecting` |
/// | [`restart`](Self::restart) while waiting | unchanged | the wait ends now | keeps running | not running | `Connecting` |
/// | `with_reconnect` ([`set_policy`](Self::set_policy)) | unchanged | the current wait is unchanged; the next one follows the new policy | starts over if it was running | starts over if it was running | unchanged |
/// | rejected response, retried by [`Policy::with_retry_on`] | one more | next step, or `Retry-After` if longer | keeps running | not running | `Connecting` |
/// | other rejected response, with or without limits in the policy | unchanged | none | stops | stops | `Closed` |
/// | 204 | unchanged | none | stops | stops | `Closed` |
/// | [`close`](Self::close) | unchanged | none | stops | stops | `Closed` |
///
/// A restart obeys the limit of attempts, so that a loop of restarts ends: where an automatic attempt is refused, so is
/// a restart. The deadline keeps running while a connection is open that has not proved stable, but ends the client
/// only while it connects or waits. After `Closed`, the only action is [`Action::End`].
#[derive(Clone, Debug)]
pub struct Machine {
    policy: Policy,
    state: State,
    /// The number of attempts in a row that failed or have not been made yet.
    failures: u32,
    /// Whether the connection has proved stable: by an event, or by lasting for a while.
    is_stable: bool,
    /// Whether any connection has opened.
    has_opened: bool,
    /// Whether an event has arrived, on any connection.
    has_begun: bool,
    /// Whether another request can resume the stream; `None` if the same request does.
    is_resumable: Option<bool>,
    redirects: u32,
    retry: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Waiting,
    Open,
    Closed,
}

/// The state of a client, in the terms of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadyState {
    /// The client is connecting, or waiting to connect.
    Connecting,
    /// The client is reading an event stream.
    Open,
    /// The client has ended, or the machine gave up.
    Closed,
}

/// An action for the client to take next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Read the body of the response.
    Read,
    /// Wait this long, call [`on_waited`](Machine::on_waited), and send the request again.
    Wait(Duration),
    /// Send the request to another URI, now.
    Redirect(Redirect),
    /// Stop without an error.
    End,
    /// Stop with an error.
    GiveUp(GiveUp),
}

/// The reason why a client gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GiveUp {
    /// The response is not an event stream: another status, media type, or content encoding.
    Rejected,
    /// The redirect has no usable `Location`.
    RedirectWithoutLocation,
    /// The server sent more than 20 redirects in a row.
    TooManyRedirects,
    /// The policy allows no further attempt: [`Policy::with_max_attempts`] or [`Policy::never`].
    Attempts,
    /// The deadline has passed: [`Policy::with_deadline`].
    Deadline,
    /// The first connection failed: [`Policy::with_fail_fast`].
    FirstConnection,
    /// An event has arrived, and the request is not sent again: [`Policy::until_first_event`].
    HasBegun,
    /// No request would resume the stream: [`Machine::set_resumable`].
    NothingToResume,
}

impl Machine {
    /// Creates a machine that is ready for the first attempt: send the request now.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Machine {
            policy,
            state: State::Connecting,
            failures: 0,
            is_stable: false,
            has_opened: false,
            has_begun: false,
            is_resumable: None,
            redirects: 0,
            retry: None,
        }
    }

    /// Replaces the policy; everything that has happened so far still counts.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// Reports a response with this status and these headers to a request for this URI.
    pub fn on_response(&mut self, status: StatusCode, headers: &HeaderMap, at: &Uri, random: u64) -> Action {
        if self.state == State::Closed {
            return Action::End;
        }
        // [connection 17] 204 tells the client to stop.
        if status == StatusCode::NO_CONTENT {
            return self.end();
        }
        // [connection 22]
        if is_redirect(status) {
            return self.on_redirect(status, headers, at);
        }
        // [connection 17, 18]
        let is_accepted = self.policy.accepts_status(status)
            && (self.policy.accepts_any_media_type || has_media_type(headers))
            && content_encoding(headers).is_none();
        if is_accepted {
            self.state = State::Open;
            self.has_opened = true;
            return Action::Read;
        }
        if self.policy.retries(status, headers) {
            self.again(retry_after(headers), random, GiveUp::Rejected)
        } else {
            self.give_up(GiveUp::Rejected)
        }
    }

    fn on_redirect(&mut self, status: StatusCode, headers: &HeaderMap, at: &Uri) -> Action {
        self.redirects += 1;
        if self.redirects > MOST_REDIRECTS {
            return self.give_up(GiveUp::TooManyRedirects);
        }
        match Redirect::of(status, headers, at) {
            Some(redirect) => Action::Redirect(redirect),
            None => self.give_up(GiveUp::RedirectWithoutLocation),
        }
    }

    /// Reports that an event arrived: the connection is stable.
    pub fn on_event(&mut self) {
        self.failures = 0;
        self.is_stable = true;
        self.has_begun = true;
    }

    /// Reports that the connection has lasted for [`stable_after`](Self::stable_after), even without events.
    pub fn on_stable(&mut self) {
        if self.state == State::Open {
            self.failures = 0;
            self.is_stable = true;
        }
    }

    /// Sets the server's reconnection time, if it has sent one. The next wait starts from it.
    pub fn set_retry(&mut self, retry: Option<Duration>) {
        self.retry = retry;
    }

    /// Sets whether another request resumes the stream where the last one ended: `Some(true)` if there is one,
    /// `Some(false)` if there is nothing to resume, `None` (the default) if the same request does.
    ///
    /// With `Some(false)`, the next regular end ends the client and the next loss is an error; with `Some(true)`, the
    /// policy [`until_first_event`](Policy::until_first_event) also allows attempts after the first event.
    pub fn set_resumable(&mut self, is_resumable: Option<bool>) {
        self.is_resumable = is_resumable;
    }

    /// Reports that the server has closed the connection, between events or inside one.
    /// [connection 19](crate::_rules#connection-19)
    pub fn on_end(&mut self, random: u64) -> Action {
        let is_whole = self.policy.is_until_first_event && self.is_resumable.is_none();
        if self.policy.max_attempts == Some(0) || is_whole || self.is_resumable == Some(false) {
            self.end()
        } else {
            self.on_lost(random)
        }
    }

    /// Reports that the client could not connect, that the connection broke, or that it was silent for too long.
    /// [connection 19](crate::_rules#connection-19)
    pub fn on_lost(&mut self, random: u64) -> Action {
        self.again(None, random, GiveUp::Attempts)
    }

    /// Reports that the wait is over.
    pub fn on_waited(&mut self) {
        if self.state == State::Waiting {
            self.state = State::Connecting;
        }
        self.redirects = 0;
    }

    /// Reports that there has been no stable connection for [`deadline`](Self::deadline).
    pub fn on_deadline(&mut self) -> Action {
        if self.state == State::Closed {
            Action::End
        } else {
            self.give_up(GiveUp::Deadline)
        }
    }

    /// Closes the client. [connection 23](crate::_rules#connection-23)
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Drops the connection and reconnects without waiting. This counts as a loss. While the client is waiting, it only
    /// ends the wait.
    ///
    /// Returns [`Action::Wait`] with a zero duration, or [`Action::GiveUp`] if the policy allows no further attempt.
    pub fn restart(&mut self) -> Action {
        match self.state {
            State::Closed => Action::End,
            State::Waiting => Action::Wait(Duration::ZERO),
            State::Connecting | State::Open => match self.on_lost(0) {
                Action::Wait(_) => Action::Wait(Duration::ZERO),
                action => action,
            },
        }
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> ReadyState {
        match self.state {
            State::Connecting | State::Waiting => ReadyState::Connecting,
            State::Open => ReadyState::Open,
            State::Closed => ReadyState::Closed,
        }
    }

    /// Returns the number of attempts in a row to reconnect that have begun without an event so far.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns how long the connection must last before [`on_stable`](Self::on_stable) is called; `None` if it is
    /// already known to be stable, or if none is open.
    #[must_use]
    pub fn stable_after(&self) -> Option<Duration> {
        (!self.is_stable && self.state == State::Open).then_some(self.policy.stable_after)
    }

    /// Returns how long the client may be without a stable connection before [`on_deadline`](Self::on_deadline) is
    /// called, counted from the start or from the loss of the last stable connection; `None` while a connection is
    /// open, or without a deadline.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        if !self.is_stable && self.state() == ReadyState::Connecting {
            self.policy.deadline
        } else {
            None
        }
    }

    /// Returns whether the connection has proved stable: by an event, or by lasting for
    /// [`stable_after`](Self::stable_after).
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.is_stable
    }

    /// Returns whether an event has arrived, on any connection.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Returns whether the same request is repeated because no event has arrived yet.
    pub(in super::super) fn repeats_until_first_event(&self) -> bool {
        self.policy.is_until_first_event && !self.has_begun
    }

    pub(in super::super) fn is_resumable(&self) -> Option<bool> {
        self.is_resumable
    }

    /// Returns a random number for the jitter, from the seeds of `std`'s hash maps.
    ///
    /// On `wasm32-unknown-unknown` these seeds are the same in every run: use another source of random numbers there.
    #[must_use]
    pub fn random() -> u64 {
        timer::random()
    }

    /// Returns why a further attempt is refused, if it is.
    fn refusal(&self, at_the_limit: GiveUp) -> Option<GiveUp> {
        if self.is_resumable == Some(false) {
            Some(GiveUp::NothingToResume)
        } else if self.policy.is_until_first_event && self.has_begun && self.is_resumable.is_none() {
            Some(GiveUp::HasBegun)
        } else if self.policy.is_fail_fast && !self.has_opened {
            Some(GiveUp::FirstConnection)
        } else if self.policy.max_attempts.is_some_and(|most| self.failures >= most) {
            Some(at_the_limit)
        } else {
            None
        }
    }

    fn again(&mut self, retry_after: Option<Duration>, random: u64, at_the_limit: GiveUp) -> Action {
        if self.state == State::Closed {
            return Action::End;
        }
        if let Some(why) = self.refusal(at_the_limit) {
            return self.give_up(why);
        }
        self.state = State::Waiting;
        self.is_stable = false;
        self.failures = self.failures.saturating_add(1);
        Action::Wait(self.policy.wait(self.failures, self.retry, retry_after, random))
    }

    fn end(&mut self) -> Action {
        self.state = State::Closed;
        Action::End
    }

    fn give_up(&mut self, why: GiveUp) -> Action {
        self.state = State::Closed;
        Action::GiveUp(why)
    }
}

/// The limit of browsers.
const MOST_REDIRECTS: u32 = 20;
