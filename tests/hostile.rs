//! Hostile streams and peers cause no panic, no hang, no lost event and no unbounded memory.

use std::convert::Infallible;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::{Drained, EndMark, EventSourceError, EventStream, StreamError};
use eventwire::gateway::{Input, Outcome, Output, Rewrite, RewriteError, Tap, Tapped, Unseen};
use eventwire::hub::Hub;
use eventwire::server::{response, EventBody};
use eventwire::{Event, EventReader, ReadError};
use futures_util::{stream, StreamExt};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use self::counting::count;
use self::peer::{connect, data, raw, serve, silence, stream as answer, End, Script, STREAM};

#[path = "support/counting.rs"]
mod counting;
#[path = "client_tcp/peer.rs"]
#[allow(dead_code)]
mod peer;
#[path = "support/programs.rs"]
#[allow(dead_code)]
mod programs;

const MIB: usize = 1 << 20;

/// Bytes in parts of a given size, as a reader, a stream of chunks and a body.
#[derive(Clone)]
struct Cut {
    rest: Bytes,
    size: usize,
}

impl Cut {
    fn new(text: impl Into<Bytes>, size: usize) -> Self {
        Cut { rest: text.into(), size }
    }

    fn chunk(&mut self) -> Option<Bytes> {
        let chunk = self.rest.split_to(self.size.min(self.rest.len()));
        // A copy, as sockets make it: no chunk keeps all of the bytes alive.
        (!chunk.is_empty()).then(|| Bytes::copy_from_slice(&chunk))
    }

    fn stream(mut self) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Unpin {
        stream::iter(std::iter::from_fn(move || self.chunk().map(Ok)))
    }
}

impl Read for Cut {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(chunk) = self.chunk() else { return Ok(0) };
        room[..chunk.len()].copy_from_slice(&chunk);
        Ok(chunk.len())
    }
}

impl Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.chunk().map(Frame::data).map(Ok))
    }
}

type Seen = Arc<Mutex<Vec<String>>>;

/// A tap that keeps the data of events, and the end.
fn tap(body: Cut, seen: &Seen) -> Tap<Cut, impl FnMut(Tapped<'_>)> {
    let seen = Arc::clone(seen);
    Tap::new(body, move |tapped: Tapped<'_>| {
        seen.lock().unwrap().push(match tapped {
            Tapped::Event(event) => event.data().to_owned(),
            Tapped::End(summary) => format!("{:?} {}", summary.outcome, summary.unseen.is_some()),
            _ => String::new(),
        });
    })
}

const BYTES: &str = "\u{feff}id: 1\r\ndata: a\r\n\r\n: c\n\ndata: é\rdata: 😀\r\rretry: 5\nevent: x\ndata\ndata:\n\nid: 2\n\ndata: z\n\n";
const EVENTS: [&str; 4] = ["a", "é\n😀", "\n", "z"];

#[tokio::test]
async fn one_byte_at_a_time_gives_every_reader_the_same_events() {
    let cut = || Cut::new(BYTES, 1);
    let texts = |events: Vec<Event>| events.iter().map(|event| event.data().to_owned()).collect::<Vec<_>>();
    assert_eq!(texts(EventReader::new(cut()).map(Result::unwrap).collect()), EVENTS);
    assert_eq!(texts(Iterator::map(EventStream::from_read(cut()), Result::unwrap).collect()), EVENTS);
    assert_eq!(texts(EventStream::new(cut().stream()).map(Result::unwrap).collect().await), EVENTS);

    let seen = Seen::default();
    assert_eq!(tap(cut(), &seen).collect().await.unwrap().to_bytes(), BYTES);
    assert_eq!(seen.lock().unwrap()[..4], EVENTS);
    assert_eq!(seen.lock().unwrap()[4], "Whole false");
    let kept = Rewrite::new(cut(), |_: Input<'_, io::Error>, _: &mut Output<'_>| {});
    assert_eq!(kept.collect().await.unwrap().to_bytes(), BYTES);

    let bytes = [STREAM, BYTES].concat().into_bytes();
    let says = bytes.iter().map(|byte| (0, vec![*byte])).collect();
    let (place, log) = serve(vec![Script { says, end: End::Closed }, silence()]).await;
    let mut source = connect(&place);
    for event in EVENTS {
        assert_eq!(data(&mut source).await, event);
    }
    peer::silent(&mut source).await;
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"2");
}

