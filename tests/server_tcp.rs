//! Bodies that a client reads over real sockets, with HTTP/1.1 and HTTP/2.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire::server::{response, BodyEnd, BodySummary, EventBody, EventReceiver, EventSender, KeepAlive};
use eventwire::Event;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{client, server, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};
use tokio::time::timeout;

type Fault = Box<dyn std::error::Error + Send + Sync>;
type Answer = Response<UnsyncBoxBody<Bytes, Fault>>;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Http {
    One,
    Two,
}

/// Serves the same body to all.
async fn serve<B>(http: Http, body: impl Fn() -> B + Clone + Send + 'static) -> SocketAddr
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Fault>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            connection.set_nodelay(true).unwrap();
            let (connection, body) = (TokioIo::new(connection), body.clone());
            let service = service_fn(move |_: Request<Incoming>| {
                let answer: Answer = response(body().map_err(Into::into).boxed_unsync());
                async { Ok::<_, Infallible>(answer) }
            });
            // An error is a body that failed, or a client that has left.
            tokio::spawn(async move {
                let _ = match http {
                    Http::One => {
                        server::conn::http1::Builder::new().serve_connection(connection, service).await
                    }
                    Http::Two => {
                        let server = server::conn::http2::Builder::new(TokioExecutor::new());
                        server.serve_connection(connection, service).await
                    }
                };
            });
        }
    });
    address
}

async fn ask(http: Http, address: SocketAddr) -> Response<Incoming> {
    let connection = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let request = Request::get("http://test/").header("host", "test").body(Empty::<Bytes>::new()).unwrap();
    match http {
        Http::One => {
            let (mut sender, connection) = client::conn::http1::handshake(connection).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        }
        Http::Two => {
            let (mut sender, connection) =
                client::conn::http2::handshake(TokioExecutor::new(), connection).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        }
    }
}

/// Reads a body. Returns the text, and whether it ended without an error.
async fn read(response: Response<Incoming>) -> (String, bool) {
    let (mut body, mut bytes) = (response.into_body(), Vec::new());
    let is_whole = loop {
        match timeout(Duration::from_secs(20), body.frame()).await.unwrap() {
            Some(Ok(frame)) => bytes.extend(frame.into_data().unwrap()),
            Some(Err(_)) => break false,
            None => break true,
        }
    };
    (String::from_utf8(bytes).unwrap(), is_whole)
}

