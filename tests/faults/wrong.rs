//! What was wrong: numbers 1 to 13.

use std::time::Duration;

use eventwire::client::reconnect::{Action, Machine, Policy, ReadyState};
use eventwire::client::{EventSource, EventSourceError, EventStream, StateChange, StreamError};
use eventwire::server::EventBody;
use eventwire::{Event, EventReader, Head};
use futures_util::{stream, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use tokio::time::{timeout, Instant};

use crate::chunks::Lost;
use crate::server::{respond, source, stream as answer, Answer, End};

const MILLI: Duration = Duration::from_millis(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

async fn data(source: &mut EventSource) -> String {
    source.next_event().await.unwrap().unwrap().data().to_owned()
}

async fn error(source: &mut EventSource) -> EventSourceError {
    timeout(MILLI * 600_000, source.next_event()).await.expect("an end").unwrap_err()
}

/// 1
#[tokio::test(start_paused = true)]
async fn events_leave_100_ms_before_the_error_that_follows_them() {
    let items = stream::iter([Ok(Event::new("a")), Err("lost")]);
    let mut chunks = EventBody::new(items).with_keep_alive(Default::default()).into_stream();
    let began = Instant::now();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\ndata: a\n\n");
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(chunks.next().await.unwrap().is_err());
    assert!(began.elapsed() >= MILLI * 100);
}

/// 2
#[tokio::test(start_paused = true)]
async fn a_restart_leaves_the_deadline_on() {
    let (source, _) = source([answer(&[(0, "data: a\n\n")], End::Silent), Answer::Hanging]);
    let mut source = source.with_reconnect(plain().with_deadline(MILLI * 300));
    assert_eq!(data(&mut source).await, "a");
    source.restart();
    let began = Instant::now();
    assert!(matches!(error(&mut source).await, EventSourceError::Deadline { .. }));
    assert_eq!(began.elapsed(), MILLI * 300);
}

/// 3
#[tokio::test(start_paused = true)]
async fn a_new_policy_after_the_first_event_leaves_the_connection_open() {
    let (source, log) =
        source([Answer::Refused, answer(&[(0, "data: a\n\n"), (20_000, "data: b\n\n")], End::Silent)]);
    let mut source = source.with_reconnect(plain());
    assert_eq!(data(&mut source).await, "a");
    let mut source = source.with_reconnect(plain().with_delay(MILLI));
    assert_eq!(source.ready_state(), ReadyState::Open);
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.times(), [0, 3_000]);
}

/// 4
#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_decoded_is_rejected_and_its_encoding_named() {
    let headers = [("content-type", "text/event-stream"), ("content-encoding", "gzip")];
    let (mut source, log) = source([respond(200, &headers, &[(0, "\u{1f}")], End::Closed)]);
    let rejected = error(&mut source).await;
    assert!(matches!(rejected, EventSourceError::Rejected(_)) && rejected.to_string().contains("\"gzip\""));
    assert_eq!(log.times(), [0]);
    let mut response = Response::builder();
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let rejected = EventStream::from_response(response.body(String::from("")).unwrap()).unwrap_err();
    assert!(rejected.to_string().contains("\"gzip\""), "{rejected}");
}

/// 5
#[tokio::test(start_paused = true)]
async fn a_body_without_events_says_what_it_says_and_comes_again_ever_more_rarely() {
    let quota = "{\"error\":{\"message\":\"quota\"}}\n";
    let mut events = EventStream::new(stream::iter([Ok::<_, Lost>(quota)]))
        .with_end_mark(eventwire::client::EndMark::data("[DONE]"));
    let said = events.next_event().await.unwrap_err().to_string();
    assert!(said.contains("is not an event stream") && said.contains("quota"), "{said}");
    let (source, log) =
        source((0..4).map(|_| answer(&[(0, "{\"error\":{\"message\":\"quota\"}}\n")], End::Closed)));
    let mut source = source.with_reconnect(plain().with_delay(MILLI * 100).with_max_attempts(3));
    error(&mut source).await;
    assert_eq!(source.first_line().unwrap().as_str(), quota.trim_end());
    assert_eq!(log.times(), [0, 100, 300, 700]);
}

