//! What comes next.

use core::time::Duration;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use http::{HeaderMap, StatusCode, Uri};

use super::super::media_type::is_event_stream;
use super::redirect::{is_redirect, Redirect};
use super::retry_after::retry_after;
use super::settings::Policy;

/// When to connect, to wait and to stop: a state machine that is told what happens and says what comes next. It does
/// nothing itself, and reads no clock.
///
/// ```text
///              ┌─────────────────── on_waited ──────────────────┐
///              v                                                │
/// new ──> Connecting ── on_response: 200, event stream ──> Open │
///          │   │  ^                                         │   │
///          │   │  └─ redirect                               │ on_end, on_lost
///          │   │                                            v   │
///          │   └─ on_lost, on_response: try again ──> Connecting, Wait
///          v
///        Closed <── 204, other responses, a limit, close
/// ```
///
/// [`EventSource`](crate::client::EventSource) drives one. For a client of another kind, a blocking one for instance:
///
/// ```
/// use eventwire::client::reconnect::{Action, Policy, Machine};
/// use http::{HeaderMap, StatusCode, Uri};
///
/// let mut reconnector = Machine::new(Policy::new());
/// let uri = Uri::from_static("http://localhost/ticks");
/// # let mut headers = HeaderMap::new();
/// # headers.insert("content-type", "text/event-stream".parse().unwrap());
/// // Send a request; its headers: Machine::write_headers. Then:
/// let next = reconnector.on_response(StatusCode::OK, &headers, &uri, Machine::random());
/// assert!(matches!(next, Action::Read));
/// reconnector.on_event();                                      // for each event
/// let next = reconnector.on_end(Machine::random());        // the server has closed the connection
/// let Action::Wait(time) = next else { panic!() };
/// assert!((3..6).contains(&time.as_secs()));                   // sleep, then:
/// reconnector.on_waited();                                     // and send it again
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    settings: Policy,
    state: ReadyState,
    /// Attempts in a row that brought nothing, or were not yet made.
    failures: u32,
    /// Whether the connection has proved good: by an event, or by holding for a while.
    is_good: bool,
    redirects: u32,
    retry: Option<Duration>,
}

/// Where a client stands, in the words of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadyState {
    /// It connects, or waits until it does.
    Connecting,
    /// It reads an event stream.
    Open,
    /// It has ended, or given up.
    Closed,
}

/// What comes next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Read the body of the response.
    Read,
    /// Wait that long, say [`on_waited`](Machine::on_waited), and send the request again.
    Wait(Duration),
    /// Send the request to another place, now.
    Redirect(Redirect),
    /// It is over, and nothing went wrong.
    End,
    /// It is over: an error.
    GiveUp(GiveUp),
}

/// Why a client has given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GiveUp {
    /// The response is no event stream: another status, or another media type.
    Rejected,
    /// A redirect without a place that can be gone to.
    RedirectWithoutLocation,
    /// 20 redirects in a row.
    TooManyRedirects,
    /// [`Policy::with_max_attempts`], or there are no attempts but the first.
    Attempts,
    /// [`Policy::with_give_up_after`].
    Time,
}

impl Machine {
    /// Begins with the first attempt: send the request now.
    #[must_use]
    pub fn new(settings: Policy) -> Self {
        Machine {
            settings,
            state: ReadyState::Connecting,
            failures: 0,
            is_good: false,
            redirects: 0,
            retry: None,
        }
    }

