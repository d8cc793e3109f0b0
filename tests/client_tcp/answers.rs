//! The cost of an answer's end: connections, time and bytes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::chunks::BodyChunks;
use eventwire::client::{Drained, EndMark, EventSource, EventSourceError, EventStream, StreamError};
use eventwire::EventRef;
use futures_util::FutureExt;
use http::Request;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::time::sleep;

use crate::keep_alive::{After, KeepAlive};

const ANSWER: &str = "data: a\n\ndata: [DONE]\n\n";
const BROKEN: &str = "data: a\n\nevent: error\ndata: out of paper\n\n";

/// Longer than the default: this machine may be busy.
const PATIENT: Duration = Duration::from_secs(20);

type HyperClient = Client<HttpConnector, Full<Bytes>>;

fn client() -> HyperClient {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn ask(client: &HyperClient, server: &KeepAlive) -> EventStream<BodyChunks<Incoming>> {
    let request = Request::get(&server.place).body(Full::default()).unwrap();
    let response = client.request(request).await.unwrap();
    EventStream::from_response(response).unwrap().with_end_mark(EndMark::data("[DONE]"))
}

/// A source over the connections of this client; its timer notes for how long it is asked to sleep.
fn source(client: &HyperClient, server: &KeepAlive) -> (EventSource, Arc<Mutex<Vec<Duration>>>) {
    let request = Request::get(&server.place).body("").unwrap();
    let client = client.clone();
    let naps = Arc::new(Mutex::new(Vec::new()));
    let noted = naps.clone();
    let timer = move |nap| {
        noted.lock().unwrap().push(nap);
        sleep(nap)
    };
    let send = move |request: Request<Bytes>| client.request(request.map(Full::new));
    (EventSource::new(request, send, timer).with_end_mark(EndMark::data("[DONE]")), naps)
}

fn is_error(event: EventRef<'_>) -> bool {
    event.event_type() == "error"
}

#[tokio::test]
async fn ten_answers_use_one_connection() {
    let server = KeepAlive::answering(ANSWER, After::End).await;
    let client = client();
    for _ in 0..10 {
        let mut events = ask(&client, &server).await.with_drain(PATIENT, sleep);
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn ten_sources_use_one_connection() {
    let server = KeepAlive::answering(ANSWER, After::End).await;
    let client = client();
    for _ in 0..10 {
        let mut source = source(&client, &server).0.with_drain(PATIENT);
        assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
        assert!(source.next_event().await.unwrap().is_none());
        assert_eq!(source.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_drained_costs_its_connection() {
    // To avoid a race, the body ends only after the next request is sent.
    let server = KeepAlive::answering(ANSWER, After::EndWhenAsked).await;
    let client = client();
    for _ in 0..3 {
        let mut events = ask(&client, &server).await.without_drain();
        assert!(events.next_event().await.unwrap().is_some());
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::GaveUp));
    }
    // A stream without a timer, or one that is dropped, does not wait either.
    let mut events = ask(&client, &server).await;
    assert!(events.next_event().await.unwrap().is_some());
    assert!(events.next_event().now_or_never().unwrap().unwrap().is_none());
    drop(ask(&client, &server).await);
    assert_eq!(server.connections(), 5);
}

#[tokio::test]
async fn a_body_that_never_ends_costs_50_ms() {
    let server = KeepAlive::answering(ANSWER, After::Silence).await;
    let (mut source, naps) = source(&client(), &server);
    assert!(source.next_event().await.unwrap().is_some());
    let before = naps.lock().unwrap().len();
    assert!(source.next_event().await.unwrap().is_none());
    assert_eq!(source.drained(), Some(Drained::GaveUp));
    assert_eq!(naps.lock().unwrap()[before..], [Duration::from_millis(50)]);
    server.is_left().await;
}

#[tokio::test]
async fn a_gigabyte_after_the_last_event_costs_64_kib() {
    let server = KeepAlive::answering(ANSWER, After::Flood).await;
    let mut events = ask(&client(), &server).await.with_drain(PATIENT, sleep);
    assert!(events.next_event().await.unwrap().is_some());
    assert!(events.next_event().await.unwrap().is_none());
    assert_eq!(events.drained(), Some(Drained::GaveUp));
    server.is_left().await;
    // The rest is in the buffers of two sockets.
    assert!(server.flooded() < 64 << 20, "{} bytes", server.flooded());
}

#[tokio::test]
async fn closing_never_waits() {
    let server = KeepAlive::answering(ANSWER, After::Silence).await;
    let (source, naps) = source(&client(), &server);
    let mut source = source.with_drain(PATIENT);
    assert!(source.next_event().await.unwrap().is_some());
    // In the middle of the drain.
    assert!(source.next_event().now_or_never().is_none());
    assert_eq!(*naps.lock().unwrap().last().unwrap(), PATIENT);
    source.close();
    assert!(source.next_event().now_or_never().unwrap().unwrap().is_none());
    server.is_left().await;
}

#[tokio::test]
async fn closing_after_an_error_event_never_waits() {
    let server = KeepAlive::answering(BROKEN, After::Silence).await;
    let mut source = source(&client(), &server).0.with_drain(PATIENT).with_error_when(is_error);
    assert!(source.next_event().await.unwrap().is_some());
    assert!(source.next_event().await.is_err());
    assert!(source.next_event().now_or_never().is_none());
    source.close();
    assert!(source.next_event().now_or_never().unwrap().unwrap().is_none());
    server.is_left().await;
}

#[tokio::test]
async fn ten_answers_that_end_in_an_error_event_use_one_connection() {
    let server = KeepAlive::answering(BROKEN, After::End).await;
    let client = client();
    for _ in 0..10 {
        let mut events = ask(&client, &server).await.with_drain(PATIENT, sleep).with_error_when(is_error);
        assert!(events.next_event().await.unwrap().is_some());
        assert!(matches!(events.next_event().await, Err(StreamError::ErrorEvent { .. })));
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn ten_sources_that_end_in_an_error_event_use_one_connection() {
    let server = KeepAlive::answering(BROKEN, After::End).await;
    let client = client();
    for _ in 0..10 {
        let mut source = source(&client, &server).0.with_drain(PATIENT).with_error_when(is_error);
        assert!(source.next_event().await.unwrap().is_some());
        let error = source.next_event().await.unwrap_err();
        assert!(matches!(error, EventSourceError::Stream(StreamError::ErrorEvent { .. })));
        assert!(source.next_event().await.unwrap().is_none());
        assert_eq!(source.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_cancelled_drain_continues_with_the_next_call() {
    let server = KeepAlive::answering(ANSWER, After::EndWhenAsked).await;
    let client = client();
    for _ in 0..2 {
        let mut events = ask(&client, &server).await.with_drain(PATIENT, sleep);
        assert!(events.next_event().await.unwrap().is_some());
        for _ in 0..3 {
            assert!(events.next_event().now_or_never().is_none());
        }
        server.end();
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    for is_broken in [false, true] {
        let source = source(&client, &server).0.with_drain(PATIENT);
        let mut source = source.with_error_when(move |event: EventRef<'_>| is_broken && event.data() == "a");
        assert_eq!(source.next_event().await.is_err(), is_broken);
        assert!(source.next_event().now_or_never().is_none());
        server.end();
        assert!(source.next_event().await.unwrap().is_none());
        assert_eq!(source.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}