fn one_line(size: usize) -> String {
    format!("data: {}\n\ndata: next\n\n", "x".repeat(size))
}

#[test]
fn a_line_of_10_mb_is_an_event_for_every_reader_within_three_times_its_size() {
    let body = Cut::new(one_line(10_000_000), 1_448);
    let lengths = |events: &[Event]| events.iter().map(|event| event.data().len()).collect::<Vec<_>>();
    let most = 30 * MIB as i64;
    let (counts, events) = count(|| EventReader::new(body.clone()).map(Result::unwrap).collect::<Vec<_>>());
    assert_eq!(lengths(&events), [10_000_000, 4]);
    assert!(counts.peak < most, "{counts:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let events = EventStream::new(body.clone().stream()).map(Result::unwrap);
    let (counts, events) = count(|| runtime.block_on(events.collect::<Vec<_>>()));
    assert_eq!(lengths(&events), [10_000_000, 4]);
    assert!(counts.peak < most, "{counts:?}");

    let read = |mut body: Pin<Box<dyn Body<Data = Bytes, Error = RewriteError<io::Error>>>>| {
        count(|| {
            runtime.block_on(async {
                let mut len = 0;
                while let Some(frame) = body.frame().await {
                    len += frame.unwrap().into_data().unwrap().len();
                }
                len
            })
        })
    };
    let rewritten = Rewrite::new(body.clone(), |input: Input<'_, io::Error>, output: &mut Output<'_>| {
        if input.event().is_some_and(|event| event.data() == "next") {
            output.send_data("last");
        }
    });
    let (counts, len) = read(Box::pin(rewritten));
    assert_eq!(len, one_line(10_000_000).len());
    assert!(counts.peak < 2 * most, "{counts:?}");
    let seen = Seen::default();
    let mut tapped = tap(body, &seen);
    let (counts, ()) = count(|| {
        runtime.block_on(async {
            while let Some(frame) = tapped.frame().await {
                drop(frame.unwrap())
            }
        })
    });
    assert_eq!(seen.lock().unwrap().iter().map(String::len).collect::<Vec<_>>()[..2], [10_000_000, 4]);
    assert!(counts.peak < 2 * most, "{counts:?}");
}

#[tokio::test]
async fn a_line_over_the_limit_is_an_error_and_the_next_event_is_read() {
    let cut = || Cut::new(one_line(20 * MIB), 16 * 1024);
    let mut reader = EventReader::new(cut());
    assert!(matches!(reader.next_event(), Err(ReadError::Decode(_))));
    assert_eq!(reader.next_event().unwrap().unwrap().data(), "next");
    let mut events = EventStream::new(cut().stream());
    assert!(matches!(events.next_event().await, Err(StreamError::Decode(_))));
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "next");
    let summary = Arc::new(Mutex::new(None));
    let told = Arc::clone(&summary);
    let tapped = Tap::new(cut(), move |tapped: Tapped<'_>| {
        if let Tapped::End(summary) = tapped {
            *told.lock().unwrap() = Some(summary.clone());
        }
    });
    assert_eq!(tapped.collect().await.unwrap().to_bytes(), one_line(20 * MIB));
    let summary = summary.lock().unwrap().take().unwrap();
    assert!(matches!((summary.outcome, summary.unseen), (Outcome::Whole, Some(Unseen::Rejected(_)))));
    let rewritten = Rewrite::new(cut(), |_: Input<'_, io::Error>, _: &mut Output<'_>| {});
    assert!(matches!(rewritten.collect().await, Err(RewriteError::Decode(_))));
    let (place, log) = serve(vec![answer(one_line(20 * MIB), End::Silent)]).await;
    let error = peer::error(&mut connect(&place)).await;
    assert!(matches!(error, EventSourceError::Stream(StreamError::Decode(_))), "{error}");
    assert_eq!(log.heads().len(), 1);
}

