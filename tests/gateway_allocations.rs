//! Allocations of a gateway, counted: none for a tap, at most one per chunk for a rewrite.

#[path = "support/counting.rs"]
mod counting;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use counting::count;
use eventwire::gateway::{Input, Output, Rewrite, Tap, Tapped};
use eventwire::Event;
use futures_util::task::noop_waker_ref;
use http_body::{Body, Frame};

/// Returns the same chunk forever, and is pending so often before each.
struct Repeat {
    chunk: Bytes,
    waits: u8,
    waited: u8,
}

impl Body for Repeat {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.waited < self.waits {
            self.waited += 1;
            return Poll::Pending;
        }
        self.waited = 0;
        Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
    }
}

/// Waits longer between chunks than a rewrite looks for more: each goes on alone.
fn repeat(chunk: impl Into<Vec<u8>>) -> Repeat {
    let chunk = Bytes::from(chunk.into());
    // The first clone allocates a count.
    drop(chunk.clone());
    Repeat { chunk, waits: 4, waited: 0 }
}

/// Has all chunks ready.
fn at_once(chunk: impl Into<Vec<u8>>) -> Repeat {
    Repeat { waits: 0, ..repeat(chunk) }
}

fn next<B: Body<Data = Bytes> + Unpin>(body: &mut B) -> Bytes {
    loop {
        match Pin::new(&mut *body).poll_frame(&mut Context::from_waker(noop_waker_ref())) {
            Poll::Ready(Some(Ok(frame))) => return frame.into_data().expect("data"),
            Poll::Ready(_) => panic!("nothing came"),
            Poll::Pending => {}
        }
    }
}

/// Returns the average cost of a chunk, after a warm-up.
fn allocations(body: &mut (impl Body<Data = Bytes> + Unpin), chunks: u64) -> u64 {
    (0..100).for_each(|_| drop(next(body)));
    count(|| (0..chunks).for_each(|_| drop(next(body)))).0.calls
}

fn events(count: usize) -> String {
    let json = "{\"id\":\"chat-1\",\"choices\":[{\"delta\":{\"content\":\" word\"}}]}";
    format!("id: 7\nevent: delta\ndata: {json}\n\n").repeat(count)
}

fn chunks() -> [String; 3] {
    [events(1), events(50), ": beat\nretry: 7\n\n".to_owned()]
}

/// Arrives in two halves, cut inside an event.
struct Halves(Repeat, bool);

impl Body for Halves {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.0.chunk.clone();
        let half = chunk.len() / 2;
        let Poll::Ready(_) = Pin::new(&mut self.0).poll_frame(cx) else { return Poll::Pending };
        self.1 = !self.1;
        let part = if self.1 { chunk.slice(..half) } else { chunk.slice(half..) };
        Poll::Ready(Some(Ok(Frame::data(part))))
    }
}

/// The obvious change.
fn change(input: Input<'_, Infallible>, output: &mut Output<'_>) {
    if let Some(event) = input.event() {
        output.send_data(&event.data()[1..]);
    }
}

#[test]
fn a_tap_allocates_nothing_after_the_first_events() {
    for chunk in chunks() {
        let mut body = Tap::new(repeat(chunk), |seen: Tapped<'_>| {
            std::hint::black_box(seen);
        });
        assert_eq!(allocations(&mut body, 1_000), 0);
    }
    let mut body = Tap::new(Halves(repeat(events(1)), false), |seen: Tapped<'_>| {
        std::hint::black_box(seen);
    });
    assert_eq!(allocations(&mut body, 1_000), 0);
}

#[test]
fn kept_input_allocates_nothing() {
    let nothing = |_: Input<'_, Infallible>, _: &mut Output<'_>| {};
    for chunk in chunks() {
        assert_eq!(allocations(&mut Rewrite::new(repeat(chunk), nothing), 1_000), 0);
    }
    assert_eq!(allocations(&mut Rewrite::new(Halves(repeat(events(1)), false), nothing), 1_000), 0);
}

