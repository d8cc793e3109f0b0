//! Attempts over real connections: once, again until the first event, with a fresh token.

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;

use bytes::Bytes;
use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSourceError, LocalEventSource, StreamError};
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use crate::peer::{connect, connect_with, data, error, raw, serve, soon, stream, End};

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";

/// Until the first event, without waiting long.
fn eager() -> Policy {
    let soon = std::time::Duration::from_millis(5);
    Policy::until_first_event().with_delay(soon).with_server_delays(soon..=soon)
}

#[tokio::test]
async fn a_post_is_retried_until_its_first_event_and_never_after_it() {
    let hello = stream("data: Hel\n\n", End::Reset);
    let (place, log) = serve(vec![raw(BUSY, End::Closed), stream(":\n\n", End::Reset), hello]).await;
    let post = Request::post(&place).header("idempotency-key", "42").body("hi").unwrap();
    let mut source = connect_with(post).with_reconnect(eager());
    assert_eq!(data(&mut source).await, "Hel");
    assert!(matches!(error(&mut source).await, EventSourceError::Stream(StreamError::Transport { .. })));
    assert_eq!(log.heads().len(), 3);
    for (request, head) in log.heads().iter().enumerate() {
        assert!(head.starts_with("post / ") && head.contains("content-length: 2"), "{head}");
        assert_eq!(log.header(request, "idempotency-key").unwrap(), b"42");
    }
}

#[tokio::test]
async fn a_post_to_a_server_that_closes_without_an_answer_may_have_run() {
    let (place, _) = serve(vec![raw("", End::Closed), raw(BUSY, End::Closed), raw("", End::Reset)]).await;
    let post = Request::post(&place).body("hi").unwrap();
    let failure = error(&mut connect_with(post).with_reconnect(eager().with_max_attempts(2))).await;
    assert!(matches!(failure, EventSourceError::MayHaveRun { requests: 3, .. }), "{failure}");
}

#[tokio::test]
async fn a_handler_knows_that_the_connection_is_open_before_it_answers() {
    let (place, _) = serve(vec![stream("data: a\n\n", End::Silent)]).await;
    let mut up = connect(&place);
    assert!(up.open().await.unwrap());
    assert_eq!(data(&mut up).await, "a");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut down = connect(&place).with_reconnect(Policy::new().with_fail_fast());
    assert!(matches!(down.open().await, Err(EventSourceError::NoResponse { attempts: 1, .. })));
}

#[tokio::test]
async fn each_attempt_gets_a_fresh_token() {
    let (place, log) =
        serve(vec![stream("data: a\n\n", End::Closed), stream("data: b\n\n", End::Silent)]).await;
    let token = Arc::new(AtomicU32::new(0));
    let mut source = connect(&place).with_request_hook(move |request| {
        let bearer = format!("Bearer {}", token.fetch_add(1, Ordering::Relaxed));
        request.headers_mut().insert("authorization", bearer.parse().unwrap());
    });
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.header(0, "authorization").unwrap(), b"Bearer 0");
    assert_eq!(log.header(1, "authorization").unwrap(), b"Bearer 1");
}

#[tokio::test]
async fn the_last_valid_type_of_several_counts() {
    let says =
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n";
    let (place, _) = serve(vec![raw(says, End::Silent)]).await;
    assert_eq!(data(&mut connect(&place)).await, "a");
}

#[tokio::test]
async fn a_stream_with_status_201_is_read_on_request() {
    let says = "HTTP/1.1 201 Created\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n";
    let (place, _) = serve(vec![raw(says, End::Silent)]).await;
    let mut source = connect(&place).with_reconnect(soon().with_any_success());
    assert_eq!(data(&mut source).await, "a");
}

#[tokio::test]
async fn a_source_on_one_thread_reconnects_over_real_connections() {
    let (place, log) =
        serve(vec![stream("id: 1\ndata: a\n\n", End::Reset), stream("data: b\n\n", End::Silent)]).await;
    let client = Rc::new(Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>());
    let send = move |request: Request<Bytes>| {
        let client = Rc::clone(&client);
        async move { client.request(request.map(Full::new)).await }
    };
    let sleep = |time| async move {
        let here = Rc::new(());
        tokio::time::sleep(time).await;
        drop(here);
    };
    let request = Request::get(&place).body("").unwrap();
    let mut source = LocalEventSource::new_local(request, send, sleep).with_reconnect(soon());
    for expected in ["a", "b"] {
        assert_eq!(source.next_event().await.unwrap().unwrap().data(), expected);
    }
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"1");
    source.close();
    log.is_left().await;
}

#[tokio::test]
async fn an_id_of_a_megabyte_does_not_kill_the_client() {
    let id = "7".repeat(1_000_000);
    let first = stream(format!("id: {id}\ndata: a\n\n"), End::Closed);
    let (place, log) = serve(vec![first, stream("data: b\n\n", End::Silent)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.header(1, "last-event-id"), None);
}
