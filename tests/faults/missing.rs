//! What was missing: numbers 14 to 21.

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{Drained, EndMark, EventStream, LocalEventSource, StreamError};
use eventwire::gateway::{Input, Output, Rewrite, Tap, Tapped};
use eventwire::hub::{Follow, Hub};
use eventwire::server::{EventBody, LastEventId};
use eventwire::Event;
use futures_util::{stream, StreamExt};
use http::{Method, Request, Response};
use tokio::time::{sleep, timeout, Instant};

use crate::ask::chunk;
use crate::chunks::Lost;
use crate::server::{respond, source, source_of, stream as answer, End};

const MILLI: Duration = Duration::from_millis(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

/// 14
#[tokio::test(start_paused = true)]
async fn a_keepalive_every_50_ms_does_not_put_off_the_limit_on_events() {
    let comments = Box::pin(stream::repeat(()).then(|()| async {
        sleep(MILLI * 50).await;
        Ok::<_, Lost>(": keepalive\n")
    }));
    let mut events = EventStream::new(comments)
        .with_idle_timeout(MILLI * 200, sleep)
        .with_event_timeout(MILLI * 200, sleep);
    let began = Instant::now();
    let ended = timeout(MILLI * 10_000, events.next_event()).await.expect("an end");
    assert!(matches!(ended, Err(StreamError::Timeout(_))));
    assert_eq!(began.elapsed(), MILLI * 200);
}

/// 15
#[tokio::test(start_paused = true)]
async fn a_last_chunk_that_comes_1_ms_late_is_waited_for() {
    let done = stream::iter([Ok::<_, Lost>("data: a\n\ndata: [DONE]\n\n")]);
    let last = stream::once(async { sleep(MILLI).await }).filter_map(|()| async { None });
    let mut events = EventStream::new(Box::pin(done.chain(last)))
        .with_end_mark(EndMark::data("[DONE]"))
        .with_drain(MILLI * 50, sleep);
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    assert!(events.next_event().await.unwrap().is_none());
    assert_eq!(events.drained(), Some(Drained::Complete));
}

/// 16
#[tokio::test(start_paused = true)]
async fn a_post_is_asked_again_until_its_first_event_and_never_after_it() {
    let post = Request::builder().method(Method::POST).uri("http://a.example/b").body("q".into()).unwrap();
    let (source, log) = source_of(
        post,
        [respond(503, &[], &[], End::Closed), answer(&[(0, "data: Hel\n\ndata: lo")], End::Reset)],
    );
    let mut source = source.with_reconnect(Policy::until_first_event());
    assert_eq!(source.next_event().await.unwrap().unwrap().data(), "Hel");
    assert!(source.next_event().await.is_err());
    assert_eq!(log.times().len(), 2);
}

/// 17
#[tokio::test(start_paused = true)]
async fn a_closure_that_sees_the_headers_decides_which_429_is_retried() {
    let says = |says| respond(429, &[("x-should-retry", says)], &[], End::Closed);
    let (source, log) = source([says("true"), says("false")]);
    let key = "x-should-retry".to_owned();
    let mut source = source.with_reconnect(
        plain().with_retry_on(move |_, headers| headers.get(&key).is_some_and(|v| v == "true")),
    );
    assert!(source.next_event().await.is_err());
    assert_eq!(log.times().len(), 2);
}

/// 18
#[tokio::test(start_paused = true)]
async fn status_201_and_a_missing_media_type_are_accepted_on_request() {
    let created = respond(201, &[("content-type", "text/event-stream")], &[(0, "data: a\n\n")], End::Silent);
    let (source, _) = source([created]);
    let mut source = source.with_reconnect(plain().with_any_success());
    assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
    let bare = Response::new(String::from("data: a\n\n"));
    assert!(EventStream::from_response(bare.clone()).is_err());
    let mut events = EventStream::from_response_if(bare, |_| true).unwrap();
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
}

/// 19
#[tokio::test(start_paused = true)]
async fn a_source_takes_futures_that_are_not_send() {
    let body = Rc::new("data: a\n\n");
    let send = move |_: Request<bytes::Bytes>| {
        let body = Rc::clone(&body);
        async move {
            let response = Response::builder().header("content-type", "text/event-stream");
            Ok::<_, Lost>(response.body(String::from(*body)).unwrap())
        }
    };
    let request = Request::get("http://a.example/b").body("").unwrap();
    let mut source = LocalEventSource::new_local(request, send, |time| Box::pin(sleep(time)));
    assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
    // reqwest on wasm32 says what to use instead.
    assert!(include_str!("../../src/lib.rs").contains("use `client::LocalEventSource`"));
}

/// 21
#[test]
fn a_history_with_fan_out_a_tap_and_a_rewrite_are_there() {
    let hub = Hub::new();
    let first = hub.publish(Event::new("a"));
    hub.publish(Event::new("b"));
    let text = |mut body: EventBody<Follow>| String::from_utf8(chunk(&mut body).to_vec()).unwrap();
    let seen: LastEventId = first.as_str().parse().unwrap();
    let resumed = text(EventBody::new(hub.follow(Some(&seen))));
    assert!(resumed.contains("data: b\n") && !resumed.contains("data: a\n"), "{resumed}");
    let kept: Rewrite<_, _> =
        Rewrite::new(String::from("data: a\n\n"), |_: Input<'_, Infallible>, out: &mut Output<'_>| {
            out.send(&Event::new("b"));
        });
    drop(kept);
    drop(Tap::new(String::from("data: a\n\n"), |_: Tapped<'_>| {}));
}
