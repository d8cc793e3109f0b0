//! The effect of each input on attempts, backoff, deadline, stable alarm and ready state: a test for each cell of the
//! table in the docs of the machine, and random schedules compared with a slow twin.

use std::time::Duration;

use eventwire::client::reconnect::{Action, GiveUp, Machine, Policy, ReadyState};
use http::header::HeaderMap;
use http::{StatusCode, Uri};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);
const DEADLINE: Option<Duration> = Some(Duration::from_secs(60));
const STABLE: Option<Duration> = Some(Duration::from_secs(10));

fn policy() -> Policy {
    Policy::new().with_jitter_percent(0).with_deadline(SECOND * 60)
}

fn respond(machine: &mut Machine, status: u16) -> Action {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "text/event-stream".parse().unwrap());
    headers.insert("retry-after", "1".parse().unwrap());
    machine.on_response(StatusCode::from_u16(status).unwrap(), &headers, &Uri::from_static("http://a/"), 0)
}

/// A machine in its initial state.
fn new() -> Machine {
    Machine::new(policy())
}

/// A machine after its first failure and the wait for it.
fn failed() -> Machine {
    let mut machine = new();
    machine.on_lost(0);
    machine.on_waited();
    machine
}

/// A machine on its second attempt, open, without an event.
fn open() -> Machine {
    let mut machine = failed();
    respond(&mut machine, 200);
    machine
}

/// A machine on its second attempt, with an event.
fn stable() -> Machine {
    let mut machine = open();
    machine.on_event();
    machine
}

/// A machine that waits after its second failure.
fn waiting() -> Machine {
    let mut machine = failed();
    machine.on_lost(0);
    machine
}

fn after(mut machine: Machine, input: impl FnOnce(&mut Machine)) -> Machine {
    input(&mut machine);
    machine
}

/// Returns the wait after the next loss.
fn next_wait(mut machine: Machine) -> Option<u64> {
    machine.on_waited();
    match machine.on_lost(0) {
        Action::Wait(time) => Some(time.as_secs()),
        _ => None,
    }
}

/// A row of the table: the state after the input. `backoff` is the wait after the following loss.
macro_rules! rows {
    ($($row:ident: $machine:expr => $attempts:expr, $backoff:expr, $deadline:expr, $alarm:expr, $state:ident;)+) => {
        $(mod $row {
            use super::*;

            #[test]
            fn attempts() {
                assert_eq!($machine.failures(), $attempts);
            }

            #[test]
            fn backoff() {
                assert_eq!(next_wait($machine), $backoff);
            }

            #[test]
            fn deadline() {
                assert_eq!($machine.deadline(), $deadline);
            }

            #[test]
            fn stable_alarm() {
                assert_eq!($machine.stable_after(), $alarm);
            }

            #[test]
            fn ready_state() {
                assert_eq!($machine.state(), ReadyState::$state);
            }
        })+
    };
}

fn lost(machine: &mut Machine) {
    machine.on_lost(0);
}

fn restarted(machine: &mut Machine) {
    assert!(matches!(machine.restart(), Action::Wait(Duration::ZERO)));
    machine.on_waited();
}

fn slower(machine: &mut Machine) {
    machine.set_policy(policy().with_delay(SECOND * 5).with_deadline(SECOND * 9).with_stable_after(SECOND));
}

fn lenient(machine: &mut Machine) {
    machine.set_policy(policy().with_retry_on(|status, _| Policy::is_transient(status)));
    assert!(matches!(respond(machine, 503), Action::Wait(_)));
}

