//! `Tap` and `Rewrite` between a server and a client over HTTP/2, with real sockets.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::gateway::{Input, Outcome, Output, Rewrite, Summary, Tap, Tapped};
use eventwire::Event;
use futures_util::{stream, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{client, server, HeaderMap, Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};
use tokio::time::timeout;

type Fault = Box<dyn std::error::Error + Send + Sync>;
type Passed = Response<UnsyncBoxBody<Bytes, Fault>>;
type Sent = Result<Frame<Bytes>, Fault>;

/// Starts a server and returns its address.
async fn serve<H, A>(answer: H) -> SocketAddr
where
    H: Fn() -> A + Clone + Send + 'static,
    A: Future<Output = Result<Passed, Fault>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            connection.set_nodelay(true).unwrap();
            let answer = answer.clone();
            let service = service_fn(move |_: Request<Incoming>| answer());
            let server = server::conn::http2::Builder::new(TokioExecutor::new());
            tokio::spawn(server.serve_connection(TokioIo::new(connection), service));
        }
    });
    address
}

/// Starts a server whose responses have this body.
async fn upstream<S, B>(frames: S) -> SocketAddr
where
    S: Fn() -> B + Clone + Send + 'static,
    B: Stream<Item = Sent> + Send + 'static,
{
    serve(move || {
        let head = Response::builder().header("content-type", "text/event-stream");
        let head = head.header("etag", "\"x\"").header("repr-digest", "sha-256=:eA==:");
        let response = head.body(BodyExt::boxed_unsync(StreamBody::new(frames())));
        async move { Ok(response?) }
    })
    .await
}

/// Starts a proxy.
async fn proxy<B>(
    server: SocketAddr,
    pass: impl Fn(Response<Incoming>) -> Response<B> + Clone + Send + Sync + 'static,
) -> SocketAddr
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Fault>,
{
    serve(move || {
        let pass = pass.clone();
        async move {
            let response = pass(ask(server, 64 << 10).await?);
            Ok(response.map(|body| BodyExt::boxed_unsync(body.map_err(Into::into))))
        }
    })
    .await
}

/// Sends a request, and accepts this many bytes beyond those that were read.
async fn ask(address: SocketAddr, window: u32) -> Result<Response<Incoming>, Fault> {
    let connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let mut client = client::conn::http2::Builder::new(TokioExecutor::new());
    client.initial_stream_window_size(window);
    let (mut sender, connection) = client.handshake(TokioIo::new(connection)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(Request::get("http://test/").body(Empty::<Bytes>::new())?).await?)
}

fn data(text: impl Into<Bytes>) -> Sent {
    Ok(Frame::data(text.into()))
}

fn rewriting(response: Response<Incoming>) -> Response<impl Body<Data = Bytes, Error = impl Into<Fault>>> {
    let shout = |input: Input<'_, hyper::Error>, output: &mut Output<'_>| match input {
        Input::End(_) => output.send(&Event::new("end")),
        Input::Lost(_) => output.send(&Event::new("lost").with_type("error")),
        _ => {
            if let Some(event) = input.event() {
                output.send_data(&event.data().to_uppercase());
            }
        }
    };
    Rewrite::response(response, shout).unwrap()
}

/// Reads a body to its end.
async fn read(response: Response<Incoming>) -> Result<(String, Option<HeaderMap>), hyper::Error> {
    let read = response.into_body().collect().await?;
    let trailers = read.trailers().cloned();
    Ok((String::from_utf8(read.to_bytes().into()).unwrap(), trailers))
}

#[tokio::test]
async fn a_rewrite_over_http2_keeps_trailers_and_drops_what_describes_the_original_bytes() {
    let server = upstream(|| {
        let pairs = [("x-cost", "7"), ("content-digest", "sha-256=:eA==:")];
        let trailers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        stream::iter([data("data: a\n\n:x\nda"), data("ta: b\n\n"), Ok(Frame::trailers(trailers))])
    });
    let response = ask(proxy(server.await, rewriting).await, 64 << 10).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    for name in ["content-length", "etag", "repr-digest"] {
        assert!(!response.headers().contains_key(name), "{:?}", response.headers());
    }
    let (text, trailers) = read(response).await.unwrap();
    assert_eq!(text, "data: A\n\n:x\ndata: B\n\ndata: end\n\n");
    let trailers = trailers.unwrap();
    assert_eq!((trailers.len(), &trailers["x-cost"]), (1, &"7".parse().unwrap()));
}

#[tokio::test]
async fn a_rewrite_over_http2_turns_a_reset_into_an_event_and_a_regular_end() {
    let server = upstream(|| {
        stream::iter([data("data: a\n\ndata: b"), Err("lost".into())]).then(|sent| async {
            // Otherwise the reset overtakes the data.
            tokio::time::sleep(Duration::from_millis(50)).await;
            sent
        })
    });
    let response = ask(proxy(server.await, rewriting).await, 64 << 10).await.unwrap();
    assert_eq!(read(response).await.unwrap().0, "data: A\n\nevent: error\ndata: lost\n\n");
}

