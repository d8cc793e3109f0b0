//! When a client reconnects and when it stops: a test for each rule, and properties of all sequences of faults.

use std::time::Duration;

use eventwire::client::reconnect::{Action, GiveUp, Machine, Policy, ReadyState};
use http::header::HeaderMap;
use http::{StatusCode, Uri};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.insert(*name, value.parse().unwrap());
    }
    headers
}

fn respond(machine: &mut Machine, status: u16, pairs: &[(&'static str, &'static str)]) -> Action {
    let at = Uri::from_static("http://a.example/b");
    machine.on_response(StatusCode::from_u16(status).unwrap(), &headers(pairs), &at, 0)
}

fn open(machine: &mut Machine) -> Action {
    respond(machine, 200, &[("content-type", "text/event-stream; charset=utf-8")])
}

#[track_caller]
fn waits(next: Action) -> u64 {
    match next {
        Action::Wait(time) => time.as_secs(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn gives_up(next: Action) -> GiveUp {
    match next {
        Action::GiveUp(why) => why,
        other => panic!("{other:?}"),
    }
}

/// Asserts that the machine has ended, whatever its input.
fn is_closed(mut machine: Machine) {
    assert_eq!(machine.state(), ReadyState::Closed);
    assert!(matches!(open(&mut machine), Action::End));
    assert!(matches!(machine.on_lost(0), Action::End));
    assert!(matches!(machine.on_end(0), Action::End));
    assert!(matches!(machine.on_deadline(), Action::End));
    machine.on_event();
    machine.on_stable();
    machine.on_waited();
    machine.restart();
    assert_eq!(
        (machine.state(), machine.deadline(), machine.stable_after()),
        (ReadyState::Closed, None, None)
    );
}

// [connection 16]
#[test]
fn a_request_accepts_an_event_stream_and_bypasses_caches() {
    let mut headers = HeaderMap::new();
    assert!(Machine::write_headers(&mut headers, ""));
    assert_eq!(headers.len(), 2);
    assert_eq!(
        (&headers["accept"], &headers["cache-control"]),
        (&"text/event-stream".parse().unwrap(), &"no-cache".parse().unwrap())
    );
}

#[test]
fn headers_set_by_the_user_are_not_replaced() {
    let mut headers =
        headers(&[("accept", "application/json, text/event-stream"), ("cache-control", "no-store")]);
    assert!(Machine::write_headers(&mut headers, ""));
    assert_eq!(headers["accept"], "application/json, text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
}

// [connection 16, 21]
#[test]
fn the_last_event_id_is_sent_as_it_is_and_only_when_there_is_one() {
    for id in ["7", "注文7", "caf\u{e9}", "a\tb", "[{\"x\":1}]", "\u{1F600}"] {
        let mut headers = HeaderMap::new();
        assert!(Machine::write_headers(&mut headers, id));
        assert_eq!(headers["last-event-id"].as_bytes(), id.as_bytes());
        // The server has cleared it.
        assert!(Machine::write_headers(&mut headers, ""));
        assert!(!headers.contains_key("last-event-id"));
    }
}

// [connection 21]
#[test]
fn an_id_that_http_cannot_carry_is_omitted_and_reported() {
    for id in ["\u{1}", "a\u{7f}", "a\u{1b}[0m"] {
        let mut headers = headers(&[("last-event-id", "6")]);
        assert!(!Machine::write_headers(&mut headers, id));
        assert!(!headers.contains_key("last-event-id"));
    }
}

// [connection 17, 18]
#[test]
fn status_200_and_the_media_type_open_the_stream() {
    let mut machine = Machine::new(plain());
    assert_eq!(machine.state(), ReadyState::Connecting);
    assert!(matches!(open(&mut machine), Action::Read));
    assert_eq!(machine.state(), ReadyState::Open);
}

// [connection 17]
#[test]
fn status_204_ends_without_an_error_even_on_a_reconnect() {
    let mut machine = Machine::new(plain());
    assert!(matches!(respond(&mut machine, 204, &[]), Action::End));
    is_closed(machine);
    let mut machine = Machine::new(plain());
    open(&mut machine);
    machine.on_end(0);
    machine.on_waited();
    assert!(matches!(respond(&mut machine, 204, &[]), Action::End));
    is_closed(machine);
}

// [connection 17]
#[test]
fn every_other_status_is_rejected_even_on_a_reconnect() {
    for status in [201, 206, 304, 400, 401, 404, 408, 429, 500, 503] {
        let mut machine = Machine::new(plain());
        let stream = [("content-type", "text/event-stream")];
        assert_eq!(gives_up(respond(&mut machine, status, &stream)), GiveUp::Rejected, "{status}");
        is_closed(machine);
        let mut machine = Machine::new(plain());
        open(&mut machine);
        machine.on_event();
        machine.on_lost(0);
        machine.on_waited();
        assert_eq!(gives_up(respond(&mut machine, status, &stream)), GiveUp::Rejected, "{status}");
        is_closed(machine);
    }
}

// [connection 18]
#[test]
fn another_media_type_is_rejected_unless_the_user_accepts_it() {
    for content_type in ["application/json", "text/event-streamx", "text/plain"] {
        let mut machine = Machine::new(plain());
        assert_eq!(gives_up(respond(&mut machine, 200, &[("content-type", content_type)])), GiveUp::Rejected);
        is_closed(machine);
        let mut machine = Machine::new(plain().with_any_media_type());
        assert!(matches!(respond(&mut machine, 200, &[("content-type", content_type)]), Action::Read));
    }
    let mut machine = Machine::new(plain());
    assert_eq!(gives_up(respond(&mut machine, 200, &[])), GiveUp::Rejected);
}

// [connection 17]
#[test]
fn transient_statuses_are_retried_on_request() {
    for status in [408, 425, 429, 500, 502, 503, 504, 529] {
        let mut machine = Machine::new(plain().with_retry_on(|status, _| Policy::is_transient(status)));
        assert_eq!(waits(respond(&mut machine, status, &[])), 3);
        assert_eq!(waits(respond(&mut machine, status, &[("retry-after", "20")])), 20);
        assert_eq!(machine.state(), ReadyState::Connecting);
    }
    for status in [400, 401, 403, 404, 501, 505] {
        let mut machine = Machine::new(plain().with_retry_on(|status, _| Policy::is_transient(status)));
        assert_eq!(gives_up(respond(&mut machine, status, &[])), GiveUp::Rejected, "{status}");
    }
}

#[test]
fn a_status_that_is_not_transient_is_rejected() {
    let mut machine =
        Machine::new(plain().with_retry_on(|status, _| Policy::is_transient(status)).with_max_attempts(2));
    for _ in 0..2 {
        waits(respond(&mut machine, 503, &[]));
        machine.on_waited();
    }
    assert_eq!(gives_up(respond(&mut machine, 503, &[])), GiveUp::Rejected);
}

// [connection 19]
#[test]
fn lost_and_closed_connections_are_both_re_established() {
    let mut machine = Machine::new(plain());
    assert_eq!(waits(machine.on_lost(0)), 3);
    machine.on_waited();
    open(&mut machine);
    machine.on_event();
    assert_eq!(waits(machine.on_end(0)), 3);
    assert_eq!(machine.state(), ReadyState::Connecting);
}

// [connection 19]
#[test]
fn status_200_alone_does_not_reset_the_backoff() {
    let mut machine = Machine::new(plain());
    for expected in [3, 6, 12, 24, 30] {
        open(&mut machine);
        assert_eq!(waits(machine.on_end(0)), expected);
        machine.on_waited();
    }
    assert_eq!(machine.failures(), 5);
}

// [connection 19]
#[test]
fn an_event_or_a_lasting_connection_resets_the_backoff() {
    for good in [Machine::on_event, Machine::on_stable] {
        let mut machine = Machine::new(plain());
        for _ in 0..4 {
            machine.on_lost(0);
            machine.on_waited();
        }
        open(&mut machine);
        assert_eq!(machine.stable_after(), Some(SECOND * 10));
        good(&mut machine);
        assert_eq!((machine.failures(), machine.stable_after()), (0, None));
        assert_eq!(waits(machine.on_lost(0)), 3);
    }
}

#[test]
fn a_connection_that_is_not_open_cannot_be_stable() {
    let mut machine = Machine::new(plain());
    machine.on_lost(0);
    machine.on_stable();
    assert_eq!(machine.failures(), 1);
}

// [connection 20]
#[test]
fn the_server_s_retry_is_the_next_delay() {
    let mut machine = Machine::new(plain());
    open(&mut machine);
    machine.set_retry(Some(SECOND * 7));
    machine.on_event();
    assert_eq!(waits(machine.on_lost(0)), 7);
    machine.on_waited();
    assert_eq!(waits(machine.on_lost(0)), 14);
}

// [connection 20]
#[test]
fn a_retry_of_zero_or_of_years_is_clamped() {
    for (retry, expected) in [(Duration::ZERO, 500), (Duration::from_millis(u64::MAX), 3_600_000)] {
        let mut machine = Machine::new(plain());
        machine.set_retry(Some(retry));
        machine.on_event();
        match machine.on_lost(0) {
            Action::Wait(time) => assert_eq!(time.as_millis(), expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_limit_of_attempts_counts_those_in_a_row() {
    let mut machine = Machine::new(plain().with_max_attempts(2));
    for _ in 0..5 {
        open(&mut machine);
        machine.on_event();
        waits(machine.on_lost(0));
        machine.on_waited();
        waits(machine.on_lost(0));
        machine.on_waited();
    }
    assert_eq!(gives_up(machine.on_lost(0)), GiveUp::Attempts);
    is_closed(machine);
}

#[test]
fn the_never_policy_allows_a_single_connection() {
    let mut machine = Machine::new(Policy::never());
    assert_eq!(gives_up(machine.on_lost(0)), GiveUp::Attempts);
    is_closed(machine);
    let mut machine = Machine::new(Policy::never());
    open(&mut machine);
    assert!(matches!(machine.on_end(0), Action::End));
    is_closed(machine);
}

#[test]
fn the_deadline_limits_the_time_without_a_stable_connection() {
    let mut machine = Machine::new(plain().with_deadline(SECOND * 60));
    assert_eq!(machine.deadline(), Some(SECOND * 60));
    open(&mut machine);
    assert_eq!(machine.deadline(), None);
    machine.on_event();
    machine.on_lost(0);
    assert_eq!(machine.deadline(), Some(SECOND * 60));
    assert_eq!(gives_up(machine.on_deadline()), GiveUp::Deadline);
    is_closed(machine);
}

// [connection 22]
#[test]
fn redirects_are_followed_up_to_20_in_a_row() {
    for status in [301, 302, 303, 307, 308] {
        let mut machine = Machine::new(plain());
        for _ in 0..20 {
            match respond(&mut machine, status, &[("location", "/x")]) {
                Action::Redirect(redirect) => assert_eq!(redirect.uri(), "http://a.example/x"),
                other => panic!("{other:?}"),
            }
        }
        let mut lucky = machine.clone();
        assert!(matches!(open(&mut lucky), Action::Read));
        assert_eq!(gives_up(respond(&mut machine, status, &[("location", "/x")])), GiveUp::TooManyRedirects);
        is_closed(machine);
    }
}

#[test]
fn each_attempt_may_be_redirected_again() {
    let mut machine = Machine::new(plain());
    for _ in 0..30 {
        for _ in 0..20 {
            assert!(matches!(respond(&mut machine, 307, &[("location", "/x")]), Action::Redirect(_)));
        }
        machine.on_lost(0);
        machine.on_waited();
    }
}

// [connection 22]
#[test]
fn a_redirect_without_a_usable_location_is_an_error() {
    for pairs in
        [&[][..], &[("location", "")], &[("location", "mailto:a@b.example")], &[("location", "http://")]]
    {
        let mut machine = Machine::new(plain());
        assert_eq!(gives_up(respond(&mut machine, 302, pairs)), GiveUp::RedirectWithoutLocation);
        is_closed(machine);
    }
}

// [connection 23]
#[test]
fn closing_ends_the_machine_in_every_state() {
    let mut connecting = Machine::new(plain());
    let mut open_one = Machine::new(plain());
    open(&mut open_one);
    let mut waiting = Machine::new(plain());
    waiting.on_lost(0);
    for machine in [&mut connecting, &mut open_one, &mut waiting] {
        machine.close();
    }
    for machine in [connecting, open_one, waiting] {
        is_closed(machine);
    }
}

/// What can happen to an attempt.
#[derive(Clone, Debug)]
enum Fault {
    Refused,
    Status(u16, Option<u64>),
    /// Held open for this many milliseconds, with or without an event and a `retry`, then closed or lost.
    Open {
        held: u64,
        event: bool,
        retry: Option<u64>,
        lost: bool,
    },
    Redirects(u8),
}

fn fault() -> impl Strategy<Value = Fault> {
    let millis = prop_oneof![Just(0), 0..5_000_u64, 0..60_000_u64];
    let retry = proptest::option::of(prop_oneof![Just(0), Just(1), Just(u64::MAX), 0..100_000_u64]);
    prop_oneof![
        Just(Fault::Refused),
        (prop_oneof![Just(429), Just(503), Just(500)], proptest::option::of(0..100_u64))
            .prop_map(|(status, after)| Fault::Status(status, after)),
        (millis, any::<bool>(), retry, any::<bool>()).prop_map(|(held, event, retry, lost)| Fault::Open {
            held,
            event,
            retry,
            lost
        }),
        (0..25_u8).prop_map(Fault::Redirects),
    ]
}

/// Returns when each attempt begins, in milliseconds, until the client gives up.
fn attempts(settings: Policy, faults: &[(Fault, u64)]) -> Vec<u128> {
    let mut machine = Machine::new(settings);
    let at = Uri::from_static("http://a.example/");
    let mut now = 0;
    let mut begun = Vec::new();
    for (fault, random) in faults {
        begun.push(now);
        let next = match fault {
            Fault::Refused => machine.on_lost(*random),
            Fault::Status(status, after) => {
                let mut headers = HeaderMap::new();
                if let Some(after) = after {
                    headers.insert("retry-after", (*after).into());
                }
                machine.on_response(StatusCode::from_u16(*status).unwrap(), &headers, &at, *random)
            }
            Fault::Redirects(count) => {
                for _ in 0..*count {
                    respond(&mut machine, 307, &[("location", "/")]);
                }
                machine.on_lost(*random)
            }
            Fault::Open { held, event, retry, lost } => {
                open(&mut machine);
                if let Some(retry) = retry {
                    machine.set_retry(Some(Duration::from_millis(*retry)));
                }
                if *event {
                    machine.on_event();
                }
                if machine.stable_after().is_some_and(|time| u128::from(*held) >= time.as_millis()) {
                    machine.on_stable();
                }
                now += u128::from(*held);
                if *lost {
                    machine.on_lost(*random)
                } else {
                    machine.on_end(*random)
                }
            }
        };
        match next {
            Action::Wait(time) => now += time.as_millis(),
            Action::GiveUp(_) | Action::End => break,
            other => panic!("{other:?}"),
        }
        machine.on_waited();
    }
    begun
}

/// Returns the largest number of attempts within any period of this many milliseconds.
fn most_within(begun: &[u128], millis: u128) -> usize {
    let within = |from: &u128| begun.iter().filter(|at| (*from..*from + millis).contains(*at)).count();
    begun.iter().map(within).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_sequence_of_faults_makes_a_client_hammer_the_server(faults in proptest::collection::vec((fault(), any::<u64>()), 1..60)) {
        let settings = Policy::new().with_retry_on(|status, _| Policy::is_transient(status));
        let begun = attempts(settings, &faults);
        prop_assert!(most_within(&begun, 1_000) <= 2, "{begun:?}");
        prop_assert!(most_within(&begun, 10_000) <= 20, "{begun:?}");
    }

    #[test]
    fn a_client_with_a_zero_delay_does_not_hammer_a_server_without_events(
        faults in proptest::collection::vec((fault(), any::<u64>()), 1..60),
    ) {
        let without_events: Vec<_> = faults
            .into_iter()
            .map(|(fault, random)| match fault {
                Fault::Open { held, lost, .. } => {
                    (Fault::Open { held: held.min(9_999), event: false, retry: None, lost }, random)
                }
                fault => (fault, random),
            })
            .collect();
        let settings = Policy::new().with_delay(Duration::ZERO).with_retry_on(|status, _| Policy::is_transient(status));
        let begun = attempts(settings, &without_events);
        prop_assert!(most_within(&begun, 1_000) <= 4, "{begun:?}");
        prop_assert!(most_within(&begun, 60_000) <= 12, "{begun:?}");
    }
}
