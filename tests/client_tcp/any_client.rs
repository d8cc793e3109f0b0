//! Tests that run with every HTTP client, over real connections. Each test crate brings its client in a module `sender`.
//!
//! The clock is paused once the connection is open; from then on it advances only to the next limit.

use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{
    Answer, EndMark, EventSource, EventSourceError, EventStream, Phase, StreamError, Timeout, TimeoutLimit,
};
use eventwire::EventRef;
use http::{Method, Request};

use crate::peer::{chunked, data, end, error, raw, serve, soon, stream, End, Script};
use crate::sender;

const SECOND: Duration = Duration::from_secs(1);
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn get(place: &str) -> EventSource {
    sender::source(Request::get(place).body("").unwrap())
}

/// A stream that continues with a comment every 20 s.
fn with_comments(body: &str) -> Script {
    let mut script = stream(body, End::Silent);
    script.says.extend((0..20).map(|_| (20_000, b":\n".to_vec())));
    script
}

fn limited(source: EventSource) -> EventSource {
    source
        .with_reconnect(Policy::never())
        .with_idle_timeout(SECOND * 50)
        .with_event_timeout(SECOND * 90)
        .with_first_event_timeout(SECOND * 150)
        .with_progress_when(|event: EventRef<'_>| event.event_type() != "ping")
}

async fn timeout(source: &mut EventSource) -> Timeout {
    match error(source).await {
        EventSourceError::Stream(StreamError::Timeout(timeout)) => *timeout,
        other => panic!("{other:?}"),
    }
}

/// Reads until the source times out. `peer`'s helpers cannot be used: their limit of 20 s would fire on a paused clock.
async fn silent_for(source: &mut EventSource) -> Timeout {
    tokio::time::pause();
    loop {
        match source.next_event().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("expected a timeout, got the end"),
            Err(EventSourceError::Stream(StreamError::Timeout(timeout))) => return *timeout,
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn comments_do_not_hide_missing_events() {
    let (place, _) = serve(vec![with_comments("data: a\n\n")]).await;
    let mut source = limited(get(&place));
    assert_eq!(data(&mut source).await, "a");
    let timeout = silent_for(&mut source).await;
    assert_eq!((timeout.limit(), timeout.phase()), (TimeoutLimit::Event, Phase::BetweenEvents));
    assert_eq!((timeout.events(), timeout.after()), (1, SECOND * 90));
    assert!(timeout.bytes() > 9, "{timeout}");
}

#[tokio::test]
async fn pings_do_not_count_as_the_first_event() {
    let (place, _) = serve(vec![with_comments("event: ping\ndata: {}\n\n")]).await;
    let mut source = limited(get(&place));
    assert!(source.open().await.unwrap());
    let timeout = silent_for(&mut source).await;
    assert_eq!((timeout.limit(), timeout.after()), (TimeoutLimit::FirstEvent, SECOND * 150));
}

#[tokio::test]
async fn without_any_byte_the_idle_timeout_fires_first() {
    let (place, _) = serve(vec![stream(":\n", End::Silent)]).await;
    let mut source = limited(get(&place));
    assert!(source.open().await.unwrap());
    let timeout = silent_for(&mut source).await;
    assert_eq!((timeout.limit(), timeout.phase()), (TimeoutLimit::Idle, Phase::BeforeFirstEvent));
    assert_eq!((timeout.events(), timeout.after()), (0, SECOND * 50));
}

#[tokio::test]
async fn a_server_that_does_not_answer_times_out() {
    let (place, _) = serve(vec![raw("", End::Silent)]).await;
    let mut source = limited(get(&place)).with_idle_timeout(SECOND / 5);
    let timeout = timeout(&mut source).await;
    assert_eq!((timeout.limit(), timeout.phase()), (TimeoutLimit::Idle, Phase::BeforeResponse));
    assert_eq!((timeout.bytes(), timeout.events()), (0, 0));
}

#[tokio::test]
async fn a_post_is_retried_until_its_first_event_and_never_after_it() {
    let scripts = [raw(BUSY, End::Closed), stream(":\n\n", End::Reset), stream("data: Hel\n\n", End::Reset)];
    let (place, log) = serve(scripts.into()).await;
    let post = Request::post(&place).header("idempotency-key", "42").body("hi").unwrap();
    let delay = Duration::from_millis(5);
    let policy = Policy::until_first_event().with_delay(delay).with_server_delays(delay..=delay);
    let mut source = sender::source(post).with_reconnect(policy);
    assert_eq!(data(&mut source).await, "Hel");
    // A request that was sent may have run; after its first event, it certainly has.
    let failure = error(&mut source).await;
    assert!(matches!(&failure, EventSourceError::Stream(StreamError::Transport { .. })), "{failure:?}");
    assert_eq!(log.heads().len(), 3);
    for request in 0..3 {
        assert_eq!(log.header(request, "idempotency-key").unwrap(), b"42");
        assert_eq!(log.header(request, "content-length").unwrap(), b"2");
    }
}

#[tokio::test]
async fn a_stream_resumes_at_a_cursor_in_its_data() {
    let (place, log) = serve(vec![
        stream("data: 1\n\ndata: 2\n\nda", End::Reset),
        chunked("data: 3\n\ndata: last\n\n", End::Silent),
    ])
    .await;
    let mut source = sender::source(Request::post(&place).body("hi").unwrap())
        .with_resume(
            |event: EventRef<'_>| event.data().parse::<u32>().ok(),
            |cursor, mut request| {
                *request.method_mut() = Method::GET;
                *request.body_mut() = Default::default();
                let place = format!("{}?after={}", request.uri(), cursor?);
                *request.uri_mut() = place.parse().ok()?;
                Some(request)
            },
        )
        .with_end_mark(EndMark::data("last"))
        .with_reconnect(soon());
    for number in ["1", "2", "3"] {
        assert_eq!(data(&mut source).await, number);
    }
    end(&mut source).await;
    let heads = log.heads();
    assert!(heads[0].starts_with("post / "), "{heads:?}");
    assert!(heads[1].starts_with("get /?after=2 "), "{heads:?}");
}

#[tokio::test]
async fn an_optional_end_mark_may_be_absent_if_the_body_ends_cleanly() {
    let whole = "data: a\n\n";
    let (place, _) = serve(vec![chunked(whole, End::Closed), chunked(whole, End::Reset)]).await;
    for is_cut in [false, true] {
        let mut events = EventStream::from_response(sender::get(&place).await)
            .unwrap()
            .with_end_mark(EndMark::data("[DONE]").optional());
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert_eq!(events.next_event().await.is_err(), is_cut);
    }
}

#[tokio::test]
async fn an_answer_is_a_stream_or_not_by_its_content_type_and_has_a_head() {
    let answer = "HTTP/1.1 200 OK\r\nx-request-id: 7\r\nconnection: close\r\ncontent-type: ";
    let (place, _) = serve(vec![
        raw(format!("{answer}application/json\r\ncontent-length: 2\r\n\r\n{{}}"), End::Closed),
        raw(format!("{answer}text/event-stream\r\n\r\ndata: a\n\n"), End::Closed),
    ])
    .await;
    match EventStream::from_response_or_other(sender::get(&place).await).unwrap() {
        Answer::Other(response) => assert_eq!(response.headers()["x-request-id"], "7"),
        Answer::Events(_) => panic!("expected JSON, got a stream"),
    }
    match EventStream::from_response_or_other(sender::get(&place).await).unwrap() {
        Answer::Events(mut events) => {
            assert_eq!(events.response_head().unwrap().headers["x-request-id"], "7");
            assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        }
        Answer::Other(_) => panic!("expected a stream, got another answer"),
    }
}

#[tokio::test]
async fn an_html_page_sent_as_a_stream_shows_its_first_line_in_the_error() {
    let page = "<title>502 Bad Gateway</title>\n<p>nginx\n";
    let (place, _) = serve(vec![chunked(page, End::Closed)]).await;
    let mut source = get(&place).with_reconnect(Policy::never()).with_end_mark(EndMark::data("[DONE]"));
    let failure = error(&mut source).await;
    assert!(failure.to_string().contains("<title>502 Bad Gateway</title>"), "{failure}");
}

#[tokio::test]
async fn a_compressed_body_is_rejected_and_not_requested_again() {
    let gzip =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n\x1F\u{8b}";
    let (place, log) = serve(vec![raw(gzip, End::Closed)]).await;
    let failure = error(&mut get(&place)).await;
    assert_eq!(failure.to_string(), "expected a body without content encoding, got \"gzip\"");
    assert_eq!(log.heads().len(), 1);
}

#[tokio::test]
async fn an_error_event_is_the_last_item() {
    let body = "data: a\n\nevent: error\ndata: overloaded\n\n";
    let (place, log) = serve(vec![stream(body, End::Silent)]).await;
    let mut source = get(&place).with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    assert_eq!(data(&mut source).await, "a");
    match error(&mut source).await {
        EventSourceError::Stream(StreamError::ErrorEvent { event, .. }) => {
            assert_eq!(event.data(), "overloaded")
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(log.heads().len(), 1);
}
