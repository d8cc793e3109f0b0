//! Tests that run with every HTTP client, over real connections. Each test crate brings its client in a module `sender`.
//!
//! The clock is paused once the connection is open; from then on it advances only to the next limit.

use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{
    Answer, BoxedEventStream, Drained, EndMark, EventSource, EventSourceError, EventStream, Phase,
    SourceItem, StreamError, Timeout, TimeoutLimit,
};
use eventwire::EventRef;
use http::{Method, Request};

use crate::keep_alive::{After, KeepAlive};
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

    // A limit of its own, longer or shorter than the one for bytes.
    let (place, _) = serve(vec![raw("", End::Silent)]).await;
    let mut source = limited(get(&place)).with_response_timeout(SECOND / 5);
    let timeout = self::timeout(&mut source).await;
    assert_eq!((timeout.limit(), timeout.phase()), (TimeoutLimit::Response, Phase::BeforeResponse));
    assert_eq!(timeout.to_string(), "no response for 200ms");
}

#[tokio::test]
async fn a_response_may_take_longer_than_a_pause_between_two_bytes() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n";
    let mut late = raw("", End::Silent);
    late.says.push((400, head.into()));
    let (place, log) = serve(vec![late]).await;
    let mut source = limited(get(&place)).with_idle_timeout(SECOND / 5).with_response_timeout(SECOND * 60);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(log.heads().len(), 1);
    // From then on, the limit for bytes applies.
    let timeout = timeout(&mut source).await;
    assert_eq!((timeout.limit(), timeout.after()), (TimeoutLimit::Idle, SECOND / 5));
}

#[tokio::test]
async fn the_limits_on_events_also_limit_the_wait_for_a_response() {
    for limit in [TimeoutLimit::Event, TimeoutLimit::FirstEvent] {
        let (place, _) = serve(vec![raw("", End::Silent)]).await;
        let source = get(&place).with_reconnect(Policy::never());
        let mut source = match limit {
            TimeoutLimit::Event => source.with_event_timeout(SECOND / 5),
            _ => source.with_first_event_timeout(SECOND / 5),
        };
        let timeout = timeout(&mut source).await;
        assert_eq!((timeout.limit(), timeout.phase()), (limit, Phase::BeforeResponse));
        assert_eq!((timeout.bytes(), timeout.events()), (0, 0));
    }
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
async fn a_post_whose_connections_were_all_refused_has_not_run() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let policy = Policy::until_first_event().with_delay(Duration::from_millis(5)).with_max_attempts(2);
    let mut source = sender::source(Request::post(&place).body("hi").unwrap()).with_reconnect(policy);
    let failure = error(&mut source).await;
    assert!(matches!(failure, EventSourceError::NoResponse { attempts: 3, .. }), "{failure:?}");
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

/// Waits longer than a busy machine needs.
const PATIENT: Duration = Duration::from_secs(20);

fn answer(place: &str) -> EventSource {
    get(place).with_reconnect(Policy::never()).with_end_mark(EndMark::data("[DONE]"))
}

#[tokio::test]
async fn a_server_that_never_ends_or_sends_a_gigabyte_costs_the_limit() {
    for after in [After::Silence, After::Flood] {
        let server = KeepAlive::answering("data: a\n\ndata: [DONE]\n\n", after).await;
        let mut source = answer(&server.place);
        if let After::Flood = after {
            source = source.with_drain(PATIENT);
        }
        assert_eq!(data(&mut source).await, "a");
        end(&mut source).await;
        assert_eq!(source.drained(), Some(Drained::GaveUp));
        server.is_left().await;
        // The rest is in the buffers of two sockets.
        assert!(server.flooded() < 64 << 20, "{} bytes", server.flooded());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_end_of_an_answer_is_no_error() {
    let (place, _) = serve(vec![chunked("data: a\n\ndata: [DONE]\n\n", End::Reset)]).await;
    let mut source = answer(&place).with_drain(PATIENT);
    assert_eq!(data(&mut source).await, "a");
    end(&mut source).await;
    assert_eq!(source.drained(), Some(Drained::Failed));
}

#[tokio::test]
async fn a_mark_is_found_however_its_bytes_are_sent() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    for line_end in ["\n", "\r\n", "\r"] {
        for mark in ["data:  [DONE] \n\n", "event: done\n\n"] {
            let body = format!("\u{FEFF}data: a\n\n: bye\n{mark}data: late\n\n").replace('\n', line_end);
            // Each byte is an HTTP chunk.
            let chunks = body.bytes().flat_map(|byte| [b"1\r\n", &[byte][..], b"\r\n"].concat());
            let mut script = raw(head, End::Silent);
            script.says.extend(chunks.collect::<Vec<_>>().chunks(97).map(|sent| (1, sent.to_vec())));
            let (place, log) = serve(vec![script]).await;
            let mut source = answer(&place).with_end_mark(EndMark::event_type("done")).without_drain();
            assert_eq!(data(&mut source).await, "a");
            end(&mut source).await;
            log.is_left().await;
        }
    }
}

#[tokio::test]
async fn a_future_dropped_at_any_moment_loses_nothing() {
    let body: String = (0..20).map(|number| format!("id: {number}\ndata: {number}\n\n")).collect();
    let mut cut = stream("", End::Reset);
    cut.says.extend(body.as_bytes()[..150].chunks(7).map(|sent| (1, sent.to_vec())));
    let (place, log) = serve(vec![cut, chunked("data: rest\n\ndata: [DONE]\n\n", End::Closed)]).await;
    let mut source = get(&place).with_reconnect(soon()).with_end_mark(EndMark::data("[DONE]"));
    let mut read = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(1), source.next_event()).await {
            Err(_) => {}
            Ok(next) => match next.unwrap() {
                Some(event) => read.push(event.data().to_owned()),
                None => break,
            },
        }
    }
    let whole = body[..150].matches("\n\n").count();
    let expected: Vec<_> = (0..whole).map(|number| number.to_string()).chain(["rest".to_owned()]).collect();
    assert_eq!(read, expected);
    assert_eq!(log.header(1, "last-event-id").unwrap(), (whole - 1).to_string().as_bytes());
}