/// A server whose bodies are sent by the test.
async fn fed() -> (SocketAddr, Arc<Mutex<Vec<UnboundedSender<Sent>>>>) {
    let senders = Arc::new(Mutex::new(Vec::new()));
    let writes = Arc::clone(&senders);
    let server = upstream(move || {
        let (sender, mut receiver) = unbounded_channel();
        writes.lock().unwrap().push(sender);
        stream::poll_fn(move |cx| receiver.poll_recv(cx))
    });
    (server.await, senders)
}

#[tokio::test]
async fn a_rewrite_over_http2_forwards_an_event_at_once() {
    let (server, senders) = fed().await;
    let mut response = ask(proxy(server, rewriting).await, 64 << 10).await.unwrap();
    // The server sends nothing more until the client has this event.
    for (sent, expected) in
        [("data: a\n\n", "data: A\n\n"), (":beat\n", ":beat\n"), ("data: b\n\nda", "data: B\n\n")]
    {
        senders.lock().unwrap()[0].send(data(sent)).unwrap();
        let frame = timeout(Duration::from_secs(20), response.frame()).await.unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), expected);
    }
}

#[tokio::test]
async fn a_client_that_grants_few_bytes_over_http2_holds_the_server_back_and_misses_nothing() {
    const CHUNKS: usize = 4_000;
    let pulled = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&pulled);
    // 16 MB in all.
    let server = upstream(move || {
        let counts = Arc::clone(&counts);
        stream::iter(0..CHUNKS).map(move |number| {
            counts.fetch_add(1, Relaxed);
            data(format!("data: n{number}\n\n: {}\n", "x".repeat(4_000)))
        })
    });
    let response = ask(proxy(server.await, rewriting).await, 1_000).await.unwrap();
    let mut count = (0, 0);
    // Full when nothing moves for half a second.
    while count.1 < 25 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = pulled.load(Relaxed);
        count = if now == count.0 { (now, count.1 + 1) } else { (now, 0) };
    }
    assert!((1..500).contains(&count.0), "{} chunks of 4 KB were read", count.0);
    let (text, _) = read(response).await.unwrap();
    let events: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    let expected: Vec<_> = (0..CHUNKS).map(|number| format!("N{number}")).chain(["end".into()]).collect();
    assert!(events == expected, "{} events", events.len());
}

type Tapping = Tap<Incoming, Box<dyn FnMut(Tapped<'_>) + Send>>;

/// A tap that sends its summary.
fn tapping(summaries: UnboundedSender<Summary>) -> impl Fn(Response<Incoming>) -> Response<Tapping> + Clone {
    move |response| {
        let summaries = summaries.clone();
        Tap::response(
            response,
            Box::new(move |seen| {
                if let Tapped::End(summary) = seen {
                    summaries.send(summary).unwrap();
                }
            }),
        )
    }
}

#[tokio::test]
async fn a_tap_over_http2_reports_a_whole_a_failed_and_an_abandoned_stream_once_each() {
    let (server, senders) = fed().await;
    let (tell, mut told) = unbounded_channel();
    let proxy = proxy(server, tapping(tell)).await;
    let next = |number: usize| {
        let senders = Arc::clone(&senders);
        async move {
            let mut response = ask(proxy, 64 << 10).await.unwrap();
            senders.lock().unwrap()[number].send(data("data: a\n\n")).unwrap();
            assert_eq!(response.frame().await.unwrap().unwrap().into_data().unwrap(), "data: a\n\n");
            response
        }
    };
    let summary = |outcome| (outcome, 9, 1, None);

    let response = next(0).await;
    let mut trailers = HeaderMap::new();
    trailers.insert("x-cost", "7".parse().unwrap());
    senders.lock().unwrap()[0].send(Ok(Frame::trailers(trailers.clone()))).unwrap();
    assert_eq!(read(response).await.unwrap(), (String::new(), Some(trailers)));
    let mut outcomes = Vec::new();
    outcomes.push(told.recv().await.unwrap());

    let response = next(1).await;
    senders.lock().unwrap()[1].send(Err("lost".into())).unwrap();
    assert!(read(response).await.is_err());
    outcomes.push(told.recv().await.unwrap());

    drop(next(2).await);
    outcomes.push(told.recv().await.unwrap());

    let outcomes: Vec<_> = outcomes.into_iter().map(|s| (s.outcome, s.bytes, s.events, s.unseen)).collect();
    assert_eq!(outcomes, [Outcome::Whole, Outcome::Failed, Outcome::Dropped].map(summary));
    assert!(told.try_recv().is_err());
}
