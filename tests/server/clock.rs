//! Heartbeats and maximum ages. The clock is paused and advances only while every task waits.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use eventwire::server::{EventBody, EventItem, KeepAlive};
use eventwire::timer::Timer;
use eventwire::Event;
use futures_util::{stream, Stream, StreamExt};
use tokio::time::{sleep, timeout, Instant};

use crate::ask::{chunk, idle};

const SECOND: Duration = Duration::from_secs(1);

fn silence() -> stream::Pending<Event> {
    stream::pending()
}

fn keep_alive() -> KeepAlive {
    KeepAlive::new(sleep)
}

/// Returns the chunks sent within a time, each with the millisecond in which it was sent.
async fn record<S>(body: EventBody<S>, time: Duration) -> Vec<(u128, Bytes)>
where
    S: Stream,
    S::Item: EventItem<Error = std::convert::Infallible>,
{
    let began = Instant::now();
    let mut body = std::pin::pin!(body.into_stream());
    let mut chunks = Vec::new();
    let all = async {
        while let Some(Ok(chunk)) = StreamExt::next(&mut body).await {
            chunks.push((began.elapsed().as_millis(), chunk));
            assert!(chunks.len() < 10_000, "too many chunks: the clock does not advance");
        }
    };
    let _ = timeout(time, all).await;
    chunks
}

/// Returns all chunks of a body that ends within a day.
async fn collect<S>(body: EventBody<S>) -> Vec<Bytes>
where
    S: Stream,
    S::Item: EventItem<Error = std::convert::Infallible>,
{
    timeout(SECOND * 86_400, body.into_stream().map(Result::unwrap).collect()).await.expect("an end")
}

/// A stream with one event after each of these pauses, then nothing.
fn events_after(pauses: &'static [u64]) -> impl Stream<Item = Event> {
    let events = stream::iter(pauses).then(|millis| async move {
        sleep(Duration::from_millis(*millis)).await;
        Event::new(millis.to_string())
    });
    events.chain(stream::pending())
}

/// A timer that counts the futures it creates.
fn counting() -> (Timer, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&count);
    let timer = Timer::new(move |time| {
        made.fetch_add(1, Relaxed);
        sleep(time)
    });
    (timer, count)
}

#[tokio::test(start_paused = true)]
async fn a_silent_body_sends_a_bare_comment_every_15_seconds() {
    let chunks = record(EventBody::new(silence()).with_keep_alive(keep_alive()), SECOND * 50).await;
    let beat = Bytes::from(":\n");
    assert_eq!(chunks, [0, 15_000, 30_000, 45_000].map(|at| (at, beat.clone())));
}

