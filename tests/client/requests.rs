//! Which requests are sent, which are repeated, and which are not.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::{Policy, ReadyState};
use eventwire::client::{
    EndMark, EventSource, EventSourceError, NothingToResume, Phase, StateChange, StreamError, TimeoutLimit,
};
use eventwire::EventRef;
use http::{Method, Request, Response};
use tokio::time::{sleep, timeout};

use crate::server::{respond, source, source_of, stream, Answer, End};

const SECOND: Duration = Duration::from_secs(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

async fn data(source: &mut EventSource) -> String {
    source.next_event().await.unwrap().expect("an event before the end").data().to_owned()
}

async fn end(source: &mut EventSource) {
    assert!(source.next_event().await.unwrap().is_none());
}

async fn silent(source: &mut EventSource, time: Duration) {
    assert!(timeout(time, source.next_event()).await.is_err());
}

fn post() -> Request<Bytes> {
    Request::post("http://a.example/chat")
        .header("authorization", "secret")
        .header("idempotency-key", "42")
        .body(Bytes::from("hi"))
        .unwrap()
}

fn once_begun() -> Policy {
    Policy::until_first_event().with_jitter_percent(0)
}

// [connection 24]
#[tokio::test(start_paused = true)]
async fn a_post_is_retried_until_its_first_event_with_its_body_and_headers() {
    let busy = respond(503, &[("retry-after", "2")], &[], End::Closed);
    let limited = respond(429, &[], &[], End::Closed);
    let answers = [
        Answer::Refused,
        busy,
        limited,
        stream(&[(0, ":\n")], End::Reset),
        stream(&[(0, "data: Hel\n\n"), (0, "data: lo\n\n")], End::Closed),
    ];
    let (source, log) = source_of(post(), answers);
    let mut source = source.with_reconnect(once_begun());
    assert_eq!(data(&mut source).await, "Hel");
    assert_eq!(data(&mut source).await, "lo");
    end(&mut source).await;
    assert_eq!(log.times(), [0, 500, 2_500, 4_500, 8_500]);
    for asked in log.asked() {
        assert_eq!((asked.request.method(), asked.request.body().as_ref()), (&Method::POST, &b"hi"[..]));
        assert_eq!(asked.header("idempotency-key"), Some("42"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_is_never_retried_after_its_first_event() {
    let busy = respond(503, &[], &[], End::Closed);
    let (source, log) = source_of(post(), [busy, stream(&[(0, "data: Hel\n\n")], End::Reset)]);
    let mut source = source.with_reconnect(once_begun());
    assert_eq!(data(&mut source).await, "Hel");
    let error = source.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::Transport { .. })), "{error}");
    assert_eq!(log.times().len(), 2);

    let (source, log) = source_of(post(), [stream(&[(0, "data: Hel\n\n")], End::Closed)]);
    let mut source = source.with_reconnect(once_begun()).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut source).await, "Hel");
    let error = source.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::Truncated { .. })), "{error}");
    assert_eq!(log.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_complete_answer_without_events_is_not_requested_again() {
    let (source, log) = source_of(post(), [stream(&[(0, ":\n")], End::Closed)]);
    let mut source = source.with_reconnect(once_begun());
    end(&mut source).await;
    assert_eq!(log.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_post_that_fails_says_that_it_may_have_run() {
    let (source, _) = source_of(post(), [Answer::Refused, Answer::Refused]);
    let mut source = source.with_reconnect(once_begun().with_max_attempts(1));
    let error = source.next_event().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no response (failure 2 in a row); the request was sent 2 times and may have run"
    );
    assert_eq!(error.source().unwrap().to_string(), "connection reset");

    let busy = || respond(503, &[], &[(0, "busy")], End::Closed);
    let (source, _) = source_of(post(), [busy(), busy()]);
    let mut source = source.with_reconnect(once_begun().with_max_attempts(1));
    let EventSourceError::MayHaveRun { requests: 2, error, .. } = source.next_event().await.unwrap_err()
    else {
        panic!()
    };
    let EventSourceError::Rejected(rejected) = *error else { panic!("{error}") };
    assert_eq!(rejected.into_response().body_mut().text(9).await.unwrap(), "busy");
}

#[tokio::test(start_paused = true)]
async fn a_request_rejected_with_a_status_has_not_run() {
    for status in [400, 401, 429] {
        let (source, _) = source_of(post(), [respond(status, &[], &[], End::Closed)]);
        let mut source = source.with_reconnect(once_begun().with_max_attempts(0));
        assert!(matches!(source.next_event().await, Err(EventSourceError::Rejected(_))), "{status}");
    }
    // A GET has no effect that could happen twice.
    let (source, _) = source([Answer::Refused]);
    let mut source = source.with_reconnect(once_begun().with_max_attempts(0));
    assert!(matches!(source.next_event().await, Err(EventSourceError::NoResponse { attempts: 1, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_post_that_was_restarted_by_hand_may_have_run() {
    for first in [Answer::Hanging, stream(&[(0, ":\n")], End::Silent)] {
        let (source, log) = source_of(post(), [first, respond(401, &[], &[], End::Closed)]);
        let mut source = source.with_reconnect(once_begun());
        silent(&mut source, SECOND).await;
        source.restart();
        let error = source.next_event().await.unwrap_err();
        assert!(matches!(error, EventSourceError::MayHaveRun { requests: 1, .. }), "{error}");
        assert_eq!(log.times(), [0, 1_000]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_limits_on_events_begin_with_the_request() {
    for limit in [TimeoutLimit::Event, TimeoutLimit::FirstEvent] {
        let slow = || {
            respond(200, &[("content-type", "text/event-stream")], &[(30_000, "data: a\n\n")], End::Silent)
        };
        let (source, log) = source([Answer::Hanging, slow()]);
        let source = source.with_reconnect(plain());
        let mut source = match limit {
            TimeoutLimit::Event => source.with_event_timeout(SECOND * 60),
            _ => source.with_first_event_timeout(SECOND * 60),
        };
        let seen = Arc::new(Mutex::new(None));
        let saw = Arc::clone(&seen);
        source = source.with_observer(move |change| {
            if let StateChange::Waiting {
                why: Some(EventSourceError::Stream(StreamError::Timeout(why))),
                ..
            } = change
            {
                *saw.lock().unwrap() = Some(**why);
            }
        });
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(log.times(), [0, 63_000]);
        let why = seen.lock().unwrap().unwrap();
        assert_eq!((why.limit(), why.phase(), why.after()), (limit, Phase::BeforeResponse, SECOND * 60));
        assert_eq!(why.to_string(), "no response for 60s");
    }
    // The response does not start the time again.
    let late = Request::get("http://a.example/").body("").unwrap();
    let send = |_: Request<Bytes>| async {
        sleep(SECOND * 50).await;
        let body = http_body_util::StreamBody::new(futures_util::stream::pending::<
            Result<http_body::Frame<Bytes>, String>,
        >());
        Ok::<_, String>(Response::builder().header("content-type", "text/event-stream").body(body).unwrap())
    };
    let mut source = EventSource::new(late, send, sleep)
        .with_reconnect(Policy::never())
        .with_first_event_timeout(SECOND * 60);
    let began = tokio::time::Instant::now();
    let EventSourceError::Stream(StreamError::Timeout(why)) = source.next_event().await.unwrap_err() else {
        panic!("no timeout")
    };
    assert_eq!((began.elapsed().as_secs(), why.phase()), (60, Phase::BeforeFirstEvent));
}

#[tokio::test(start_paused = true)]
async fn with_fail_fast_only_the_first_connection_fails_fast() {
    let (first, log) = source([Answer::Refused]);
    let mut first = first.with_reconnect(plain().with_fail_fast());
    assert!(matches!(first.next_event().await, Err(EventSourceError::NoResponse { attempts: 1, .. })));
    assert_eq!(log.times(), [0]);

    let (busy, _) = source([respond(503, &[], &[], End::Closed)]);
    let transient = plain().with_retry_on(|status, _| Policy::is_transient(status));
    let mut busy = busy.with_reconnect(transient.with_fail_fast());
    assert!(matches!(busy.next_event().await, Err(EventSourceError::Rejected(_))));

    let (later, log) =
        source([stream(&[], End::Closed), Answer::Refused, stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut later = later.with_reconnect(plain().with_fail_fast());
    assert_eq!(data(&mut later).await, "a");
    assert_eq!(log.times(), [0, 3_000, 9_000]);
}

#[tokio::test(start_paused = true)]
async fn open_waits_for_the_connection_and_consumes_no_event() {
    let (source, log) = source([Answer::Refused, stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut source = source.with_reconnect(plain());
    for _ in 0..2 {
        assert!(source.open().await.unwrap());
        assert_eq!(source.ready_state(), ReadyState::Open);
    }
    assert_eq!(log.times(), [0, 3_000]);
    assert_eq!(data(&mut source).await, "a");
}

#[tokio::test(start_paused = true)]
async fn open_returns_false_when_the_source_ends() {
    let (mut over, _) = source([respond(204, &[], &[], End::Closed)]);
    assert!(!over.open().await.unwrap());
    let (mut rejected, _) = source([respond(404, &[], &[], End::Closed)]);
    assert!(matches!(rejected.open().await, Err(EventSourceError::Rejected(_))));
    assert!(!rejected.open().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_retry_predicate_sees_status_and_headers_and_may_keep_state() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seen_by = Arc::clone(&seen);
    let quota = || respond(429, &[("x-should-retry", "false")], &[], End::Closed);
    let rate = || respond(429, &[("x-should-retry", "true")], &[], End::Closed);
    let (source, log) = source([rate(), rate(), quota()]);
    let mut source = source.with_reconnect(plain().with_retry_on(move |status, headers| {
        seen_by.lock().unwrap().push(status.as_u16());
        headers["x-should-retry"] == "true"
    }));
    assert!(matches!(source.next_event().await, Err(EventSourceError::Rejected(_))));
    assert_eq!((log.times().len(), &*seen.lock().unwrap()), (3, &vec![429; 3]));
}

// [connection 17]
#[tokio::test(start_paused = true)]
async fn another_success_status_is_a_stream_on_request() {
    let created =
        || respond(201, &[("content-type", "text/event-stream")], &[(0, "data: a\n\n")], End::Silent);
    let (mut strict, _) = source([created()]);
    assert!(matches!(strict.next_event().await, Err(EventSourceError::Rejected(_))));
    let (lenient, _) = source([created()]);
    let mut lenient = lenient.with_reconnect(plain().with_any_success());
    assert_eq!(data(&mut lenient).await, "a");
    // The setting affects the status alone; 204 is the end, and 205 has no body.
    let (no_stream, _) = source([respond(201, &[("content-type", "text/html")], &[], End::Closed)]);
    let mut no_stream = no_stream.with_reconnect(plain().with_any_success());
    assert!(matches!(no_stream.next_event().await, Err(EventSourceError::Rejected(_))));
    let (over, _) = source([respond(204, &[], &[], End::Closed)]);
    end(&mut over.with_reconnect(plain().with_any_success())).await;
    let (reset, _) = source([respond(205, &[("content-type", "text/event-stream")], &[], End::Closed)]);
    let mut reset = reset.with_reconnect(plain().with_any_success());
    assert!(matches!(reset.next_event().await, Err(EventSourceError::Rejected(_))));
}

// [connection 18]
#[tokio::test(start_paused = true)]
async fn a_body_that_was_not_decoded_is_rejected_and_its_encoding_named() {
    let encoded = |encoding: &'static str| {
        let headers: &[(&str, &str)] =
            &[("content-type", "text/event-stream"), ("content-encoding", encoding)];
        respond(200, headers, &[(0, "data: a\n\n")], End::Silent)
    };
    for policy in [plain(), plain().with_any_media_type()] {
        let (source, log) = source([encoded("gzip")]);
        let error = source.with_reconnect(policy).next_event().await.unwrap_err();
        assert_eq!(error.to_string(), "expected a body without content encoding, got \"gzip\"");
        assert_eq!(log.times().len(), 1);
    }
    let (mut plain, _) = source([encoded("identity")]);
    assert_eq!(data(&mut plain).await, "a");
}

// [connection 18]
#[tokio::test(start_paused = true)]
async fn the_last_valid_content_type_counts() {
    const STREAM: (&str, &str) = ("content-type", "text/event-stream");
    const PLAIN: (&str, &str) = ("content-type", "text/plain");
    for (headers, is_stream) in [
        (&[PLAIN, STREAM][..], true),
        (&[STREAM, PLAIN], false),
        (&[STREAM, ("content-type", "nonsense")], true),
        (&[("content-type", "text/plain, text/event-stream;charset=utf-8")], true),
        (&[("content-type", "text/plain;x=\", text/event-stream\"")], false),
    ] {
        let (mut source, _) = source([respond(200, headers, &[(0, "data: a\n\n")], End::Silent)]);
        assert_eq!(source.next_event().await.is_ok(), is_stream, "{headers:?}");
    }
}

// [connection 21]
#[tokio::test(start_paused = true)]
async fn an_id_too_long_for_servers_is_omitted_and_the_longest_one_is_sent() {
    for (len, is_sent) in [(8_000, true), (8_001, false), (1_000_000, false)] {
        let id = "7".repeat(len);
        let event: &'static str = format!("id: {id}\ndata: a\n\n").leak();
        let says: &'static [(u64, &'static str)] = vec![(0, event)].leak();
        let (source, log) = source([stream(says, End::Closed), stream(&[], End::Silent)]);
        let said = Arc::new(Mutex::new(Vec::new()));
        let saying = Arc::clone(&said);
        let mut source = source.with_reconnect(plain()).with_observer(move |change| {
            saying.lock().unwrap().push(change.to_string());
        });
        assert_eq!(data(&mut source).await, "a");
        silent(&mut source, SECOND * 5).await;
        assert_eq!(log.ids(), [None, is_sent.then_some(id)]);
        let text = format!("last event ID omitted: {len} bytes is too long");
        assert_eq!(said.lock().unwrap().contains(&text), !is_sent);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_changes_the_request_of_each_attempt_and_its_credentials_stay_with_their_origin() {
    let moved = respond(307, &[("location", "http://other.example/")], &[], End::Closed);
    let near = respond(307, &[("location", "/c")], &[], End::Closed);
    let (source, log) = source([Answer::Refused, near, stream(&[], End::Closed), moved, Answer::Hanging]);
    let mut tokens = 0;
    let mut source = source.with_reconnect(plain()).with_request_hook(move |request| {
        tokens += 1;
        request.headers_mut().insert("authorization", tokens.into());
        request.headers_mut().insert("x-mine", tokens.into());
    });
    silent(&mut source, SECOND * 30).await;
    let sent =
        |name| -> Vec<_> { log.asked().iter().map(|asked| asked.header(name).map(str::to_owned)).collect() };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(sent("authorization"), [some("1"), some("2"), some("2"), some("3"), None]);
    assert_eq!(sent("x-mine"), [some("1"), some("2"), some("2"), some("3"), some("3")]);
}

/// A cursor in the data, and a GET after the POST.
fn resuming(source: EventSource) -> EventSource {
    source.with_resume(
        |event: EventRef<'_>| event.data().parse::<u32>().ok(),
        |cursor, mut request| {
            *request.uri_mut() = format!("http://a.example/chat?after={}", cursor?).parse().unwrap();
            *request.method_mut() = Method::GET;
            *request.body_mut() = Bytes::new();
            Some(request)
        },
    )
}

#[tokio::test(start_paused = true)]
async fn a_stream_resumes_at_the_cursor_of_the_last_returned_event() {
    let (source, log) = source_of(
        post(),
        [
            stream(&[(0, "data: 1\n\ndata: 2\n\ndata: 3\n\n")], End::Reset),
            Answer::Refused,
            stream(&[(0, "data: 2\n\ndata: x\n\n")], End::Closed),
            stream(&[(0, "data: 9\n\n")], End::Silent),
        ],
    );
    let mut source = resuming(source);
    assert_eq!(data(&mut source).await, "1");
    // 2 and 3 were read but not returned.
    source.restart();
    for expected in ["2", "x", "9"] {
        assert_eq!(data(&mut source).await, expected);
    }
    let asked: Vec<_> = log
        .asked()
        .iter()
        .map(|asked| format!("{} {}", asked.request.method(), asked.request.uri().path_and_query().unwrap()))
        .collect();
    assert_eq!(asked, ["POST /chat", "GET /chat?after=1", "GET /chat?after=1", "GET /chat?after=2"]);
    assert!(log.asked().iter().all(|asked| asked.header("authorization") == Some("secret")));
}

#[tokio::test(start_paused = true)]
async fn without_a_cursor_there_is_nothing_to_resume() {
    let (closed, log) = source_of(post(), [stream(&[(0, "data: x\n\n")], End::Closed)]);
    let mut closed = resuming(closed);
    assert_eq!(data(&mut closed).await, "x");
    end(&mut closed).await;
    assert_eq!(log.times().len(), 1);

    let (lost, log) = source_of(post(), [stream(&[(0, "data: x\n\n")], End::Reset)]);
    let mut lost = resuming(lost);
    assert_eq!(data(&mut lost).await, "x");
    let error = lost.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::Transport { .. })), "{error}");
    assert_eq!(log.times().len(), 1);

    let (refused, _) = source_of(post(), [Answer::Refused]);
    let error = resuming(refused).next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::NoResponse { attempts: 1, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_post_may_be_retried_until_its_first_event_and_resumed_after_it() {
    let answers = [
        Answer::Refused,
        stream(&[(0, "data: 1\n\n")], End::Reset),
        stream(&[(0, "data: 2\n\n")], End::Closed),
        respond(204, &[], &[], End::Closed),
    ];
    let (source, log) = source_of(post(), answers);
    let mut source = resuming(source.with_reconnect(once_begun()));
    assert_eq!(data(&mut source).await, "1");
    assert_eq!(data(&mut source).await, "2");
    end(&mut source).await;
    let methods: Vec<_> = log.asked().iter().map(|asked| asked.request.method().clone()).collect();
    assert_eq!(methods, [Method::POST, Method::POST, Method::GET, Method::GET]);
}

// [connection 22]
#[tokio::test(start_paused = true)]
async fn a_request_that_resumes_at_another_origin_carries_no_credentials() {
    let (source, log) = source_of(post(), [stream(&[(0, "data: 1\n\n")], End::Closed), Answer::Hanging]);
    let source = source.with_resume(
        |event: EventRef<'_>| Some(event.data().to_owned()),
        |_, mut request| {
            *request.uri_mut() = "http://b.example/".parse().unwrap();
            Some(request)
        },
    );
    let mut source = source.with_request_hook(|request| {
        request.headers_mut().insert("cookie", "fresh".parse().unwrap());
    });
    assert_eq!(data(&mut source).await, "1");
    silent(&mut source, SECOND * 10).await;
    let second = &log.asked()[1];
    assert_eq!((second.header("authorization"), second.header("cookie")), (None, None));
    assert_eq!(second.header("idempotency-key"), Some("42"));
}

#[tokio::test(start_paused = true)]
async fn the_send_function_can_report_that_there_is_nothing_to_resume() {
    for is_cut in [false, true] {
        let mut requests = 0;
        let send = move |_: Request<Bytes>| {
            requests += 1;
            let answer: Result<_, Box<dyn Error + Send + Sync>> = if requests == 1 {
                let response = Response::builder().header("content-type", "text/event-stream");
                Ok(response.body(String::from("data: a\n\nda")).unwrap())
            } else {
                Err(NothingToResume.into())
            };
            async { answer }
        };
        let mut source = EventSource::new(post(), send, sleep).with_reconnect(plain());
        if is_cut {
            source = source.with_end_mark(EndMark::data("[DONE]"));
        }
        assert_eq!(data(&mut source).await, "a");
        let next = source.next_event().await;
        if is_cut {
            assert!(matches!(next, Err(EventSourceError::Stream(StreamError::Truncated { .. }))));
        } else {
            assert!(next.unwrap().is_none());
        }
        end(&mut source).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_custom_backoff_determines_the_delays() {
    let (source, log) = source((0..3).map(|_| Answer::Refused).chain([Answer::Hanging]));
    let mut source = source.with_reconnect(plain().with_backoff(|failures, base| base + SECOND * failures));
    silent(&mut source, SECOND * 100).await;
    assert_eq!(log.times(), [0, 4_000, 9_000, 15_000]);
}

#[tokio::test(start_paused = true)]
async fn custom_random_numbers_determine_the_jitter() {
    let (source, log) = source([Answer::Refused, Answer::Hanging]);
    let mut source = source.with_random(|| 1 << 63);
    silent(&mut source, SECOND * 10).await;
    assert_eq!(log.times(), [0, 3_450]);
}
