//! Allocations of a server body, counted.

#[path = "support/counting.rs"]
mod counting;

use std::pin::{pin, Pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use counting::count;
use eventwire::server::{EventBody, EventItem, KeepAlive};
use eventwire::{Encoded, Event};
use futures_util::task::noop_waker_ref;
use futures_util::{stream, Stream};
use http_body::Body;

fn poll<S>(body: &mut Pin<&mut EventBody<S>>) -> Option<Bytes>
where
    S: Stream,
    S::Item: EventItem,
{
    match body.as_mut().poll_frame(&mut Context::from_waker(noop_waker_ref())) {
        Poll::Ready(chunk) => Some(chunk?.ok().expect("no error").into_data().unwrap()),
        Poll::Pending => None,
    }
}

/// Returns a given number of items, then `Pending` until more are requested.
struct Rounds<T> {
    item: T,
    round: usize,
    left: usize,
}

impl<T: Clone + Unpin> Stream for Rounds<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        match self.left {
            0 => {
                self.left = self.round;
                Poll::Pending
            }
            _ => {
                self.left -= 1;
                Poll::Ready(Some(self.item.clone()))
            }
        }
    }
}

fn rounds<T>(item: T, round: usize) -> Rounds<T> {
    Rounds { item, round, left: 0 }
}

#[test]
fn a_chunk_with_one_event_is_one_allocation_of_its_size() {
    let event = Event::new("x".repeat(200)).with_type("t").with_id("7");
    drop(event.clone());
    let mut body = pin!(EventBody::new(rounds(event, 1)));
    let (counts, opening) = count(|| poll(&mut body));
    assert_eq!(opening.unwrap(), ":\n");
    assert_eq!(counts.calls, 0, "the opening is a literal");
    for _ in 0..10 {
        let (counts, chunk) = count(|| poll(&mut body).unwrap());
        assert_eq!((counts.calls, counts.bytes), (1, chunk.len() as u64));
    }
}

#[test]
fn a_single_encoded_event_allocates_nothing() {
    for len in [20, 100_000] {
        let tick = Event::new("x".repeat(len)).to_encoded();
        drop(tick.clone());
        let mut body = pin!(EventBody::new(rounds(tick, 1)));
        poll(&mut body);
        let (counts, chunk) = count(|| poll(&mut body).unwrap());
        assert_eq!((counts.calls, chunk.len()), (0, len + 8));
    }
}

#[test]
fn a_large_encoded_event_between_others_is_not_copied() {
    let large = Event::new("x".repeat(100_000)).to_encoded();
    let small = Encoded::from(Event::new("y"));
    drop((large.clone(), small.clone()));
    let events = [small.clone(), large.clone(), small.clone(), large, small];
    let mut body = pin!(EventBody::new(stream::iter(events)));
    let (counts, ()) = count(|| while poll(&mut body).is_some() {});
    assert!(counts.bytes < 1_000, "{counts:?}");
}

#[test]
fn a_chunk_of_many_events_is_two_allocations_after_the_first() {
    let event = Event::new("x".repeat(92));
    drop(event.clone());
    let mut body = pin!(EventBody::new(rounds(event, 50)));
    poll(&mut body);
    let (first, _) = count(|| poll(&mut body).unwrap());
    assert!(first.calls <= 8, "{first:?}");
    for _ in 0..10 {
        let (counts, chunk) = count(|| poll(&mut body).unwrap());
        assert_eq!(chunk.len(), 5_000);
        // The buffer, and the reference count that `Bytes` need for a buffer that is not full.
        assert_eq!(counts.calls, 2);
        assert!(counts.bytes < 5_000 + 5_000 / 8 + 100, "{counts:?}");
    }
}

#[test]
fn a_full_chunk_is_not_moved_after_the_first() {
    let event = Event::new("x".repeat(200));
    drop(event.clone());
    let mut body = pin!(EventBody::new(stream::repeat(event)));
    poll(&mut body);
    for _ in 0..10 {
        let (counts, chunk) = count(|| poll(&mut body).unwrap());
        assert!(chunk.len() >= 8 * 1024);
        assert_eq!(counts.calls, 2, "{counts:?}");
    }
}

#[test]
fn a_waiting_body_holds_no_memory() {
    let event = Event::new("x".repeat(200));
    drop(event.clone());
    let mut body = pin!(EventBody::new(rounds(event, 30)));
    poll(&mut body);
    let (counts, ()) = count(|| {
        for _ in 0..10 {
            drop(poll(&mut body).unwrap());
        }
    });
    assert_eq!(counts.held, 0);
}

#[test]
fn making_a_body_allocates_nothing() {
    let (counts, _) = count(|| EventBody::new(stream::pending::<Event>()).with_chunk_size(100));
    assert_eq!(counts.calls, 0);
}

#[test]
fn heartbeats_allocate_once_per_connection() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let keep_alive = KeepAlive::new(tokio::time::sleep);
    runtime.block_on(async {
        let mut body = pin!(EventBody::new(rounds(Event::new("x"), 0)).with_keep_alive(keep_alive.clone()));
        let (counts, _) = count(|| poll(&mut body));
        assert_eq!(counts.calls, 0);
        let (counts, nothing) = count(|| poll(&mut body));
        assert_eq!((counts.calls, nothing), (1, None));
        for _ in 0..10 {
            tokio::time::advance(Duration::from_secs(16)).await;
            let (counts, beat) = count(|| {
                let beat = poll(&mut body);
                assert!(poll(&mut body).is_none());
                beat
            });
            assert_eq!((counts.calls, beat), (0, Some(Bytes::from(":\n"))));
        }
    });
}