rows! {
    an_event: after(open(), Machine::on_event) => 0, Some(3), None, None, Open;
    the_stable_alarm: after(open(), Machine::on_stable) => 0, Some(3), None, None, Open;
    the_first_failure: after(new(), lost) => 1, Some(6), DEADLINE, None, Connecting;
    a_later_failure: after(failed(), lost) => 2, Some(12), DEADLINE, None, Connecting;
    the_loss_of_an_unstable_connection: after(open(), lost) => 2, Some(12), DEADLINE, None, Connecting;
    the_loss_of_a_stable_connection: after(stable(), lost) => 1, Some(6), DEADLINE, None, Connecting;
    restart_while_connecting: after(failed(), restarted) => 2, Some(12), DEADLINE, None, Connecting;
    restart_while_open: after(open(), restarted) => 2, Some(12), DEADLINE, None, Connecting;
    restart_while_stable: after(stable(), restarted) => 1, Some(6), DEADLINE, None, Connecting;
    restart_while_waiting: after(waiting(), restarted) => 2, Some(12), DEADLINE, None, Connecting;
    set_policy_while_connecting: after(failed(), slower) => 1, Some(10), Some(SECOND * 9), None, Connecting;
    set_policy_while_waiting: after(waiting(), slower) => 2, Some(20), Some(SECOND * 9), None, Connecting;
    set_policy_while_open: after(open(), slower) => 1, Some(10), None, Some(SECOND), Open;
    set_policy_while_stable: after(stable(), slower) => 0, Some(5), None, None, Open;
    a_rejected_response_that_is_retried: after(failed(), lenient) => 2, Some(12), DEADLINE, None, Connecting;
    a_rejected_response: after(failed(), |m| drop(respond(m, 503))) => 1, None, None, None, Closed;
    status_204: after(failed(), |m| drop(respond(m, 204))) => 1, None, None, None, Closed;
    status_204_at_first: after(new(), |m| drop(respond(m, 204))) => 0, None, None, None, Closed;
    close_while_connecting: after(failed(), Machine::close) => 1, None, None, None, Closed;
    close_while_waiting: after(waiting(), Machine::close) => 2, None, None, None, Closed;
    close_while_open: after(open(), Machine::close) => 1, None, None, None, Closed;
    close_while_stable: after(stable(), Machine::close) => 0, None, None, None, Closed;
    an_open_connection_that_is_not_stable: open() => 1, Some(6), None, STABLE, Open;
}

#[test]
fn a_retried_response_waits_for_the_longer_of_backoff_and_retry_after() {
    for (seconds, expected) in [("1", 6), ("20", 20)] {
        let mut machine = failed();
        machine.set_policy(policy().with_retry_on(|status, _| status == 503));
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", seconds.parse().unwrap());
        let at = Uri::from_static("http://a/");
        let action = machine.on_response(StatusCode::SERVICE_UNAVAILABLE, &headers, &at, 0);
        assert!(matches!(action, Action::Wait(time) if time == SECOND * expected), "{action:?}");
    }
}

#[test]
fn a_restart_obeys_the_limit_of_attempts() {
    let mut machine = Machine::new(policy().with_max_attempts(2));
    for _ in 0..2 {
        restarted(&mut machine);
    }
    assert!(matches!(machine.restart(), Action::GiveUp(GiveUp::Attempts)));
    assert_eq!(machine.state(), ReadyState::Closed);
    let mut once = Machine::new(Policy::never());
    assert!(matches!(once.restart(), Action::GiveUp(GiveUp::Attempts)));
}

#[test]
fn a_restart_during_a_wait_is_not_another_attempt() {
    let mut machine = Machine::new(policy().with_max_attempts(1));
    machine.on_lost(0);
    restarted(&mut machine);
    assert_eq!((machine.failures(), machine.state()), (1, ReadyState::Connecting));
}

#[test]
fn a_closed_machine_answers_every_input_with_the_end() {
    let mut machine = after(stable(), Machine::close);
    assert!(matches!(machine.restart(), Action::End));
    assert!(matches!(machine.on_lost(0), Action::End));
    assert!(matches!(machine.on_end(0), Action::End));
    assert!(matches!(machine.on_deadline(), Action::End));
    assert!(matches!(respond(&mut machine, 200), Action::End));
}

/// The inputs of a schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    Opened,
    Rejected,
    NoContent,
    Event,
    Stable,
    Ended,
    Lost,
    Waited,
    Restart,
    Deadline,
    Close,
    /// A limit on attempts, or none.
    Limit(Option<u32>),
}

fn input() -> impl Strategy<Value = Input> {
    use Input::*;
    prop_oneof![
        4 => Just(Opened),
        1 => Just(Rejected),
        1 => Just(NoContent),
        3 => Just(Event),
        1 => Just(Stable),
        3 => Just(Ended),
        4 => Just(Lost),
        8 => Just(Waited),
        3 => Just(Restart),
        1 => Just(Deadline),
        1 => Just(Close),
        1 => proptest::option::of(0..6_u32).prop_map(Limit),
    ]
}

/// The slow twin: it records everything that has happened and looks it up.
#[derive(Default)]
struct Twin(Vec<Input>);

impl Twin {
    fn is_loss(input: &Input) -> bool {
        matches!(input, Input::Ended | Input::Lost | Input::Restart)
    }

    fn is_good(input: &Input) -> bool {
        matches!(input, Input::Event | Input::Stable)
    }

    fn is_over(input: &Input) -> bool {
        matches!(input, Input::Rejected | Input::NoContent | Input::Deadline | Input::Close)
    }

    /// Returns what has happened since the connection was last good.
    fn since_good(&self) -> &[Input] {
        let after = self.0.iter().rposition(Twin::is_good).map_or(0, |last| last + 1);
        &self.0[after..]
    }