#[test]
fn replaced_data_allocates_only_a_buffer_for_a_large_chunk() {
    assert_eq!(allocations(&mut Rewrite::new(repeat(events(1)), change), 1_000), 0);
    assert_eq!(allocations(&mut Rewrite::new(Halves(repeat(events(1)), false), change), 1_000), 0);
    // Comments inside the block are moved to its beginning; data of several lines is joined.
    for block in
        ["data: a\n: c\nretry: 7\nid: 1\n\n", "data: a\ndata: b\nevent: e\n\n", "data:a\r\n:c\r\n\r\n"]
    {
        // A pair of halves is one chunk of output, or two.
        for (count, events) in [(1, 1_000), (5, 2_500)] {
            let body = Halves(repeat(block.repeat(count)), false);
            let calls = allocations(&mut Rewrite::new(body, change), 1_000);
            assert!(calls <= events, "{calls} for {events} of {block:?}");
        }
    }
    // The buffer, and the reference count of its `Bytes`.
    let large = allocations(&mut Rewrite::new(repeat(events(100)), change), 1_000);
    assert!(large <= 3 * 1_000, "{large}");
}

#[test]
fn events_that_are_ready_at_once_share_a_buffer() {
    let bytes = events(1).len();
    let kept = |_: Input<'_, Infallible>, _: &mut Output<'_>| {};
    for function in [change as fn(Input<'_, Infallible>, &mut Output<'_>), kept] {
        let mut body = Rewrite::new(at_once(events(1)), function);
        let (counts, read) = count(|| (0..100).map(|_| next(&mut body).len()).sum::<usize>());
        // The buffer is made larger as events come: less than an allocation for each ten.
        assert!(counts.calls < (read / bytes / 10) as u64, "{counts:?} for {read} bytes");
    }
}

#[test]
fn a_sent_event_allocates_only_its_own_text() {
    let mut body = Rewrite::new(repeat(events(1)), |input: Input<'_, _>, output: &mut Output<'_>| {
        if let Some(event) = input.event() {
            output.send(&Event::new(event.data()).with_type("copy").with_id(7));
        }
    });
    assert_eq!(allocations(&mut body, 1_000), 1_000);
}

#[test]
fn a_slow_client_costs_a_buffer_for_a_few_events() {
    let mut body = Rewrite::new(repeat(events(1)), change);
    // All of them are waiting to be sent.
    let (counts, _chunks) = count(|| {
        let mut chunks = Vec::with_capacity(1_000);
        chunks.extend((0..1_000).map(|_| next(&mut body)));
        chunks
    });
    assert!(counts.calls < 300, "{counts:?}");
}

#[test]
fn a_waiting_body_holds_little_memory() {
    for chunk in [events(1), events(1_000)] {
        let mut body = Rewrite::new(repeat(chunk), change);
        let (counts, ()) = count(|| (0..10).for_each(|_| drop(next(&mut body))));
        assert!(counts.held < 2_000, "{counts:?}");
    }
}

#[test]
fn a_few_events_of_a_large_chunk_do_not_hold_its_memory() {
    for does_keep in [true, false] {
        let large = repeat(events(10_000));
        let memory = large.chunk.as_ptr_range();
        let mut number = 0;
        let mut body = Rewrite::new(large, |input: Input<'_, Infallible>, output: &mut Output<'_>| {
            let Some(event) = input.event() else { return };
            number += 1;
            match number % 10_000 {
                7 if does_keep => output.keep(),
                7 => output.send_data(&event.data()[1..]),
                _ => output.remove(),
            }
        });
        assert!(!memory.contains(&next(&mut body).as_ptr()));
        // None of what was sent has left yet.
        let (counts, _sent) = count(|| [(); 10].map(|()| next(&mut body)));
        assert!(counts.held < 5_000, "{does_keep}: {counts:?}");
    }
}