/// 6
#[tokio::test(start_paused = true)]
async fn a_delay_of_50_ms_doubles_each_time() {
    let (source, log) = source((0..5).map(|_| Answer::Refused));
    let mut source = source.with_reconnect(plain().with_delay(MILLI * 50).with_max_attempts(4));
    error(&mut source).await;
    assert_eq!(log.times(), [0, 50, 150, 350, 750]);
}

/// 7
#[tokio::test(start_paused = true)]
async fn an_id_of_1_mb_is_left_out_and_reported() {
    let line: &str = format!("id: {}\ndata: a\n\n", "x".repeat(1 << 20)).leak();
    let (source, log) =
        source([answer(vec![(0, line)].leak(), End::Closed), answer(&[(0, "data: b\n\n")], End::Closed)]);
    let (say, said) = std::sync::mpsc::channel();
    let mut source = source.with_observer(move |change| {
        if let StateChange::IdLeftOut { last_event_id, .. } = change {
            say.send(last_event_id.len()).unwrap();
        }
    });
    assert_eq!((data(&mut source).await, data(&mut source).await), ("a".to_owned(), "b".to_owned()));
    assert_eq!(log.ids(), [None, None]);
    assert_eq!(said.try_recv(), Ok(1 << 20));
}

/// 8
#[tokio::test(start_paused = true)]
async fn a_source_without_an_end_mark_does_not_speak_of_a_last_event() {
    let (source, _) = source((0..2).map(|_| answer(&[], End::Closed)));
    let mut source = source.with_reconnect(plain().with_max_attempts(1));
    let error = error(&mut source).await;
    assert!(!error.to_string().contains("last event"), "{error}");
}

/// 9
#[tokio::test]
async fn a_transport_that_failed_between_two_events_has_no_ending() {
    let mut events = EventStream::new(stream::iter([Ok("data: a\n\n"), Err("reset")]));
    assert!(events.next_event().await.unwrap().is_some());
    assert!(matches!(events.next_event().await, Err(StreamError::Transport { .. })));
    assert_eq!(events.ending(), None);
}

/// 10
#[tokio::test]
async fn the_last_valid_content_type_decides() {
    let response = Response::builder().header("content-type", "text/plain");
    let response =
        response.header("content-type", "text/event-stream").body(String::from("data: a\n\n")).unwrap();
    assert!(EventStream::from_response(response).is_ok());
    let mut headers = HeaderMap::new();
    headers.append("content-type", HeaderValue::from_static("text/plain"));
    headers.append("content-type", HeaderValue::from_static("text/event-stream"));
    let action = Machine::new(plain()).on_response(StatusCode::OK, &headers, &Uri::from_static("/"), 0);
    assert!(matches!(action, Action::Read));
}

/// 12
#[test]
fn the_first_wait_is_within_what_the_suite_of_mcp_takes() {
    for random in [0, 1, u64::MAX / 2, u64::MAX] {
        let mut machine = Machine::new(Policy::new());
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/event-stream"));
        let action = machine.on_response(StatusCode::OK, &headers, &Uri::from_static("/"), random);
        assert!(matches!(action, Action::Read));
        machine.on_event();
        machine.set_retry(Some(MILLI * 500));
        let Action::Wait(wait) = machine.on_end(random) else { panic!("no wait") };
        assert!((MILLI * 500..=MILLI * 700).contains(&wait), "{wait:?}");
    }
}

/// 13
#[tokio::test]
async fn the_first_byte_leaves_at_once_and_a_checkpoint_has_a_data_line() {
    let mut chunks = EventBody::new(stream::pending::<Event>()).into_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\n");
    assert_eq!(Event::new("").with_id(7).to_bytes(), "id: 7\ndata:\n\n");
    let mut reader = EventReader::new(&b"id: 7\n\ndata: a\n\n"[..]);
    assert_eq!(reader.next_ref().unwrap().unwrap().last_event_id(), "7");
    let _: Head = Head::new().with_id(7);
}
