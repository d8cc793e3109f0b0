//! Behaviour that the tests of the original do not cover.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_executor::block_on;
use futures_util::{stream, StreamExt};
use http_body_util::BodyExt;
use sse_stream::{KeepAlive, Sse, SseBody, SseStream, Timer};

/// Ready after being asked twice.
struct Twice(usize);

static RESETS: AtomicUsize = AtomicUsize::new(0);

impl Future for Twice {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0 += 1;
        if self.0 >= 2 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Timer for Twice {
    fn from_duration(duration: Duration) -> Self {
        assert_eq!(duration, Duration::from_secs(7));
        Twice(0)
    }

    fn reset(mut self: Pin<&mut Self>, _: Instant) {
        RESETS.fetch_add(1, Ordering::Relaxed);
        self.0 = 0;
    }
}

#[test]
fn a_silent_body_is_kept_open() {
    let block = stream::iter([Ok::<_, Infallible>(Sse::default().data("a"))]);
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(7)).comment("b\nc");
    let body = SseBody::<_, Twice>::new_keep_alive(block.chain(stream::pending()), keep_alive);
    let mut body = Box::pin(body);
    let mut sent = Vec::new();
    for _ in 0..3 {
        let frame = block_on(body.frame()).unwrap().unwrap();
        sent.push(frame.into_data().unwrap());
    }
    assert_eq!(sent, ["data: a\n\n", ": b\n: c\n\n", ": b\n: c\n\n"]);
    assert_eq!(RESETS.load(Ordering::Relaxed), 3);
}

#[test]
fn no_line_of_a_text_is_a_field_of_its_own() {
    let block = Sse::default().data("a\r\nid: 1\rid: 2\n").id("7").retry(5);
    let body = SseBody::new(stream::iter([Ok::<_, Infallible>(block)]));
    let read: Vec<_> = block_on(SseStream::new(body).map(Result::unwrap).collect());
    assert_eq!(read, [Sse::default().data("a\nid: 1\nid: 2\n").id("7").retry(5)]);
}

#[test]
fn a_block_without_data_is_one_when_it_sets_something() {
    let text = "event: a\n\n\n: comment\n\nretry: 5\n\nid:\n\nretry: x\n\ndata:\n\n";
    for cut in 1..text.len() {
        let chunks = stream::iter(text.as_bytes().chunks(cut).map(Ok::<_, Infallible>));
        let read: Vec<_> = block_on(SseStream::from_bytes_stream(chunks).map(Result::unwrap).collect());
        let blocks = [
            Sse::default().event("a"),
            Sse::default().retry(5),
            Sse::default().id(""),
            Sse::default().data(""),
        ];
        assert_eq!(read, blocks, "{cut}");
    }
}

#[test]
fn what_cannot_be_written_is_left_out() {
    let block = Sse::default().event("a\ndata: forged").id("1\0").data("b");
    assert_eq!(bytes::Bytes::from(block), "data: b\n\n");
}
