//! The effect of restarts and new policies on the clocks of a running source.

use std::time::Duration;

use eventwire::client::reconnect::{Policy, ReadyState};
use eventwire::client::{EventSource, EventSourceError};
use tokio::time::{timeout, Instant};

use crate::server::{source, stream, Answer, End};

const SECOND: Duration = Duration::from_secs(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

async fn data(source: &mut EventSource) -> String {
    source.next_event().await.unwrap().expect("an event before the end").data().to_owned()
}

async fn silent(source: &mut EventSource, time: Duration) {
    assert!(timeout(time, source.next_event()).await.is_err());
}

/// Returns the seconds until the deadline ends the source.
async fn rings_after(source: &mut EventSource) -> u64 {
    let began = Instant::now();
    let error = timeout(SECOND * 1_000, source.next_event()).await.expect("an error").unwrap_err();
    assert!(matches!(error, EventSourceError::Deadline { .. }), "{error}");
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn the_deadline_fires_after_a_restart_of_a_stable_connection() {
    let (source, _) = source([stream(&[(0, "data: a\n\n")], End::Silent), Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_deadline(SECOND * 60));
    assert_eq!(data(&mut source).await, "a");
    silent(&mut source, SECOND * 100).await;
    source.restart();
    assert_eq!(rings_after(&mut source).await, 60);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_keeps_running_when_an_attempt_is_restarted() {
    let (source, log) = source((0..4).map(|_| Answer::Hanging));
    let mut source = source.with_reconnect(plain().with_deadline(SECOND * 60));
    for _ in 0..3 {
        silent(&mut source, SECOND * 10).await;
        source.restart();
    }
    assert_eq!(rings_after(&mut source).await, 30);
    assert_eq!(log.times(), [0, 10_000, 20_000, 30_000]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_keeps_running_when_a_wait_is_restarted() {
    let (source, log) = source([Answer::Refused, Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_delay(SECOND * 40).with_deadline(SECOND * 60));
    silent(&mut source, SECOND * 10).await;
    source.restart();
    assert_eq!(rings_after(&mut source).await, 50);
    assert_eq!(log.times(), [0, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_keeps_running_through_an_unstable_connection() {
    let (source, _) = source([stream(&[(9_000, ":\n")], End::Closed), Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_deadline(SECOND * 60));
    assert_eq!(rings_after(&mut source).await, 60);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_starts_over_with_a_new_policy() {
    let (source, _) = source([Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_deadline(SECOND * 60));
    silent(&mut source, SECOND * 50).await;
    source = source.with_reconnect(plain().with_deadline(SECOND * 20));
    assert_eq!(rings_after(&mut source).await, 20);
}

#[tokio::test(start_paused = true)]
async fn the_stable_alarm_starts_over_with_a_new_policy() {
    let (source, log) = source([
        Answer::Refused,
        Answer::Refused,
        stream(&[(9_000, ":\n"), (3_000, ":\n")], End::Closed),
        Answer::Hanging,
    ]);
    let mut source = source.with_reconnect(plain());
    silent(&mut source, SECOND * 15).await;
    source = source.with_reconnect(plain().with_stable_after(SECOND * 2));
    silent(&mut source, SECOND * 100).await;
    // Stable at 17 s, closed at 21 s.
    assert_eq!(log.times(), [0, 3_000, 9_000, 24_000]);
}

#[tokio::test(start_paused = true)]
async fn a_new_policy_keeps_the_state_of_a_running_source() {
    let (source, log) = source([
        stream(&[(0, "data: a\n\n"), (0, "data: b\n\n")], End::Closed),
        Answer::Refused,
        Answer::Hanging,
    ]);
    let mut source = source;
    assert_eq!(data(&mut source).await, "a");
    source = source.with_reconnect(plain());
    assert_eq!(source.ready_state(), ReadyState::Open);
    assert_eq!(data(&mut source).await, "b");
    silent(&mut source, SECOND * 4).await;
    // During the wait after the second failure, which was counted under the old policy.
    source = source.with_reconnect(plain().with_max_attempts(2));
    silent(&mut source, SECOND * 20).await;
    assert_eq!(log.times(), [0, 3_000, 9_000]);
    source.restart();
    assert!(matches!(source.next_event().await, Err(EventSourceError::Attempts { attempts: 3, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_loop_of_restarts_ends_at_the_limit() {
    let (source, log) = source((0..4).map(|_| Answer::Hanging));
    let mut source = source.with_reconnect(plain().with_max_attempts(3));
    for _ in 0..3 {
        silent(&mut source, SECOND).await;
        source.restart();
    }
    silent(&mut source, SECOND).await;
    source.restart();
    let error = source.next_event().await.unwrap_err();
    assert_eq!(error.to_string(), "gave up after 4 failures in a row");
    assert!(source.next_event().await.unwrap().is_none());
    assert_eq!(log.times(), [0, 1_000, 2_000, 3_000]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_before_anything_was_sent_costs_nothing() {
    let (source, log) = source([Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_max_attempts(1));
    for _ in 0..5 {
        source.restart();
    }
    silent(&mut source, SECOND).await;
    assert_eq!(log.times(), [0]);
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_source_without_an_end_mark_does_not_mention_a_last_event() {
    let (source, _) = source((0..3).map(|_| stream(&[], End::Closed)));
    let mut source = source.with_reconnect(plain().with_max_attempts(2));
    let error = source.next_event().await.unwrap_err();
    assert_eq!(error.to_string(), "gave up after 3 failures in a row");
    assert!(matches!(error, EventSourceError::Attempts { attempts: 3, last: None, .. }));
}

#[tokio::test(start_paused = true)]
async fn short_delays_double_as_long_ones_do() {
    let (source, log) = source((0..5).map(|_| Answer::Refused).chain([Answer::Hanging]));
    let mut source = source.with_reconnect(plain().with_delay(Duration::from_millis(50)));
    silent(&mut source, SECOND * 10).await;
    assert_eq!(log.times(), [0, 50, 150, 350, 750, 1_550]);
}

#[tokio::test]
async fn the_deadline_ends_attempts_that_fail_at_once_and_never_wait() {
    let send = |_: http::Request<bytes::Bytes>| async { Err::<http::Response<String>, _>("nobody there") };
    let request = http::Request::get("http://a.example/").body("").unwrap();
    let policy = Policy::new()
        .with_backoff(|_, _| Duration::ZERO)
        .with_jitter_percent(0)
        .with_deadline(Duration::from_millis(50));
    let mut source = EventSource::new(request, send, tokio::time::sleep).with_reconnect(policy);
    let error = timeout(Duration::from_secs(10), source.next_event()).await.expect("a deadline").unwrap_err();
    assert!(matches!(error, EventSourceError::Deadline { .. }), "{error}");
}
