//! What the docs say of servers: number 11.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::{routing::get, Router};
use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::{stream, Stream, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// axum, until the sender says so.
async fn served(router: Router) -> (SocketAddr, watch::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, mut stopped) = watch::channel(());
    let shutdown = async move { _ = stopped.changed().await };
    let server = axum::serve(listener, router).with_graceful_shutdown(shutdown);
    (address, stop, tokio::spawn(async { server.await.unwrap() }))
}

/// A client that has read the first bytes of its response.
async fn client(address: SocketAddr, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.read_exact(&mut [0; 64]).await.unwrap();
    socket
}

async fn soon<T>(what: &str, comes: impl Future<Output = T>) -> T {
    timeout(PATIENCE, comes).await.unwrap_or_else(|_| panic!("waited for {what}"))
}

/// Without an event for the error, the connection breaks: the last chunk is missing. With one, it ends well.
async fn a_stream_that_fails_looks_whole_with_an_error_event_only() {
    fn failing() -> EventBody<impl Stream<Item = Result<Event, &'static str>>> {
        EventBody::new(stream::iter([Ok(Event::new("a")), Err("lost")]))
    }
    let reported = || async { failing().with_error_event(|error| Event::new(error).with_type("error")) };
    let router = Router::new().route("/", get(|| async { failing() })).route("/reported", get(reported));
    let (address, _stop, _) = served(router).await;
    for (path, is_whole) in [("/", false), ("/reported", true)] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let mut socket = client(address, &request).await;
        let mut read = Vec::new();
        // A reset is an end as well.
        let _ = soon("the end of the response", socket.read_to_end(&mut read)).await;
        let read = String::from_utf8(read).unwrap();
        assert!(read.contains("data: a\n\n"), "{path}: {read}");
        assert_eq!(read.contains("event: error\ndata: lost\n\n"), is_whole, "{path}: {read}");
        assert_eq!(read.ends_with("\r\n0\r\n\r\n"), is_whole, "{path}: {read}");
    }
}

/// Not even `with_shutdown` ends the stream of a client that does not read, and axum waits for it.
async fn a_client_that_does_not_read_holds_the_shutdown() {
    let (stop, stopped) = watch::channel(());
    let floods = move || {
        let mut stopped = stopped.clone();
        async {
            // 32 MiB: more than the kernel holds for both.
            let events = stream::iter([Event::new("x".repeat(32 << 20))]).chain(stream::pending());
            EventBody::new(events).with_shutdown(async move { _ = stopped.changed().await })
        }
    };
    let (address, stop_server, server) = served(Router::new().route("/", get(floods))).await;
    let socket = client(address, REQUEST).await;
    stop.send(()).unwrap();
    stop_server.send(()).unwrap();
    sleep(Duration::from_millis(300)).await;
    assert!(!server.is_finished());
    drop(socket);
    soon("the end of the server", server).await.unwrap();
}

/// The server learns at once that a client has gone, unless bytes are left to read: then when it writes.
async fn bytes_after_the_request_hide_that_the_client_has_gone() {
    let (opened, mut streams) = mpsc::unbounded_channel();
    let waits = move || {
        let (send, mut events) = mpsc::unbounded_channel();
        opened.send(send).unwrap();
        async move { EventBody::new(stream::poll_fn(move |cx| events.poll_recv(cx))).without_keep_alive() }
    };
    let (address, _stop, _) = served(Router::new().route("/", get(waits))).await;
    let hidden_client = client(address, &format!("{REQUEST}\r\n")).await;
    let hidden = streams.recv().await.unwrap();
    let plain_client = client(address, REQUEST).await;
    let plain = streams.recv().await.unwrap();
    drop(hidden_client);
    drop(plain_client);
    soon("the drop of the stream", plain.closed()).await;
    assert!(!hidden.is_closed());
    let writes = async {
        while hidden.send(Event::new("")).is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    soon("the drop of the other", writes).await;
}

/// 11
#[tokio::test(flavor = "multi_thread")]
async fn servers_keep_what_the_docs_promise() {
    a_stream_that_fails_looks_whole_with_an_error_event_only().await;
    a_client_that_does_not_read_holds_the_shutdown().await;
    bytes_after_the_request_hide_that_the_client_has_gone().await;
}

/// 20 s: a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(20);