    fn attempts(&self) -> u32 {
        self.since_good().iter().filter(|input| Twin::is_loss(input)).count() as u32
    }

    fn is_stable(&self) -> bool {
        self.0.iter().any(Twin::is_good) && self.attempts() == 0
    }

    /// Returns the last input about the connection itself.
    fn last(&self) -> Option<Input> {
        self.0.iter().rev().find(|input| !matches!(input, Input::Limit(_)) && !Twin::is_good(input)).copied()
    }

    fn is_open(&self) -> bool {
        self.last() == Some(Input::Opened)
    }

    fn is_waiting(&self) -> bool {
        self.last().is_some_and(|last| Twin::is_loss(&last))
    }

    fn is_closed(&self) -> bool {
        self.0.iter().any(Twin::is_over)
    }

    fn limit(&self) -> Option<u32> {
        let limits = self.0.iter().rev().find_map(|input| match input {
            Input::Limit(limit) => Some(*limit),
            _ => None,
        });
        limits.flatten()
    }

    /// Returns whether this input is possible now for a real client.
    fn can(&self, input: Input) -> bool {
        match input {
            Input::Opened | Input::Rejected | Input::NoContent => !self.is_open() && !self.is_waiting(),
            Input::Event | Input::Stable | Input::Ended => self.is_open(),
            Input::Lost => !self.is_waiting(),
            Input::Waited => self.is_waiting(),
            Input::Deadline => !self.is_open(),
            Input::Restart | Input::Close | Input::Limit(_) => true,
        }
    }

    /// Records an input and returns what follows: the seconds of a wait, or `None` for the end.
    fn take(&mut self, input: Input) -> Option<u64> {
        // The attempt after the current wait begins; it is not counted as another.
        let input = if input == Input::Restart && self.is_waiting() { Input::Waited } else { input };
        if Twin::is_loss(&input) && self.limit().is_some_and(|limit| self.attempts() >= limit) {
            self.0.push(Input::Close);
            return None;
        }
        self.0.push(input);
        match input {
            Input::Restart | Input::Waited => Some(0),
            _ => Some([3, 6, 12, 24, 30][self.attempts().clamp(1, 5) as usize - 1]),
        }
    }
}

fn apply(machine: &mut Machine, input: Input) -> Option<Action> {
    Some(match input {
        Input::Opened => respond(machine, 200),
        Input::Rejected => respond(machine, 404),
        Input::NoContent => respond(machine, 204),
        Input::Ended => machine.on_end(0),
        Input::Lost => machine.on_lost(0),
        Input::Restart => machine.restart(),
        Input::Deadline => machine.on_deadline(),
        Input::Event => {
            return {
                machine.on_event();
                None
            }
        }
        Input::Stable => {
            return {
                machine.on_stable();
                None
            }
        }
        Input::Waited => {
            return {
                machine.on_waited();
                None
            }
        }
        Input::Close => {
            return {
                machine.close();
                None
            }
        }
        Input::Limit(limit) => {
            let policy = policy();
            machine.set_policy(match limit {
                Some(limit) => policy.with_max_attempts(limit),
                None => policy,
            });
            return None;
        }
    })
}

proptest! {
    #[test]
    fn random_schedules_agree_with_the_slow_twin(inputs in proptest::collection::vec(input(), 1..80)) {
        let mut machine = new();
        let mut twin = Twin::default();
        for input in inputs {
            if !twin.can(input) || twin.is_closed() {
                continue;
            }
            let was_waiting = twin.is_waiting();
            let action = apply(&mut machine, input);
            if input == Input::Restart && was_waiting {
                machine.on_waited();
            }
            match (twin.take(input), action) {
                (Some(expected), Some(Action::Wait(time))) => prop_assert_eq!(time.as_secs(), expected),
                (None, Some(action)) => {
                    prop_assert!(matches!(action, Action::End | Action::GiveUp(GiveUp::Attempts)))
                }
                (Some(_), Some(Action::Read)) => prop_assert_eq!(input, Input::Opened),
                (Some(_), Some(_)) => prop_assert!(twin.is_closed()),
                (_, None) => {}
            }
            prop_assert_eq!(machine.state() == ReadyState::Closed, twin.is_closed());
            prop_assert_eq!(machine.failures(), twin.attempts());
            if !twin.is_closed() {
                prop_assert_eq!(machine.state() == ReadyState::Open, twin.is_open());
                prop_assert_eq!(machine.is_stable(), twin.is_stable());
                let waits_for_proof = !twin.is_stable();
                prop_assert_eq!(machine.deadline().is_some(), waits_for_proof && !twin.is_open());
                prop_assert_eq!(machine.stable_after().is_some(), waits_for_proof && twin.is_open());
            }
        }
    }
}