#[tokio::test(start_paused = true)]
async fn a_body_without_keep_alive_is_silent() {
    let silent = EventBody::new(silence());
    assert_eq!(record(silent, SECOND * 3600).await.len(), 1);
    let silenced = EventBody::new(silence()).with_keep_alive(keep_alive()).without_keep_alive();
    assert_eq!(record(silenced, SECOND * 3600).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn traffic_postpones_the_heartbeat() {
    let events = events_after(&[10_000, 14_000, 14_000, 16_000]);
    let chunks = record(EventBody::new(events).with_keep_alive(keep_alive()), SECOND * 75).await;
    let times: Vec<_> = chunks.iter().map(|(at, chunk)| (*at, chunk == ":\n")).collect();
    let expected = [
        (0, true),
        (10_000, false),
        (24_000, false),
        (38_000, false),
        (53_000, true),
        (54_000, false),
        (69_000, true),
    ];
    assert_eq!(times, expected);
}

#[tokio::test(start_paused = true)]
async fn interval_text_and_event_of_the_heartbeat_can_be_set() {
    let settings = [
        (keep_alive().with_interval(SECOND), ":\n"),
        (keep_alive().with_interval(SECOND).with_comment(" hi\nyou"), ": hi\n:you\n"),
        (
            keep_alive().with_interval(SECOND).with_event(Event::new("").with_type("ping")),
            "event: ping\ndata:\n\n",
        ),
    ];
    for (keep_alive, beat) in settings {
        let chunks =
            record(EventBody::new(silence()).with_keep_alive(keep_alive), SECOND * 2 + SECOND / 2).await;
        assert_eq!(chunks[1..], [(1000, Bytes::from(beat)), (2000, Bytes::from(beat))]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_is_a_millisecond() {
    let body = EventBody::new(silence()).with_keep_alive(keep_alive().with_interval(Duration::ZERO));
    let beats = record(body, Duration::from_millis(100)).await.len();
    assert!((50..=101).contains(&beats), "{beats}");
}

#[tokio::test(start_paused = true)]
async fn the_longest_interval_is_never() {
    let (timer, made) = counting();
    let keep_alive = KeepAlive::new(timer).with_interval(Duration::MAX);
    assert_eq!(
        record(EventBody::new(silence()).with_keep_alive(keep_alive), SECOND * 1_000_000).await.len(),
        1
    );
    assert_eq!(made.load(Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn only_one_heartbeat_waits_for_a_reader_that_is_slow() {
    let mut body = EventBody::new(silence()).with_keep_alive(keep_alive());
    chunk(&mut body);
    idle(&mut body);
    tokio::time::advance(SECOND * 100).await;
    assert_eq!(chunk(&mut body), ":\n");
    idle(&mut body);
    tokio::time::advance(SECOND * 14).await;
    idle(&mut body);
    tokio::time::advance(SECOND * 2).await;
    assert_eq!(chunk(&mut body), ":\n");
    idle(&mut body);
}

#[tokio::test(start_paused = true)]
async fn no_timer_is_created_until_the_body_is_idle() {
    let (timer, made) = counting();
    let events = stream::iter(["1", "2", "3"]).map(Event::new).chain(silence());
    let mut body = EventBody::new(events).with_chunk_size(0).with_keep_alive(KeepAlive::new(timer));
    for _ in 0..4 {
        chunk(&mut body);
    }
    assert_eq!(made.load(Relaxed), 0);
    idle(&mut body);
    idle(&mut body);
    assert_eq!(made.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_ready_event_precedes_a_due_heartbeat() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let mut body = EventBody::new(events).with_keep_alive(keep_alive());
    chunk(&mut body);
    idle(&mut body);
    tokio::time::advance(SECOND * 15).await;
    sender.send(Event::new("a")).unwrap();
    assert_eq!(chunk(&mut body), "data: a\n\n");
    idle(&mut body);
}

#[tokio::test(start_paused = true)]
async fn a_body_ends_in_the_last_fifth_of_its_age() {
    let mut ages = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        let body = EventBody::new(silence())
            .with_keep_alive(keep_alive().with_interval(Duration::MAX).with_max_age(SECOND * 100))
            .with_farewell(Event::new("bye"));
        let chunks = collect(body).await;
        assert_eq!(chunks, [":\n", "data: bye\n\n"]);
        ages.push(began.elapsed());
    }
    // Tokio rounds up to whole milliseconds.
    assert!(ages.iter().all(|age| (SECOND * 80..=SECOND * 100 + SECOND / 100).contains(age)), "{ages:?}");
    for fifth in 0..5 {
        let from = SECOND * (80 + 4 * fifth);
        assert!(ages.iter().any(|age| (from..from + SECOND * 4).contains(age)), "none in {from:?}: {ages:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_never_idle_ends_at_its_age() {
    let events = stream::repeat(Event::new("x")).then(|event| async {
        sleep(SECOND / 100).await;
        event
    });
    let keep_alive = keep_alive().with_max_age(SECOND * 10);
    let began = Instant::now();
    let chunks = collect(EventBody::new(events).with_keep_alive(keep_alive)).await;
    assert!((7_000..=10_010).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert!(chunks.len() > 600);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_and_maximum_age_are_independent() {
    let keep_alive = keep_alive().with_max_age(SECOND * 100);
    let chunks = collect(EventBody::new(silence()).with_keep_alive(keep_alive)).await;
    assert!((6..=7).contains(&chunks.len()), "{}", chunks.len());
}

/// Counts as a running wait until it is dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_before_the_next_begins() {
    let running = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&running);
    let timer = move |time| {
        assert_eq!(count.fetch_add(1, Relaxed), 0);
        let running = Running(Arc::clone(&count));
        async move {
            sleep(time).await;
            drop(running);
        }
    };
    let body = EventBody::new(events_after(&[10_000, 10_000, 40_000])).with_keep_alive(KeepAlive::new(timer));
    assert_eq!(record(body, SECOND * 60).await.len(), 6);
    assert_eq!(running.load(Relaxed), 0);
}