#[tokio::test]
async fn retry_after_is_obeyed_as_seconds_and_as_a_date() {
    let busy = |status: &str, says: &str| {
        let head = format!("HTTP/1.1 {status}\r\n{says}content-length: 0\r\nconnection: close\r\n\r\n");
        raw(head, End::Closed)
    };
    let (place, log) = serve(vec![
        busy("429 Too Many Requests", "retry-after: 20\r\n"),
        busy(
            "503 Service Unavailable",
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:50:37 GMT\r\n",
        ),
        busy("408 Request Timeout", ""),
        stream("data: a\n\n", End::Silent),
    ])
    .await;
    let request = Request::post(&place).body("hi").unwrap();
    let policy = Policy::until_first_event().with_jitter_percent(0);
    let mut source = sender::source(request).with_reconnect(policy);
    let mut waits = Vec::new();
    loop {
        match source.next_item().await.unwrap().expect("an event before the end") {
            SourceItem::Waiting { why: Some(EventSourceError::Rejected(why)), delay, .. } => {
                waits.push((why.status().as_u16(), delay.as_millis()));
                source.set_delay(Duration::ZERO);
            }
            SourceItem::Event(event) => break assert_eq!(event.data(), "a"),
            SourceItem::Waiting { why, .. } => panic!("{why:?}"),
            _ => {}
        }
    }
    assert_eq!(waits, [(429, 20_000), (503, 60_000), (408, 2_000)]);
    assert!(log.heads().iter().all(|head| head.starts_with("post / ") && head.contains("content-length: 2")));
}

#[tokio::test]
async fn a_request_that_resumes_at_another_origin_carries_no_credentials() {
    let (other, asked_other) = serve(vec![stream("data: 2\n\n", End::Silent)]).await;
    let (place, asked) = serve(vec![stream("data: 1\n\n", End::Reset)]).await;
    let names = ["authorization", "cookie", "proxy-authorization", "x-api-key", "mcp-session-id"];
    let mut request = Request::get(&place).body("").unwrap();
    for name in names {
        let mut value = http::HeaderValue::from_static("secret");
        value.set_sensitive(name == "mcp-session-id");
        request.headers_mut().insert(name, value);
    }
    request.headers_mut().insert("x-mine", http::HeaderValue::from_static("1"));
    let mut source = sender::source(request).with_reconnect(soon()).with_resume(
        |event: EventRef<'_>| event.data().parse::<u32>().ok(),
        move |cursor, mut request| {
            *request.uri_mut() = format!("{other}/?after={}", cursor?).parse().ok()?;
            Some(request)
        },
    );
    assert_eq!(data(&mut source).await, "1");
    assert_eq!(data(&mut source).await, "2");
    assert!(asked_other.heads()[0].starts_with("get /?after=1 "), "{:?}", asked_other.heads());
    for name in names {
        assert_eq!(asked.header(0, name).as_deref(), Some(&b"secret"[..]), "{name}");
        assert_eq!(asked_other.header(0, name), None, "{name}");
    }
    assert_eq!(asked_other.header(0, "x-mine").unwrap(), b"1");
}