/// A server with a hub, and the state of its streams after their client disconnected.
async fn serve_hub(hub: Hub) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            let hub = hub.clone();
            tokio::spawn(async move {
                let service = service_fn(move |_| {
                    let body = EventBody::new(hub.follow(None));
                    async { Ok::<_, Infallible>(response(body)) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(connection), service)
                    .await;
            });
        }
    });
    address
}

#[test]
fn a_client_that_never_reads_costs_no_memory_and_delays_no_other_client() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (counts, ()) = count(|| {
        runtime.block_on(async {
            let hub = Hub::new().with_history(4096).with_history_bytes(MIB);
            let address = serve_hub(hub.clone()).await;
            let mut idle = Vec::new();
            for _ in 0..10 {
                let mut connection = TcpStream::connect(address).await.unwrap();
                connection.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
                idle.push(connection);
            }
            let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
            let answered = client.get(format!("http://{address}/").parse().unwrap()).await.unwrap();
            let mut events = EventStream::from_response(answered).unwrap();
            while hub.stats().followers < 11 {
                tokio::task::yield_now().await;
            }
            let text = "x".repeat(1_000);
            for number in 0..20_000 {
                hub.publish(Event::new(format!("{number} {text}")));
                let event = loop {
                    let event = timeout(Duration::from_secs(20), events.next_event())
                        .await
                        .expect("an event in time");
                    let event = event.unwrap().unwrap();
                    if event.event_type() != "checkpoint" {
                        break event;
                    }
                };
                assert_eq!(event.data().split(' ').next(), Some(&*number.to_string()));
            }
            drop(idle);
            while hub.stats().followers > 1 {
                hub.publish(Event::new("gone?"));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    });
    // The history, and what hyper holds for each connection; 20 MB were published.
    assert!(counts.peak < 16 * MIB as i64, "{counts:?}");
}

#[tokio::test]
async fn a_wrong_content_length_loses_no_event() {
    let head =
        |len| format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len}\r\n\r\n");
    let body = "id: 1\ndata: a\n\nid: 2\ndata: b\n\n";
    for len in [body.len() - 5, body.len() + 100, 15] {
        let lie = raw(head(len) + body, End::Closed);
        let again = answer("id: 2\ndata: b\n\n", End::Silent);
        let (place, log) = serve(vec![lie, again]).await;
        let mut source = connect(&place);
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        if len < body.len() {
            assert_eq!(log.header(1, "last-event-id").unwrap(), b"1");
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_abandoned_soon_after_its_end_mark() {
    let endless = stream::iter([Ok::<_, Infallible>("data: a\n\ndata: [DONE]\n\n")])
        .chain(stream::repeat(Ok("data: more and more\n\n")));
    let mut events = EventStream::new(endless).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    let end = timeout(Duration::from_secs(20), events.next_event()).await.expect("an end");
    assert!(end.unwrap().is_none());
    assert_eq!(events.drained(), Some(Drained::GaveUp));

    let mut endless = answer("data: a\n\ndata: [DONE]\n\n", End::Silent);
    endless.says.extend((0..20_000).map(|_| (0, vec![b'\n'; 1_024])));
    let (place, _) = serve(vec![endless]).await;
    let mut source = connect(&place).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut source).await, "a");
    peer::end(&mut source).await;
}

#[tokio::test]
async fn an_endless_page_with_the_type_of_a_stream_is_abandoned_at_the_limit() {
    let mut page = answer("<html>\n", End::Silent);
    page.says.extend((0..200).map(|_| (5, "<p>busy</p>\n".repeat(50).into_bytes())));
    let (place, _) = serve(vec![page, answer("data: a\n\n", End::Silent)]).await;
    let mut source = connect(&place).with_first_event_timeout(Duration::from_millis(300));
    assert_eq!(data(&mut source).await, "a");
}

#[test]
fn endless_comments_and_fields_hold_no_memory() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for line in
        [": comment\n", "\n", "x: y\n", "id: 1\n", "event: e\n", "retry: 1\n", "\r", "\u{feff}", "id: 1\n\n"]
    {
        let body = Cut::new(line.repeat(MIB / line.len()) + "\n\ndata: a\n\n", 4_096);
        let mut events = EventStream::new(body.clone().stream());
        let (counts, event) = count(|| runtime.block_on(events.next_event()).unwrap().unwrap());
        assert_eq!(event.data(), "a", "{line:?}");
        assert!(counts.peak < 64 * 1024, "{line:?}: {counts:?}");
        let seen = Seen::default();
        let mut tapped = tap(body.clone(), &seen);
        let (counts, ()) = count(|| runtime.block_on(async { while tapped.frame().await.is_some() {} }));
        assert!(counts.peak < 64 * 1024, "{line:?}: {counts:?}");
        assert_eq!(*seen.lock().unwrap(), ["a", "Whole false"], "{line:?}");
        // The lines of a block are held until it is complete, up to its limit.
        let mut rewritten = Rewrite::new(body, |_: Input<'_, io::Error>, _: &mut Output<'_>| {});
        let (counts, ()) = count(|| runtime.block_on(async { while rewritten.frame().await.is_some() {} }));
        assert!(counts.peak < 6 * MIB as i64, "{line:?}: {counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_a_loss_for_every_reader_and_never_an_end() {
    let shop = programs::petstore(&[]);
    let place = format!("http://{}/v1/inventory/stream", shop.address);
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let ask = || client.get(place.parse().unwrap());
    let mut events = EventStream::from_response(ask().await.unwrap()).unwrap();
    let seen = Seen::default();
    let says = Arc::clone(&seen);
    let tapped = Tap::new(ask().await.unwrap().into_body(), move |tapped: Tapped<'_>| {
        if let Tapped::End(summary) = tapped {
            says.lock().unwrap().push(format!("{:?}", summary.outcome));
        }
    });
    let lost = Arc::new(Mutex::new(false));
    let is_lost = Arc::clone(&lost);
    let rewritten = Rewrite::new(tapped, move |input: Input<'_, _>, _: &mut Output<'_>| {
        *is_lost.lock().unwrap() |= matches!(input, Input::Lost(_));
    });
    let rewritten = tokio::spawn(rewritten.collect());
    let place_again = place.clone();
    let (begin, begun) = std::sync::mpsc::channel();
    let blocking = std::thread::spawn(move || {
        let answered = ureq::get(&place_again).call().unwrap();
        let mut events = EventStream::from_read_response(answered.map(ureq::Body::into_reader)).unwrap();
        Iterator::next(&mut events).unwrap().unwrap();
        begin.send(()).unwrap();
        Iterator::last(events).unwrap().is_err()
    });
    let mut source = connect(&place);
    data(&mut source).await;
    events.next_event().await.unwrap().unwrap();
    begun.recv_timeout(Duration::from_secs(20)).unwrap();
    // SIGKILL
    drop(shop);
    let end = loop {
        match timeout(Duration::from_secs(20), events.next_event()).await.expect("an end") {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(end, Err(StreamError::Transport { .. })), "{end:?}");
    assert!(rewritten.await.unwrap().is_err());
    assert_eq!((*lost.lock().unwrap(), &seen.lock().unwrap()[..]), (true, &["Failed".to_owned()][..]));
    assert!(blocking.join().unwrap());
    let error = loop {
        match timeout(Duration::from_secs(20), source.next_event()).await.expect("an end") {
            Ok(event) => assert!(event.is_some(), "an end instead of a loss"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, EventSourceError::NoResponse { .. }), "{error}");
}
