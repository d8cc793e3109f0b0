//! The behaviour of a client that stays connected. The clock is paused and advances only while every task waits.

use std::error::Error;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::{Policy, ReadyState};
use eventwire::client::{Drained, EndMark, EventSource, EventSourceError, StateChange, StreamError};
use eventwire::{Decoder, EventPiece, EventRef, Frame, OwnedFrame};
use futures_util::stream::FusedStream;
use futures_util::{FutureExt, StreamExt};
use http::Request;
use tokio::time::{sleep, timeout, Instant};

use crate::server::{holding, respond, source, source_of, stream, Answer, End};

const SECOND: Duration = Duration::from_secs(1);

/// Without jitter, so that waits are known.
fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

async fn data(source: &mut EventSource) -> String {
    let event = timeout(SECOND * 100_000, source.next_event()).await.expect("an event within a day");
    event.unwrap().expect("an event before the end").data().to_owned()
}

async fn error(source: &mut EventSource) -> EventSourceError {
    let error = timeout(SECOND * 100_000, source.next_event()).await.expect("an error within a day");
    let error = error.expect_err("an error");
    end(source).await;
    error
}

/// Asserts that the source has ended and stays so.
async fn end(source: &mut EventSource) {
    for _ in 0..3 {
        let next = timeout(SECOND * 100_000, source.next_event()).await.expect("the end within a day");
        assert!(next.unwrap().is_none());
        assert!(source.next().await.is_none());
        assert!(source.next_ref().await.unwrap().is_none());
        assert!(source.next_frame().await.unwrap().is_none());
        assert!(source.is_terminated());
        assert_eq!(source.ready_state(), ReadyState::Closed);
    }
}

async fn silent(source: &mut EventSource, time: Duration) {
    assert!(timeout(time, source.next_event()).await.is_err());
}

