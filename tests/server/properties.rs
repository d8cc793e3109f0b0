//! A property of every stream: the reader receives the events that were sent, whatever is ready when.

use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use eventwire::server::{EventBody, KeepAlive};
use eventwire::{events, Event};
use futures_util::StreamExt;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::ask::ask;
use crate::script::{script, Step};

fn event() -> impl Strategy<Value = Event> {
    let data = prop_oneof![
        4 => "[a-z: \n\r]{0,12}",
        1 => "[é火🚲 \n]{0,200}",
        1 => Just("x".repeat(300)),
    ];
    (data, "[a-z ]{0,3}", proptest::option::of("[0-9é ]{0,3}")).prop_map(|(data, event_type, id)| {
        let event = Event::new(data).try_with_type(event_type).unwrap();
        match id {
            Some(id) => event.try_with_id(id).unwrap(),
            None => event,
        }
    })
}

fn steps() -> impl Strategy<Value = Vec<Step<Event>>> {
    vec(prop_oneof![3 => event().prop_map(Step::Item), 2 => Just(Step::Wait)], 0..40)
}

/// A timer whose wait ends after this many polls.
fn after(polls: usize) -> impl Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    move |_| {
        let left = AtomicUsize::new(polls);
        Box::pin(poll_fn(move |_| match left.load(Relaxed) {
            0 => Poll::Ready(()),
            some => {
                left.store(some - 1, Relaxed);
                Poll::Pending
            }
        }))
    }
}

/// The events as a reader receives them: CR and CR LF become LF.
fn canonical(event: &Event) -> Event {
    event.clone().with_data(event.data().replace("\r\n", "\n").replace('\r', "\n"))
}

proptest! {
    #[test]
    fn a_reader_receives_the_events_that_were_sent(
        steps in steps(),
        size in prop_oneof![0..400usize, Just(8192)],
        beat_after in proptest::option::of(0..3usize),
        is_encoded in any::<bool>(),
    ) {
        let sent: Vec<Event> = steps.iter().filter_map(|step| match step {
            Step::Item(event) => Some(event.clone()),
            _ => None,
        }).collect();
        let alarm = KeepAlive::new(after(beat_after.unwrap_or_default())).with_comment("beat");
        let (chunks, has_ended) = match is_encoded {
            false => {
                let body = EventBody::new(script(steps).0).with_chunk_size(size);
                read(match beat_after { Some(_) => body.with_keep_alive(alarm), None => body })
            }
            true => {
                let body = EventBody::new(script(steps).0.map(|event| event.to_encoded())).with_chunk_size(size);
                read(match beat_after { Some(_) => body.with_keep_alive(alarm), None => body })
            }
        };
        prop_assert!(has_ended);

        let stream: Vec<u8> = chunks.concat();
        let read: Vec<Event> = events(&stream).map(|event| event.unwrap()).collect();
        let expected: Vec<Event> = sent.iter().map(canonical).collect();
        prop_assert_eq!(read, expected);

        // Each heartbeat is a chunk of its own. Without heartbeats, the chunks are the input, byte for byte: so no
        // heartbeat is inside an event, and no chunk ends inside one.
        let beats = chunks.iter().filter(|chunk| **chunk == b":beat\n").count();
        prop_assert!(beat_after.is_some() || beats == 0);
        let without_beats: Vec<u8> =
            chunks.iter().filter(|chunk| **chunk != b":beat\n").flatten().copied().collect();
        let whole: Vec<u8> = [b":\n".to_vec()].into_iter().chain(sent.iter().map(|event| event.to_bytes().to_vec()))
            .flatten().collect();
        prop_assert_eq!(without_beats, whole);
        for chunk in &chunks {
            prop_assert!(!chunk.is_empty());
            let events = events(chunk).count();
            let longest = sent.iter().map(Event::encoded_len).max().unwrap_or(0);
            prop_assert!(chunk.len() < size.max(1) + longest.max(7) || events <= 1, "{} in {}", chunk.len(), size);
        }
    }

    #[test]
    fn a_shutdown_at_any_time_loses_no_item_taken_from_the_stream(
        steps in steps(),
        size in 0..400usize,
        polls in 0..20usize,
    ) {
        let taken = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&taken);
        let events_in: Vec<Event> = steps.iter().filter_map(|step| match step {
            Step::Item(event) => Some(event.clone()),
            _ => None,
        }).collect();
        let stream = script(steps.into_iter().chain([Step::Silence])).0
            .inspect(move |_| { counting.fetch_add(1, Relaxed); });
        let farewell = Event::new("bye").with_type("farewell");
        let body = EventBody::new(stream).with_chunk_size(size)
            .with_shutdown(after(polls)(Duration::ZERO)).with_farewell(&farewell);
        let (chunks, has_ended) = read(body);
        prop_assert!(has_ended);
        let mut read: Vec<Event> = events(&chunks.concat()).map(|event| event.unwrap()).collect();
        prop_assert_eq!(read.pop(), Some(farewell));
        let expected: Vec<Event> = events_in.iter().take(taken.load(Relaxed)).map(canonical).collect();
        prop_assert_eq!(read, expected);
    }
}

/// Returns all chunks, and whether the end was reached. Polls again while nothing is ready, but not forever.
fn read<S>(mut body: EventBody<S>) -> (Vec<Vec<u8>>, bool)
where
    S: futures_util::Stream<Item: eventwire::server::EventItem<Error = std::convert::Infallible>> + Unpin,
{
    let mut chunks = Vec::new();
    for _ in 0..1_000 {
        match ask(&mut body) {
            Poll::Ready(Some(Ok(chunk))) => chunks.push(chunk.to_vec()),
            Poll::Ready(Some(Err(never))) => match never {},
            Poll::Ready(None) => return (chunks, true),
            Poll::Pending => {}
        }
    }
    (chunks, false)
}
