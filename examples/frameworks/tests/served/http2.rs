//! HTTP/2 by prior knowledge.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ::hyper::body::Incoming;
use ::hyper::client::conn::http2::{handshake, SendRequest};
use ::hyper::{Method, Request, Response, Version};
use bytes::Bytes;
use eventwire::server::RESPONSE_HEADERS;
use eventwire::Event;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::PATIENCE;
use crate::frames::Frames;
use crate::probe::{Opened, Run};
use crate::servers::Server;

macro_rules! tests {
    ($($server:ident)*) => {
        $(mod $server {
            use crate::servers::$server::SERVER;

            #[tokio::test]
            async fn events_arrive_one_by_one() {
                super::events_arrive_one_by_one(&SERVER).await;
            }

            #[tokio::test]
            async fn a_client_that_leaves_drops_the_stream() {
                super::a_client_that_leaves_drops_the_stream(&SERVER).await;
            }

            #[tokio::test]
            async fn shutdown_ends_a_hundred_streams_at_once() {
                super::shutdown_ends_a_hundred_streams_at_once(&SERVER).await;
            }

            #[test]
            fn a_client_that_does_not_read_holds_no_shutdown() {
                super::a_client_that_does_not_read_holds_no_shutdown(&SERVER);
            }
        })*
    };
}

// actix-web and rocket speak HTTP/2 without TLS only if asked, and with their own code.
tests! {
    axum
    hyper
    poem
    salvo
    warp
}

async fn events_arrive_one_by_one(server: &Server) {
    let run = Run::new(server);
    let mut client = connect(&run).await;
    let (mut response, opened) = open(&run, &mut client).await;
    assert_eq!(response.version(), Version::HTTP_2);
    for &(name, value) in RESPONSE_HEADERS {
        assert_eq!(response.headers()[name], value);
    }
    assert_eq!(response.headers().len(), RESPONSE_HEADERS.len() + 1, "{:?}", response.headers());
    assert!(response.headers().contains_key("date"));
    for n in 0..100 {
        opened.events.send(Event::new("tick").with_id(n)).unwrap();
        assert_eq!(chunk(&mut response).await, format!("id: {n}\ndata: tick\n\n"));
    }
}

/// A browser that closes one of many streams resets it, and keeps the connection.
async fn a_client_that_leaves_drops_the_stream(server: &Server) {
    let run = Run::new(server);
    let mut client = connect(&run).await;
    let mut times = Vec::new();
    for _ in 0..9 {
        let (response, opened) = open(&run, &mut client).await;
        let left = Instant::now();
        drop(response);
        let dropped = tokio::task::spawn_blocking(move || opened.dropped.recv_timeout(PATIENCE).unwrap());
        times.push(dropped.await.unwrap() - left);
    }
    times.sort();
    println!("{} over HTTP/2: {:?} .. {:?}, half of them {:?}", server.name, times[0], times[8], times[4]);
    assert!(times[4] < Duration::from_millis(50), "{times:?}");
}

async fn shutdown_ends_a_hundred_streams_at_once(server: &Server) {
    let run = Run::new(server);
    let mut client = connect(&run).await;
    let mut responses = Vec::new();
    for _ in 0..100 {
        responses.push(open(&run, &mut client).await);
    }
    let began = Instant::now();
    run.shut_down();
    for (response, _) in &mut responses {
        assert_eq!(chunk(response).await, "data: bye\n\n");
        // warp sends the end in a separate frame.
        while let Some(frame) = timeout(PATIENCE, response.frame()).await.unwrap() {
            assert!(frame.unwrap().into_data().unwrap().is_empty());
        }
    }
    let time = began.elapsed();
    println!("{} over HTTP/2: streams after {time:?}", server.name);
    assert!(time < Duration::from_secs(1), "{time:?}");
    // Not here: the client must answer the pings of the server before it closes.
    tokio::task::spawn_blocking(move || run.finished()).await.unwrap();
}

fn a_client_that_does_not_read_holds_no_shutdown(server: &Server) {
    let run = Run::new(server);
    let mut client = Frames::connect(run.address);
    client.send("/events");
    let opened = run.opened();
    // 1 MB: the client grants a window of 64 KiB, and never more.
    opened.events.send(Event::new("x".repeat(1 << 20))).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    run.shut_down();
    run.finished();
    drop(client);
}

/// Over HTTP/2, hyper leaves that to its service.
#[tokio::test]
async fn axum_starts_no_stream_on_head() {
    let run = Run::new(&crate::servers::axum::SERVER);
    let mut client = connect(&run).await;
    let mut response = ask(&run, &mut client, Method::HEAD).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(timeout(PATIENCE, response.frame()).await.unwrap().is_none());
    let opened = run.opened();
    opened.dropped.recv_timeout(Duration::from_secs(1)).unwrap();
    assert!(!opened.was_polled.load(Ordering::SeqCst));
}

async fn connect(run: &Run) -> SendRequest<Empty<Bytes>> {
    let socket = TcpStream::connect(run.address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn open(run: &Run, client: &mut SendRequest<Empty<Bytes>>) -> (Response<Incoming>, Opened) {
    let mut response = ask(run, client, Method::GET).await;
    assert_eq!(chunk(&mut response).await, ":\n");
    (response, run.opened())
}

async fn ask(run: &Run, client: &mut SendRequest<Empty<Bytes>>, method: Method) -> Response<Incoming> {
    let uri = format!("http://{}/events", run.address);
    let request = Request::builder().method(method).uri(uri).body(Empty::new()).unwrap();
    let response = timeout(PATIENCE, client.send_request(request)).await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    response
}

async fn chunk(response: &mut Response<Incoming>) -> String {
    let frame = timeout(PATIENCE, response.frame()).await.unwrap().unwrap().unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}