#[tokio::test]
async fn an_open_connection_can_be_waited_for_more_than_once_and_a_closed_port_fails_at_once() {
    let (place, log) = serve(vec![stream("data: a\n\n", End::Silent)]).await;
    let mut source = get(&place).with_reconnect(Policy::new().with_fail_fast());
    for _ in 0..2 {
        assert!(source.open().await.unwrap());
    }
    assert_eq!(source.response_head().unwrap().status, 200);
    assert_eq!(data(&mut source).await, "a");
    assert!(source.open().await.unwrap());
    source.close();
    assert!(!source.open().await.unwrap());
    assert_eq!(log.heads().len(), 1);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut source = get(&place).with_reconnect(Policy::new().with_fail_fast());
    assert!(matches!(source.open().await, Err(EventSourceError::NoResponse { attempts: 1, .. })));
    assert!(!source.open().await.unwrap());
}

#[tokio::test]
async fn only_200_opens_a_stream_and_the_user_may_allow_more() {
    let says = |status: &str, more: &str| {
        raw(format!("HTTP/1.1 {status}\r\nconnection: close\r\n{more}\r\ndata: a\n\n"), End::Closed)
    };
    const STREAM: &str = "content-type: text/event-stream\r\n";
    for (status, headers, is_allowed) in [
        ("201 Created", STREAM, true),
        ("206 Partial Content", STREAM, true),
        ("200 OK", "content-type: text/plain\r\n", true),
        ("200 OK", "", true),
        ("203 Non-Authoritative Information", "", true),
        ("300 Multiple Choices", STREAM, false),
        ("304 Not Modified", STREAM, false),
        ("500 Internal Server Error", STREAM, false),
    ] {
        let (place, log) =
            serve(vec![says(status, headers), says(status, headers), says(status, headers)]).await;
        let refused = error(&mut get(&place)).await;
        let EventSourceError::Rejected(refused) = refused else { panic!("{refused}") };
        assert!(status.starts_with(refused.status().as_str()));
        let allowed = Policy::never().with_any_success().with_any_media_type();
        let next = get(&place).with_reconnect(allowed).next_event().await;
        assert_eq!(next.is_ok_and(|event| event.unwrap().data() == "a"), is_allowed, "{status}");
        let allowed =
            EventStream::from_response_if(sender::get(&place).await, |head| head.status.is_success());
        assert_eq!(allowed.is_ok(), is_allowed, "{status}");
        assert_eq!(log.heads().len(), 3);
    }
}

/// The runtime has one thread, which the connection needs too.
#[tokio::test]
async fn what_arrived_while_the_thread_was_busy_is_not_silence() {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let (send, sends) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let mut connection = listener.accept().unwrap().0;
        assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
        for said in sends {
            connection.write_all(said).unwrap();
        }
    });
    let limit = SECOND * 2;
    let mut source = get(&place).with_reconnect(Policy::never()).with_idle_timeout(limit);
    send.send(&b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n"[..]).unwrap();
    assert_eq!(data(&mut source).await, "a");
    // The timeout begins.
    assert!(tokio::time::timeout(Duration::from_millis(1), source.next_event()).await.is_err());
    send.send(b"data: b\n\n").unwrap();
    std::thread::sleep(limit + SECOND / 2);
    assert_eq!(data(&mut source).await, "b");
    source.close();
    drop(send);
    server.join().unwrap();
}

#[tokio::test]
async fn a_boxed_stream_is_the_same_type_for_every_client() {
    let (place, _) = serve(vec![chunked("data: a\n\ndata: [DONE]\n\n", End::Closed)]).await;
    let events = EventStream::from_response(sender::get(&place).await).unwrap();
    let mut events: BoxedEventStream = events.with_end_mark(EndMark::data("[DONE]")).into_boxed();
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    assert!(events.next_event().await.unwrap().is_none());
}
