//! `EventStream` over reqwest 0.12, which the feature `reqwest` is not about.

#![cfg(test)]

#[path = "../../client_tcp/any_client.rs"]
mod any_client;
#[path = "../../client_tcp/gateways.rs"]
mod gateways;
#[path = "../../client_tcp/keep_alive.rs"]
#[allow(dead_code)]
mod keep_alive;
#[path = "../../client_tcp/peer.rs"]
#[allow(dead_code)]
mod peer;
#[path = "../../support/tls.rs"]
mod tls;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::{Drained, EndMark, EventSource, EventStream};
use futures_util::{stream, Stream, StreamExt};
use http_body_util::StreamBody;
use hyper::body::Frame;
use hyper::service::service_fn;
use hyper::{server, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use keep_alive::{After, KeepAlive};
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::time::sleep;

mod sender {
    use bytes::Bytes;
    use eventwire::client::EventSource;
    use http::{Request, Response};
    use reqwest::{Body, Client};
    use tokio::time::sleep;

    pub(crate) fn source(request: Request<&'static str>) -> EventSource {
        let client = Client::new();
        let send = move |request: Request<Bytes>| {
            let request = reqwest::Request::try_from(request);
            let client = client.clone();
            async move { client.execute(request?).await.map(Response::<Body>::from) }
        };
        EventSource::new(request, send, sleep)
    }

    pub(crate) async fn get(place: &str) -> Response<Body> {
        reqwest::get(place).await.unwrap().into()
    }
}

/// Longer than the default: this machine may be busy.
const PATIENT: Duration = Duration::from_secs(20);

async fn ask(
    client: &Client,
    place: &str,
) -> EventStream<impl Stream<Item = reqwest::Result<Bytes>> + Unpin + use<>> {
    let response = client.get(place).send().await.unwrap().error_for_status().unwrap();
    EventStream::new(response.bytes_stream()).with_end_mark(EndMark::data("[DONE]"))
}

#[tokio::test]
async fn ten_answers_use_one_connection() {
    let server = KeepAlive::answering("data: a\n\ndata: [DONE]\n\n", After::End).await;
    let client = Client::new();
    for _ in 0..10 {
        let mut events = ask(&client, &server.place).await.with_drain(PATIENT, sleep);
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn over_http_2_the_end_of_an_answer_costs_no_connection_however_it_comes() {
    let (place, connections) = serve_http_2().await;
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    for path in ["/ends", "/never-ends", "/ends"] {
        let place = format!("{place}{path}");
        let mut drained = ask(&client, &place).await.with_drain(Duration::from_millis(50), sleep);
        assert_eq!(drained.next_event().await.unwrap().unwrap().data(), "a");
        assert!(drained.next_event().await.unwrap().is_none());
        if path == "/never-ends" {
            assert_eq!(drained.drained(), Some(Drained::GaveUp));
        }
        let mut dropped = ask(&client, &place).await.without_drain();
        assert!(dropped.next_event().await.unwrap().is_some());
        assert!(dropped.next_event().await.unwrap().is_none());
        drop(ask(&client, &place).await);
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn over_http_2_an_answer_that_never_ends_costs_no_time() {
    let (place, connections) = serve_http_2().await;
    let place = format!("{place}/never-ends");
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    let all = async {
        for _ in 0..3 {
            let response: http::Response<reqwest::Body> = client.get(&place).send().await.unwrap().into();
            let mut events = EventStream::from_response(response)
                .unwrap()
                .with_end_mark(EndMark::data("[DONE]"))
                .with_drain(Duration::MAX, sleep);
            assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
            assert!(events.next_event().await.unwrap().is_none());
            assert_eq!(events.drained(), Some(Drained::GaveUp));

            let client = client.clone();
            let send = move |request: http::Request<Bytes>| {
                let request = reqwest::Request::try_from(request);
                let client = client.clone();
                async move { client.execute(request?).await.map(http::Response::<reqwest::Body>::from) }
            };
            let request = http::Request::get(&place).version(http::Version::HTTP_2).body("").unwrap();
            let mut source = EventSource::new(request, send, sleep)
                .with_end_mark(EndMark::data("[DONE]"))
                .with_drain(Duration::MAX);
            assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
            assert!(source.next_event().await.unwrap().is_none());
            assert_eq!(source.drained(), Some(Drained::GaveUp));
        }
    };
    tokio::time::timeout(PATIENT, all).await.expect("no waiting for the end");
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn ten_answers_over_tls_use_one_handshake() {
    let server = KeepAlive::answering("data: a\n\ndata: [DONE]\n\n", After::End).await;
    let address = server.place.trim_start_matches("http://").trim_end_matches('/');
    let tls = tls::Tls::before(address.to_owned()).await;
    let client = Client::builder().use_preconfigured_tls(tls.trusting()).build().unwrap();
    for _ in 0..10 {
        let mut events = ask(&client, &tls.place).await.with_drain(PATIENT, sleep);
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    assert_eq!((tls.handshakes(), server.connections()), (1, 1));
}

/// Gives the place of a server, and the number of its connections.
async fn serve_http_2() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let service = service_fn(|request: hyper::Request<_>| async move {
                let events = Bytes::from("data: a\n\ndata: [DONE]\n\n");
                let last = match request.uri().path() {
                    "/ends" => stream::once(sleep(Duration::from_millis(1))).left_stream(),
                    _ => stream::pending().right_stream(),
                };
                let frames = stream::iter([events]).chain(last.map(|()| Bytes::new()));
                let body = StreamBody::new(frames.map(|bytes| Ok::<_, Infallible>(Frame::data(bytes))));
                Response::builder().header("content-type", "text/event-stream").body(body)
            });
            let connection = server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(connection), service);
            tokio::spawn(connection);
        }
    });
    (place, connections)
}