    /// A response has come, with this status and these headers, to a request for this place.
    pub fn on_response(&mut self, status: StatusCode, headers: &HeaderMap, at: &Uri, random: u64) -> Action {
        if self.state == ReadyState::Closed {
            return Action::End;
        }
        // [connection 17] 204 is the server's way to say "stop".
        if status == StatusCode::NO_CONTENT {
            return self.end();
        }
        // [connection 22]
        if is_redirect(status) {
            return self.on_redirect(status, headers, at);
        }
        // [connection 17, 18]
        if status == StatusCode::OK && (self.settings.takes_any_media_type || is_event_stream(headers)) {
            self.state = ReadyState::Open;
            return Action::Read;
        }
        match (self.settings.retry_on)(status) {
            true => self.again(retry_after(headers), random, GiveUp::Rejected),
            false => self.give_up(GiveUp::Rejected),
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

    /// An event has come: the server is well.
    pub fn on_event(&mut self) {
        self.failures = 0;
        self.is_good = true;
    }

    /// The connection has held for [`stable_after`](Self::stable_after), be it in silence.
    pub fn on_stable(&mut self) {
        if self.state == ReadyState::Open {
            self.on_event();
        }
    }

    /// Sets the server's reconnection time, when it has sent one. The next wait begins with it.
    pub fn set_retry(&mut self, retry: Option<Duration>) {
        self.retry = retry;
    }

    /// The connection was closed by the server, between events or inside of one. [connection 19]
    pub fn on_end(&mut self, random: u64) -> Action {
        match self.settings.max_attempts {
            Some(0) => self.end(),
            _ => self.on_lost(random),
        }
    }

    /// No connection could be made, or it broke, or nothing came for too long. [connection 19]
    pub fn on_lost(&mut self, random: u64) -> Action {
        self.again(None, random, GiveUp::Attempts)
    }

    /// The wait is over.
    pub fn on_waited(&mut self) {
        self.redirects = 0;
    }

    /// There was nothing good for [`patience`](Self::patience).
    pub fn on_impatience(&mut self) -> Action {
        match self.state {
            ReadyState::Closed => Action::End,
            _ => self.give_up(GiveUp::Time),
        }
    }

    /// The user has closed the client. [connection 23]
    pub fn close(&mut self) {
        self.state = ReadyState::Closed;
    }

    /// Connects at once, as at the beginning.
    pub fn restart(&mut self) {
        if self.state != ReadyState::Closed {
            self.state = ReadyState::Connecting;
            self.redirects = 0;
        }
    }

    /// Where the client stands.
    #[must_use]
    pub fn state(&self) -> ReadyState {
        self.state
    }

    /// How many attempts in a row to come back were begun and have brought nothing yet.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// How long a connection has to hold until [`on_stable`](Self::on_stable) is said; nothing when it is known to be
    /// good already.
    #[must_use]
    pub fn stable_after(&self) -> Option<Duration> {
        (!self.is_good && self.state == ReadyState::Open).then_some(self.settings.stable_after)
    }

    /// How long there may be nothing good until [`on_impatience`](Self::on_impatience) is said, counted from the
    /// beginning or from the loss of the last good connection; nothing while there is one, or no limit.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        match !self.is_good && self.state == ReadyState::Connecting {
            true => self.settings.give_up_after,
            false => None,
        }
    }

    /// Whether the connection has proved good: by an event, or by holding for [`stable_after`](Self::stable_after).
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_good
    }

    /// A number for the jitter, from the seeds of `std`'s hash maps.
    #[must_use]
    pub fn random() -> u64 {
        RandomState::new().build_hasher().finish()
    }

    fn again(&mut self, retry_after: Option<Duration>, random: u64, why_not: GiveUp) -> Action {
        if self.state == ReadyState::Closed {
            return Action::End;
        }
        if self.settings.max_attempts.is_some_and(|most| self.failures >= most) {
            return self.give_up(why_not);
        }
        self.state = ReadyState::Connecting;
        self.is_good = false;
        self.failures = self.failures.saturating_add(1);
        Action::Wait(self.settings.wait(self.failures, self.retry, retry_after, random))
    }

    fn end(&mut self) -> Action {
        self.state = ReadyState::Closed;
        Action::End
    }

    fn give_up(&mut self, why: GiveUp) -> Action {
        self.state = ReadyState::Closed;
        Action::GiveUp(why)
    }
}

/// As many as browsers follow.
const MOST_REDIRECTS: u32 = 20;