// [connection 19]
#[tokio::test(start_paused = true)]
async fn a_lost_connection_resumes_after_the_last_event() {
    let (source, log) = source([
        stream(&[(0, "id: 1\ndata: a\n\nid: 2\nda")], End::Reset),
        stream(&[(0, "\u{FEFF}data: b\n\nid: 3\ndata: c\n\n")], End::Closed),
        stream(&[(0, "data: d\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain());
    for expected in ["a", "b", "c", "d"] {
        assert_eq!(data(&mut source).await, expected);
    }
    silent(&mut source, SECOND * 10).await;
    assert_eq!(log.times(), [0, 3_000, 6_000]);
    assert_eq!(log.ids(), [None, Some("1".into()), Some("3".into())]);
    assert_eq!(source.last_event_id(), "3");
}

// [connection 16]
#[tokio::test(start_paused = true)]
async fn a_request_has_the_headers_of_an_event_stream() {
    let (mut source, log) = source([stream(&[(0, "data: a\n\n")], End::Silent)]);
    assert_eq!(data(&mut source).await, "a");
    let asked = &log.asked()[0];
    assert_eq!(
        (asked.request.method().as_str(), asked.request.uri()),
        ("GET", &"http://a.example/b".parse().unwrap())
    );
    assert_eq!(asked.header("accept"), Some("text/event-stream"));
    assert_eq!(asked.header("cache-control"), Some("no-cache"));
    assert_eq!(asked.request.headers().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_does_nothing_before_it_is_polled() {
    let (source, log) = source([]);
    sleep(SECOND * 100).await;
    assert!(log.asked().is_empty());
    assert_eq!(source.ready_state(), ReadyState::Connecting);
}

#[tokio::test(start_paused = true)]
async fn a_source_starts_at_the_id_of_its_request() {
    let request =
        Request::get("http://a.example/").header("last-event-id", "注文7".as_bytes()).body(Bytes::new());
    let (source, log) =
        source_of(request.unwrap(), [stream(&[(0, "id\n\n")], End::Closed), stream(&[], End::Silent)]);
    let mut source = source.with_reconnect(plain());
    assert_eq!(source.last_event_id(), "注文7");
    silent(&mut source, SECOND * 5).await;
    // The server has cleared it.
    assert_eq!(log.ids(), [Some("注文7".into()), None]);
}

#[tokio::test(start_paused = true)]
async fn a_decoder_without_an_id_keeps_the_one_of_the_request() {
    for (decoder, expected) in [(Decoder::new(), "7"), (Decoder::new().with_last_event_id("8"), "8")] {
        let request = Request::get("http://a.example/").header("last-event-id", "7").body(Bytes::new());
        let (source, log) = source_of(request.unwrap(), [stream(&[(0, "data: a\n\n")], End::Silent)]);
        let mut source = source.with_decoder(decoder.with_max_event_size(1));
        assert_eq!(source.last_event_id(), expected);
        assert!(matches!(error(&mut source).await, EventSourceError::Stream(StreamError::Decode(_))));
        assert_eq!(log.ids(), [Some(expected.into())]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_reconnection_time_of_a_decoder_applies_from_the_first_attempt() {
    let mut decoder = Decoder::new();
    while decoder.feed(b"retry: 7000\n").next_ref().unwrap().is_some() {}
    let (source, log) =
        source([respond(503, &[], &[], End::Closed), stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut source = source
        .with_decoder(decoder)
        .with_reconnect(plain().with_retry_on(|status, _| Policy::is_transient(status)));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(log.times(), [0, 7_000]);
}

// [connection 21]
#[tokio::test(start_paused = true)]
async fn an_id_that_cannot_be_sent_is_omitted_and_the_observer_notified() {
    let left_out = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&left_out);
    let (source, log) = source([
        stream(&[(0, "id: \u{1}\ndata: a\n\n")], End::Closed),
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    let mut source = source.with_observer(move |change| {
        if let StateChange::IdLeftOut { last_event_id, .. } = change {
            seen.lock().unwrap().push(String::from(*last_event_id));
        }
    });
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.ids(), [None, None]);
    assert_eq!(*left_out.lock().unwrap(), ["\u{1}"]);
    assert_eq!(source.last_event_id(), "\u{1}");
}

// [connection 20]
#[tokio::test(start_paused = true)]
async fn the_server_s_retry_applies_even_if_the_connection_is_lost_inside_the_block() {
    let (source, log) = source([
        stream(&[(0, "retry: 7000\ndata: los")], End::Reset),
        stream(&[(0, "data: a\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(log.times(), [0, 7_000]);
    assert_eq!(source.reconnection_time(), Some(SECOND * 7));
}

// [connection 17]
#[tokio::test(start_paused = true)]
async fn status_204_is_the_end_on_a_reconnect_too() {
    let (mut source, log) =
        source([stream(&[(0, "data: a\n\n")], End::Closed), respond(204, &[], &[], End::Closed)]);
    assert_eq!(data(&mut source).await, "a");
    end(&mut source).await;
    assert_eq!(log.times().len(), 2);
}

// [connection 17, 18]
#[tokio::test(start_paused = true)]
async fn a_rejected_response_comes_back_with_its_body() {
    let body: &[(u64, &str)] = &[(10, "{\"error\":"), (10, "\"no such feed\"}")];
    let (mut source, _) = source([
        stream(&[], End::Closed),
        respond(404, &[("content-type", "application/json")], body, End::Closed),
    ]);
    let error = error(&mut source).await;
    assert_eq!(error.to_string(), "expected status 200, got 404 Not Found");
    let EventSourceError::Rejected(rejected) = error else { panic!("{error:?}") };
    let mut response = rejected.into_response();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.body_mut().text(1000).await.unwrap(), "{\"error\":\"no such feed\"}");
    assert_eq!(response.body_mut().text(1000).await.unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_body_is_read_up_to_the_given_limit() {
    let body: &[(u64, &str)] = &[(0, "abc"), (0, "def"), (0, "ghi")];
    let (mut source, _) = source([respond(500, &[], body, End::Silent)]);
    let EventSourceError::Rejected(rejected) = error(&mut source).await else { panic!() };
    assert_eq!(rejected.into_response().body_mut().text(4).await.unwrap(), "abcd");
}

// [connection 18]
#[tokio::test(start_paused = true)]
async fn another_media_type_is_rejected() {
    let html = || respond(200, &[("content-type", "text/html")], &[(0, "data: a\n\n")], End::Silent);
    let (mut strict, _) = source([html()]);
    assert!(matches!(error(&mut strict).await, EventSourceError::Rejected(_)));
    let (lenient, _) = source([html()]);
    let mut lenient = lenient.with_reconnect(plain().with_any_media_type());
    assert_eq!(data(&mut lenient).await, "a");
}

// [connection 19]
#[tokio::test(start_paused = true)]
async fn failed_attempts_are_spaced_further_and_further_apart() {
    let refused = || (0..6).map(|_| Answer::Refused);
    let (source, log) = source(refused().chain([stream(&[(0, "data: a\n\n")], End::Silent)]));
    let mut source = source.with_reconnect(plain());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(log.times(), [0, 3, 9, 21, 45, 75, 105].map(|seconds| seconds * 1_000));
}

// [connection 19]
#[tokio::test(start_paused = true)]
async fn jitter_makes_waits_longer_and_different() {
    let mut firsts = Vec::new();
    for _ in 0..20 {
        let (mut source, log) = source([Answer::Refused, Answer::Hanging]);
        silent(&mut source, SECOND * 10).await;
        firsts.push(log.times()[1]);
    }
    assert!(firsts.iter().all(|first| (3_000..=3_900).contains(first)), "{firsts:?}");
    assert!(firsts.windows(2).any(|pair| pair[0] != pair[1]), "{firsts:?}");
}

#[tokio::test(start_paused = true)]
async fn ten_seconds_of_connection_reset_the_backoff_and_status_200_alone_does_not() {
    let short = || stream(&[(1_000, ":\n")], End::Closed);
    let long = || stream(&[(11_000, ":\n")], End::Closed);
    let (source, log) = source([short(), short(), short(), long(), Answer::Hanging]);
    let mut source = source.with_reconnect(plain());
    silent(&mut source, SECOND * 100).await;
    assert_eq!(log.times(), [0, 4, 11, 24, 38].map(|seconds| seconds * 1_000));
}

#[tokio::test(start_paused = true)]
async fn comments_do_not_reset_the_backoff_when_reading_frames() {
    let short = || stream(&[(0, ":\n")], End::Closed);
    let (source, log) = source([short(), short(), Answer::Hanging]);
    let mut source = source.with_reconnect(plain());
    let frames = async {
        while let Some(frame) = source.next_frame().await.unwrap() {
            assert!(matches!(frame, Frame::Comment("")));
        }
    };
    assert!(timeout(SECOND * 100, frames).await.is_err());
    assert_eq!(log.times(), [0, 3_000, 9_000]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_owned_frames_goes_on_with_the_next_connection() {
    let (source, _) = source([
        stream(&[(0, ": a\ndata: 1\n\n")], End::Reset),
        stream(&[(0, "x: y\ndata: 2\n\n")], End::Closed),
    ]);
    let frames = source.with_reconnect(plain()).into_frames();
    let frames: Vec<_> = timeout(SECOND * 100, frames.take(4).collect()).await.unwrap();
    let frames: Vec<String> = frames
        .into_iter()
        .map(|frame| match frame.unwrap() {
            OwnedFrame::Event(event) => event.into_data().into(),
            OwnedFrame::Comment(text) => text.into(),
            OwnedFrame::Unknown { name, .. } => name.into(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(frames, [" a", "1", "x", "2"]);
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_returned_when_attempts_run_out() {
    let (source, log) = source((0..3).map(|_| Answer::Refused));
    let mut source = source.with_reconnect(plain().with_max_attempts(2));
    let error = error(&mut source).await;
    assert_eq!(error.to_string(), "no response (failure 3 in a row)");
    assert_eq!(error.source().unwrap().to_string(), "connection reset");
    assert_eq!(log.times(), [0, 3_000, 9_000]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_the_source_while_waiting_and_while_connecting() {
    let (waiting, log) = source((0..9).map(|_| Answer::Refused));
    let mut waiting = waiting.with_reconnect(plain().with_deadline(SECOND * 60));
    let failure = error(&mut waiting).await;
    assert_eq!(failure.to_string(), "no stable connection for 60s");
    assert_eq!(failure.source().unwrap().to_string(), "no response (failure 5 in a row)");
    assert_eq!(log.times().len(), 5);

    let (hanging, _) = source([Answer::Hanging]);
    let mut hanging = hanging.with_reconnect(plain().with_deadline(SECOND * 60));
    assert!(matches!(error(&mut hanging).await, EventSourceError::Deadline { last: None, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_stable_connection_stops_the_deadline() {
    let (source, log) = source([
        Answer::Refused,
        stream(&[(0, "data: a\n\n"), (100_000, ":\n")], End::Reset),
        Answer::Refused,
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain().with_deadline(SECOND * 20));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.times(), [0, 3, 106, 112].map(|seconds| seconds * 1_000));
}

#[tokio::test(start_paused = true)]
async fn transient_statuses_are_retried_with_retry_on() {
    let busy = || respond(503, &[("retry-after", "20")], &[(0, "busy")], End::Silent);
    let (patient, log) = source([busy(), busy(), stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut patient = patient.with_reconnect(plain().with_retry_on(|status, _| Policy::is_transient(status)));
    assert_eq!(data(&mut patient).await, "a");
    assert_eq!(log.times(), [0, 20_000, 40_000]);

    let (brief, _) = source([busy(), busy()]);
    let brief_settings = plain().with_retry_on(|status, _| Policy::is_transient(status)).with_max_attempts(1);
    let EventSourceError::Rejected(rejected) = error(&mut brief.with_reconnect(brief_settings)).await else {
        panic!()
    };
    assert_eq!(rejected.into_response().body_mut().text(4).await.unwrap(), "busy");
}

#[tokio::test(start_paused = true)]
async fn redirects_are_followed_and_the_next_attempt_starts_at_the_original_uri() {
    let moved = |to: &str| respond(307, &[("location", to)], &[], End::Closed);
    let (mut source, log) = source([
        moved("c"),
        moved("https://other.example/d"),
        stream(&[(0, "data: a\n\n")], End::Closed),
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    let places: Vec<_> = log.asked().iter().map(|asked| asked.request.uri().to_string()).collect();
    assert_eq!(
        places,
        ["http://a.example/b", "http://a.example/c", "https://other.example/d", "http://a.example/b"]
    );
    assert_eq!(log.times()[..3], [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn an_unusable_redirect_is_an_error_and_so_are_too_many() {
    let (mut nowhere, _) = source([respond(302, &[], &[], End::Closed)]);
    let failure = error(&mut nowhere).await;
    assert_eq!(failure.to_string(), "unusable redirect: 302 Found without Location");
    for location in ["", "mailto:a@b.example"] {
        let (mut nowhere, log) = source([respond(302, &[("location", location)], &[], End::Closed)]);
        let failure = error(&mut nowhere).await;
        let words = format!("unusable redirect: 302 Found with Location {location:?}");
        assert_eq!(failure.to_string(), words);
        assert_eq!(log.times().len(), 1);
    }
    let moved = || respond(302, &[("location", "/b")], &[], End::Closed);
    let (mut circle, log) = source((0..21).map(|_| moved()));
    let failure = error(&mut circle).await;
    assert_eq!(failure.to_string(), "too many redirects (last: 302 Found to \"/b\")");
    assert_eq!(log.times().len(), 21);
}

// [connection 22]
#[tokio::test(start_paused = true)]
async fn credentials_are_sent_only_to_their_own_origin() {
    let request = Request::get("http://a.example/").header("authorization", "secret").body(Bytes::new());
    let away = respond(302, &[("location", "http://b.example/")], &[], End::Closed);
    let answers = [away, stream(&[], End::Closed), stream(&[], End::Silent)];
    let (mut source, log) = source_of(request.unwrap(), answers);
    silent(&mut source, SECOND * 30).await;
    let secrets: Vec<_> = log.asked().iter().map(|asked| asked.header("authorization").is_some()).collect();
    assert_eq!(secrets, [true, false, true]);
}

fn post() -> Request<Bytes> {
    Request::post("http://a.example/chat").body(Bytes::from("hi")).unwrap()
}

// [connection 24]
#[tokio::test(start_paused = true)]
async fn a_post_is_sent_once() {
    let (mut closed, _) = source_of(post(), [stream(&[(0, "data: a\n\n")], End::Closed)]);
    assert_eq!(data(&mut closed).await, "a");
    end(&mut closed).await;
    let (mut reset, log) = source_of(post(), [stream(&[(0, "data: a\n\n")], End::Reset)]);
    assert_eq!(data(&mut reset).await, "a");
    let failure = error(&mut reset).await;
    assert_eq!(failure.to_string(), "the event stream was lost after 9 bytes");
    assert_eq!(failure.source().unwrap().to_string(), "connection reset");
    assert_eq!(log.asked()[0].request.body(), "hi");
}

#[tokio::test(start_paused = true)]
async fn a_post_that_is_cut_before_its_last_event_is_an_error() {
    let (source, _) = source_of(post(), [stream(&[(0, "data: a\n\ndata: {\"b")], End::Closed)]);
    let mut source = source.with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut source).await, "a");
    match error(&mut source).await {
        EventSourceError::Stream(StreamError::Truncated { pending, .. }) => {
            assert_eq!(pending.unwrap().data(), "{\"b")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_is_sent_again_with_its_body_on_request() {
    let (source, log) =
        source_of(post(), [stream(&[], End::Reset), stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut source = source.with_reconnect(plain());
    assert_eq!(data(&mut source).await, "a");
    assert!(log.asked().iter().all(|asked| asked.request.body() == "hi" && asked.request.method() == "POST"));
    assert_eq!(log.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_end_mark_ends_the_source_for_good() {
    for (until, expected) in [(EndMark::data("[DONE]"), 1), (EndMark::data("[DONE]").returned(), 2)] {
        let (source, log) = source([
            stream(&[(0, "id: 1\ndata: a\n\n")], End::Closed),
            stream(&[(0, "data: [DONE]\n\ndata: b\n\n")], End::Silent),
        ]);
        let mut source = source.with_end_mark(until);
        for _ in 0..expected {
            data(&mut source).await;
        }
        end(&mut source).await;
        assert_eq!(log.times().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_is_the_last_item() {
    let (source, _) = source([stream(&[(0, "data: a\n\nevent: error\ndata: b\n\n")], End::Silent)]);
    let mut source = source.with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    assert_eq!(data(&mut source).await, "a");
    assert!(matches!(error(&mut source).await, EventSourceError::Stream(StreamError::ErrorEvent { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_too_large_is_the_last_item() {
    let (source, _) = source([stream(&[(0, "data: far too large\n\n")], End::Silent)]);
    let mut source = source.with_decoder(Decoder::new().with_max_event_size(4));
    let failure = error(&mut source).await;
    assert!(matches!(failure, EventSourceError::Stream(StreamError::Decode(_))));
    assert!(failure.source().unwrap().to_string().starts_with("event exceeds the limit"));
}

#[tokio::test(start_paused = true)]
async fn a_block_of_endless_comments_is_the_last_item_once_it_is_over_its_limit() {
    let (source, log) = source([stream(&[(1_000, ":\n"); 10], End::Silent)]);
    let mut source = source.with_decoder(Decoder::new().with_max_block_size(9));
    let failure = error(&mut source).await;
    assert!(matches!(failure, EventSourceError::Stream(StreamError::Decode(_))));
    assert!(failure.source().unwrap().to_string().starts_with("block exceeds the limit of 9 bytes"));
    assert_eq!(log.times(), [0]);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_loss_on_the_stream_and_before_it() {
    let (source, log) = source([
        stream(&[(0, "data: a\n\n"), (50_000, ":\n")], End::Silent),
        Answer::Hanging,
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain()).with_idle_timeout(SECOND * 60);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.times(), [0, 113_000, 179_000]);
}

#[tokio::test(start_paused = true)]
async fn an_observer_sees_every_change() {
    let changes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&changes);
    let (source, _) = source([
        Answer::Refused,
        respond(307, &[("location", "/c")], &[], End::Closed),
        stream(&[(0, "id: 1\ndata: a\n\n")], End::Closed),
        respond(204, &[], &[], End::Closed),
    ]);
    let mut source = source.with_reconnect(plain()).with_observer(move |change| {
        let text = match change {
            StateChange::Connecting { uri, last_event_id, failures, .. } => {
                format!("to {} after {last_event_id:?}, {failures} failed", uri.path())
            }
            StateChange::Redirected { status, uri, .. } => format!("{} to {}", status.as_u16(), uri.path()),
            StateChange::Open { response, .. } => format!("open with {}", response.status.as_u16()),
            StateChange::Waiting { why, delay, failures, .. } => {
                format!("wait {delay:?} after {failures} because of {:?}", why.map(ToString::to_string))
            }
            StateChange::Closed { .. } => "closed".into(),
            other => format!("{other:?}"),
        };
        seen.lock().unwrap().push(text);
    });
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.ready_state(), ReadyState::Open);
    end(&mut source).await;
    assert_eq!(
        *changes.lock().unwrap(),
        [
            "to /b after \"\", 0 failed",
            "wait 3s after 1 because of Some(\"no response\")",
            "to /b after \"\", 1 failed",
            "307 to /c",
            "to /c after \"\", 1 failed",
            "open with 200",
            "wait 3s after 1 because of None",
            "to /b after \"1\", 1 failed",
            "closed",
        ]
    );
}

// [connection 23]
#[tokio::test(start_paused = true)]
async fn closing_stops_everything_events_already_read_included() {
    let (mut source, log) = source([stream(&[(0, "data: a\n\ndata: b\n\n")], End::Silent)]);
    assert_eq!(data(&mut source).await, "a");
    source.close();
    end(&mut source).await;
    source.restart();
    end(&mut source).await;
    assert_eq!(log.times().len(), 1);

    let (mut early, log) = crate::server::source([]);
    early.close();
    end(&mut early).await;
    assert!(log.times().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_borrowed_event_is_not_returned_again_after_the_end() {
    let (mut source, _) = source([stream(&[(0, "data: a\n\n")], End::Silent)]);
    assert_eq!(source.next_ref().await.unwrap().unwrap().data(), "a");
    source.close();
    assert!(source.current().is_none());
    end(&mut source).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_kept_open_during_the_wait() {
    let held = Arc::new(());
    let (source, log) = source([
        holding(503, "busy", Arc::clone(&held)),
        holding(200, "data: a\n\n", Arc::clone(&held)),
        holding(200, "data: b\n\n", Arc::clone(&held)),
        Answer::Hanging,
    ]);
    let source = source.with_reconnect(plain().with_retry_on(|status, _| Policy::is_transient(status)));
    let mut source = source.with_idle_timeout(SECOND * 60);
    assert_eq!(Arc::strong_count(&held), 4);
    silent(&mut source, SECOND).await;
    assert_eq!((log.times().len(), Arc::strong_count(&held)), (1, 3));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!((log.times().len(), Arc::strong_count(&held)), (2, 3));
    silent(&mut source, SECOND * 61).await;
    assert_eq!((log.times().len(), Arc::strong_count(&held)), (2, 2));
    assert_eq!(data(&mut source).await, "b");
    source.restart();
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn a_restart_reconnects_immediately_after_the_last_event() {
    let (source, log) = source([
        stream(&[(0, "id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\nda")], End::Silent),
        Answer::Refused,
        stream(&[(0, "ta: c\n\ndata: d\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain());
    assert_eq!(data(&mut source).await, "a");
    source.restart();
    assert_eq!(source.ready_state(), ReadyState::Connecting);
    silent(&mut source, SECOND).await;
    // In the middle of the wait.
    source.restart();
    assert_eq!(data(&mut source).await, "d");
    assert_eq!(log.times(), [0, 0, 1_000]);
    assert_eq!(log.ids(), [None, Some("1".into()), Some("1".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_has_consumed_nothing() {
    let (source, log) = source([
        stream(&[(1_500, "id: 1\nda"), (1_500, "ta: a\n\nda")], End::Reset),
        Answer::Refused,
        stream(&[(700, "data: b\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain());
    let mut events = Vec::new();
    let mut polls = 0;
    while events.len() < 2 {
        polls += 1;
        assert!(polls < 100);
        if let Ok(event) = timeout(SECOND / 3, source.next_event()).await {
            events.push(event.unwrap().unwrap().data().to_owned());
        }
    }
    assert_eq!(events, ["a", "b"]);
    assert_eq!(log.times(), [0, 6_000, 12_000]);
    assert!(polls > 30, "{polls}");
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_user_supplied_function_closes_the_source() {
    let request = || Request::get("http://a.example/").body("").unwrap();
    type Never = std::future::Ready<Result<http::Response<String>, std::io::Error>>;
    let sending = EventSource::new(request(), |_| -> Never { panic!("as planned") }, sleep);
    let (observing, _) = source([stream(&[], End::Closed)]);
    let observing = observing.with_observer(|_| panic!("as planned"));
    for mut source in [sending, observing] {
        let asked = catch_unwind(AssertUnwindSafe(|| drop(source.next_event().now_or_never())));
        assert!(asked.is_err());
        source = source.with_observer(|_| ());
        end(&mut source).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_of_zero_is_honoured() {
    let (source, log) =
        source([stream(&[(0, "data: a\n\n")], End::Closed), stream(&[(0, "data: b\n\n")], End::Silent)]);
    let mut source = source.with_reconnect(Policy::new().with_delay(Duration::ZERO));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.times(), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn pieces_of_an_event_that_was_cut_are_taken_back() {
    let half = || stream(&[(0, "data: small\n\n"), (0, "data: as large"), (0, " as")], End::Closed);
    let whole = || stream(&[(0, "data: as large"), (0, " as you like\n\n")], End::Closed);
    let (source, _) = source([half(), half(), whole()]);
    let mut source = source.with_decoder(Decoder::new().with_piece_size(2));
    let (mut open, mut cuts, mut read) = (String::new(), 0, Vec::new());
    while let Some(piece) = source.next_piece().await.unwrap() {
        match piece {
            EventPiece::Event(event) => {
                assert_eq!(open, "");
                read.push(event.data().to_owned());
            }
            EventPiece::Data(data) => open += data,
            EventPiece::End { data, .. } => read.push(std::mem::take(&mut open) + data),
            EventPiece::Cut => {
                assert_eq!(std::mem::take(&mut open), "as large as");
                cuts += 1;
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(source.current().is_some(), matches!(source.current_piece(), Some(EventPiece::Event(_))));
        if read.last().is_some_and(|data| data == "as large as you like") {
            break;
        }
    }
    assert_eq!((cuts, read.len()), (2, 3));
}

#[tokio::test]
async fn a_source_that_never_waits_lets_other_tasks_run() {
    let request = Request::get("http://a.example/").body("").unwrap();
    let send = |_| std::future::ready(Err::<http::Response<String>, _>("refused"));
    let policy = plain().with_delay(Duration::ZERO).with_max_backoff(Duration::ZERO);
    let mut source = EventSource::new(request, send, sleep).with_reconnect(policy);
    assert!(source.next_event().now_or_never().is_none());
    assert!(timeout(Duration::from_millis(1), source.next_event()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn only_the_drain_limit_of_a_source_runs_after_its_end_mark() {
    let says = &[(0, "data: a\n\nevent: done\n\n")];
    let (source, log) = source([stream(says, End::Silent)]);
    let mut source = source
        .with_reconnect(plain().with_deadline(SECOND))
        .with_idle_timeout(SECOND)
        .with_event_timeout(SECOND)
        .with_end_mark(EndMark::event_type("done"))
        .with_drain(SECOND * 30);
    let began = Instant::now();
    assert_eq!(data(&mut source).await, "a");
    end(&mut source).await;
    assert_eq!((began.elapsed().as_secs(), source.drained()), (30, Some(Drained::GaveUp)));
    assert_eq!(log.times(), [0]);
}
