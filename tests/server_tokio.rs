//! The feature `tokio`.

#[path = "support/counting.rs"]
mod counting;

use std::pin::{pin, Pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use counting::count;
use eventwire::server::{EventBody, KeepAlive};
use eventwire::timer::Timer;
use eventwire::Event;
use futures_util::task::noop_waker_ref;
use futures_util::{stream, Stream, StreamExt};
use http_body::Body;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{duplex, AsyncReadExt, AsyncWriteExt};
use tokio::time::{advance, Instant};

const SECOND: Duration = Duration::from_secs(1);

fn poll<S: Stream<Item = Event>>(body: &mut Pin<&mut EventBody<S>>) -> Option<Bytes> {
    match body.as_mut().poll_frame(&mut Context::from_waker(noop_waker_ref())) {
        Poll::Ready(chunk) => Some(chunk?.unwrap().into_data().unwrap()),
        Poll::Pending => None,
    }
}

#[tokio::test(start_paused = true)]
async fn the_default_is_a_bare_comment_every_15_seconds() {
    let began = Instant::now();
    let mut body =
        EventBody::new(stream::pending::<Event>()).with_keep_alive(KeepAlive::default()).into_stream();
    for at in [0, 15, 30, 45] {
        assert_eq!(body.next().await.unwrap().unwrap(), ":\n");
        assert_eq!(began.elapsed().as_secs(), at);
    }
}

#[tokio::test(start_paused = true)]
async fn one_boxed_timer_serves_the_whole_connection() {
    let mut body = pin!(EventBody::new(stream::pending::<Event>()).with_keep_alive(KeepAlive::default()));
    poll(&mut body).unwrap();
    let (counts, _) = count(|| poll(&mut body));
    assert_eq!(counts.calls, 1);
    for _ in 0..10 {
        advance(SECOND * 16).await;
        let (counts, beat) = count(|| {
            let beat = poll(&mut body);
            assert!(poll(&mut body).is_none());
            beat
        });
        assert_eq!((counts.calls, beat), (0, Some(Bytes::from(":\n"))));
    }
}

#[tokio::test(start_paused = true)]
async fn tokio_s_timer_costs_nothing_after_the_first() {
    drop(Timer::tokio());
    let (counts, _) = count(|| (Timer::tokio(), KeepAlive::default()));
    assert_eq!(counts.calls, 0);
}

#[tokio::test(start_paused = true)]
async fn traffic_postpones_the_heartbeat() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let mut body = pin!(EventBody::new(events).with_keep_alive(KeepAlive::default()));
    poll(&mut body).unwrap();
    for _ in 0..5 {
        assert_eq!(poll(&mut body), None);
        advance(SECOND * 14).await;
        sender.send(Event::new("a")).unwrap();
        assert_eq!(poll(&mut body).unwrap(), "data: a\n\n");
    }
    assert_eq!(poll(&mut body), None);
    advance(SECOND * 16).await;
    assert_eq!(poll(&mut body).unwrap(), ":\n");
}

#[tokio::test(start_paused = true)]
async fn the_longest_age_does_not_overflow_the_clock() {
    let keep_alive = KeepAlive::default().with_max_age(Duration::MAX);
    let mut body = pin!(EventBody::new(stream::pending::<Event>()).with_keep_alive(keep_alive));
    poll(&mut body).unwrap();
    for _ in 0..3 {
        assert_eq!(poll(&mut body), None);
        advance(SECOND * 16).await;
        assert_eq!(poll(&mut body).unwrap(), ":\n");
    }
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let keep_alive = KeepAlive::default().with_interval(Duration::MAX - SECOND);
    let mut body = pin!(EventBody::new(events).with_keep_alive(keep_alive));
    poll(&mut body).unwrap();
    for _ in 0..3 {
        assert_eq!(poll(&mut body), None);
        sender.send(Event::new("a")).unwrap();
        assert_eq!(poll(&mut body).unwrap(), "data: a\n\n");
    }
}

#[tokio::test]
async fn events_right_before_an_error_reach_a_client_through_hyper() {
    let (mut client, server) = duplex(4096);
    tokio::spawn(async {
        let answer = service_fn(|_| async {
            let events = stream::iter([Ok(Event::new("a")), Ok(Event::new("b")), Err("lost")]);
            Ok::<_, std::convert::Infallible>(eventwire::server::response(EventBody::new(events)))
        });
        let served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(server), answer).await;
        assert!(served.is_err());
    });
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.contains("data: a\n\ndata: b\n\n"), "{response}");
    assert!(!response.contains("\r\n0\r\n"), "{response}");
}
