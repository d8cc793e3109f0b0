//! Retries decided by a user's function, and the last event ID that they send.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventwire::client::reconnect::{Policy, ReadyState};
use eventwire::client::EventSourceError;
use eventwire::EventId;

use crate::server::{respond, source, stream, Answer, End};

const SECOND: Duration = Duration::from_secs(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0).with_retry_on(|status, _| status == 503)
}

#[tokio::test(start_paused = true)]
async fn a_retry_function_sees_each_loss_and_sets_the_delay() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = Arc::clone(&seen);
    let (source, log) = source([
        Answer::Refused,
        respond(503, &[("retry-after", "7")], &[(0, "busy")], End::Closed),
        stream(&[(0, "data: a\n\n")], End::Closed),
        stream(&[(0, "data: b\n\n")], End::Reset),
        stream(&[(0, "data: c\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain()).with_retry(move |lost, failures, wait| {
        let lost = match lost {
            None => "closed",
            Some(EventSourceError::NoResponse { .. }) => "no response",
            Some(EventSourceError::Rejected(rejected)) if rejected.status() == 503 => "503",
            Some(EventSourceError::Stream(_)) => "broken",
            Some(other) => panic!("{other}"),
        };
        seeing.lock().unwrap().push((lost, failures, wait.as_secs()));
        Some(SECOND * 100 * failures)
    });
    for data in ["a", "b", "c"] {
        assert_eq!(source.next_event().await.unwrap().unwrap().data(), data);
    }
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen, [("no response", 1, 3), ("503", 2, 7), ("closed", 1, 3), ("broken", 1, 3)]);
    assert_eq!(log.times(), [0, 100, 300, 400, 500].map(|seconds| seconds * 1000));
}

#[tokio::test(start_paused = true)]
async fn when_the_retry_function_declines_a_loss_is_an_error_and_an_end_is_the_end() {
    let (refused, log) = source([Answer::Refused]);
    let mut refused = refused.with_reconnect(plain()).with_retry(|_, _, _| None);
    let error = refused.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::NoResponse { attempts: 1, .. }), "{error:?}");
    assert!(refused.next_event().await.unwrap().is_none());
    assert_eq!((refused.ready_state(), log.times().len()), (ReadyState::Closed, 1));

    let (ended, _) = source([stream(&[(0, "data: a\n\n")], End::Closed)]);
    let mut ended = ended.with_retry(|_, _, _| None);
    assert_eq!(ended.next_event().await.unwrap().unwrap().data(), "a");
    assert!(ended.next_event().await.unwrap().is_none());

    // The response is complete, as without a retry function.
    let (busy, _) = source([respond(503, &[], &[(0, "busy")], End::Closed)]);
    let mut busy = busy.with_reconnect(plain()).with_retry(|_, _, _| None);
    let EventSourceError::Rejected(rejected) = busy.next_event().await.unwrap_err() else { panic!() };
    assert_eq!(rejected.into_body().text(100).await.unwrap(), "busy");
}

#[tokio::test(start_paused = true)]
async fn the_retry_function_is_not_called_when_the_policy_forbids_a_retry() {
    let (source, _) = source([Answer::Refused]);
    let mut source = source.with_reconnect(Policy::never()).with_retry(|_, _, _| panic!("asked"));
    assert!(source.next_event().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_changed_last_event_id_is_sent_with_the_next_request() {
    let (mut source, log) = source([
        stream(&[(0, "id: 7\ndata: a\n\n")], End::Closed),
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    source.next_event().await.unwrap();
    source.set_last_event_id(EventId::try_from("order-9").unwrap());
    assert_eq!(source.next_ref().await.unwrap().unwrap().last_event_id(), "order-9");
    assert_eq!(log.ids(), [None, Some("order-9".to_owned())]);
}