async fn read_from<B>(http: Http, body: impl Fn() -> B + Clone + Send + 'static) -> (String, bool)
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Fault>,
{
    read(ask(http, serve(http, body).await).await).await
}

/// A body that another task feeds, with a mark at its good end.
fn fed<A>(feed: impl FnOnce(EventSender) -> A) -> EventBody<EventReceiver>
where
    A: Future<Output = ()> + Send + 'static,
{
    let (sender, body) = EventBody::channel(4);
    tokio::spawn(feed(sender));
    body.with_last_event(Event::new("[DONE]")).with_keep_alive(KeepAlive::default())
}

#[tokio::test]
async fn the_mark_is_sent_only_at_the_end_of_a_whole_stream() {
    let whole = (":\ndata: a\n\ndata: [DONE]\n\n".to_owned(), true);
    let cut = (":\ndata: a\n\n".to_owned(), false);
    let ended = (cut.0.clone(), true);
    for http in [Http::One, Http::Two] {
        let finished = || {
            fed(|sender| async move {
                sender.send(Event::new("a")).await.unwrap();
                sender.finish();
            })
        };
        assert_eq!(read_from(http, finished).await, whole, "{http:?}");
        let dropped = || fed(|sender| async move { sender.send(Event::new("a")).await.unwrap() });
        assert_eq!(read_from(http, dropped).await, cut, "{http:?}");
        let panicked = || {
            fed(|sender| async move {
                sender.send(Event::new("a")).await.unwrap();
                panic!("as planned");
            })
        };
        assert_eq!(read_from(http, panicked).await, cut, "{http:?}");
        let shut_down = || {
            let held = fed(|sender| async move {
                sender.send(Event::new("a")).await.unwrap();
                sender.closed().await;
                sender.finish();
            });
            held.with_shutdown(tokio::time::sleep(Duration::from_millis(100)))
        };
        assert_eq!(read_from(http, shut_down).await, ended, "{http:?}");

        let values = || EventBody::from_json(stream::iter([1, 2])).with_last_event(Event::new("[DONE]"));
        let text = ":\ndata: 1\n\ndata: 2\n\ndata: [DONE]\n\n";
        assert_eq!(read_from(http, values).await, (text.into(), true), "{http:?}");
        let no_json = || {
            let values = [HashMap::new(), HashMap::from([([1], 2)])];
            let body = EventBody::from_json(stream::iter(values)).with_last_event(Event::new("[DONE]"));
            body.with_keep_alive(KeepAlive::default())
        };
        assert_eq!(read_from(http, no_json).await, (":\ndata: {}\n\n".into(), false), "{http:?}");
    }
}

/// A body whose sender and summary the test has.
async fn observed(
    http: Http,
) -> (SocketAddr, UnboundedReceiver<EventSender>, UnboundedReceiver<BodySummary>) {
    let (senders, made) = unbounded_channel();
    let (summaries, told) = unbounded_channel();
    let body = move || {
        let (sender, body) = EventBody::channel(4);
        assert!(senders.send(sender).is_ok());
        let summaries = summaries.clone();
        let observer = move |summary| assert!(summaries.send(summary).is_ok());
        body.with_last_event(Event::new("[DONE]")).with_observer(Instant::now, observer)
    };
    (serve(http, body).await, made, told)
}

#[tokio::test]
async fn sender_and_observer_learn_that_the_client_has_left() {
    for http in [Http::One, Http::Two] {
        let (address, mut made, mut told) = observed(http).await;
        let mut response = ask(http, address).await;
        let sender = made.recv().await.unwrap();
        sender.send(Event::new("a")).await.unwrap();
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"data: a\n\n") {
            bytes.extend(response.frame().await.unwrap().unwrap().into_data().unwrap());
        }
        assert!(!sender.is_closed());
        drop(response);
        timeout(Duration::from_secs(20), sender.closed()).await.unwrap();
        assert!(sender.send(Event::new("b")).await.unwrap_err().is_closed());
        let summary = told.recv().await.unwrap();
        assert_eq!((summary.end, summary.events, summary.bytes), (BodyEnd::Dropped, 1, 11), "{http:?}");
        assert!(summary.first_byte <= summary.first_event && summary.first_event <= Some(summary.duration));
        // Once.
        assert!(told.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_fills_the_channel_and_loses_nothing() {
    for http in [Http::One, Http::Two] {
        let (address, mut made, mut told) = observed(http).await;
        let response = ask(http, address).await;
        let sender = made.recv().await.unwrap();
        let large = "x".repeat(100_000);
        let mut count = 0;
        // The channel stays full once the buffers of both programs and of both sockets are.
        let event = |number| Event::new(&*large).with_id(number);
        while timeout(Duration::from_millis(500), sender.send(event(count))).await.is_ok() {
            count += 1;
            assert!(count < 1_000, "100 MB went somewhere");
        }
        assert!(sender.try_send(event(count)).unwrap_err().is_full());
        let reads = tokio::spawn(read(response));
        sender.send(event(count)).await.unwrap();
        sender.finish();
        let (text, is_whole) = reads.await.unwrap();
        assert!(is_whole && text.ends_with("data: [DONE]\n\n"));
        let ids: Vec<u64> = text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
        assert_eq!(ids, Vec::from_iter(0..=count), "{http:?}");
        let summary = told.recv().await.unwrap();
        let expected = (BodyEnd::Complete, count + 2, text.len() as u64);
        assert_eq!((summary.end, summary.events, summary.bytes), expected, "{http:?}");
    }
}
