//! Ten thousand tasks that each follow, in three ways.

use std::collections::VecDeque;
use std::fs;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use eventwire::hub::{Hub, Local, Start};
use eventwire::{Encoded, Event};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use tokio::sync::{broadcast, Notify};
use tokio_stream::wrappers::BroadcastStream;

use crate::{alloc, Figures};

/// How followers get their events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Hub,
    Broadcast,
    EventListener,
}

pub const ALL: [Way; 3] = [Way::Hub, Way::Broadcast, Way::EventListener];

/// Kept for who is slow, in each way alike.
const HISTORY: usize = 256;

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Way::Hub => "eventwire-hub",
            Way::Broadcast => "tokio-broadcast",
            Way::EventListener => "event-listener",
        }
    }

    fn open(self) -> Box<dyn Feed> {
        match self {
            // The others send no checkpoints either.
            Way::Hub => Box::new(Hub::new().with_history(HISTORY).without_checkpoints()),
            Way::Broadcast => Box::new(broadcast::Sender::<Encoded>::new(HISTORY)),
            Way::EventListener => Box::new(Arc::new(Ring::default())),
        }
    }
}

/// What publishes, and gives streams.
trait Feed: Send + Sync {
    fn publish(&self, event: Event);
    fn follow(&self) -> BoxStream<'static, Encoded>;
}

impl Feed for Hub {
    fn publish(&self, event: Event) {
        Hub::publish(self, event);
    }

    fn follow(&self) -> BoxStream<'static, Encoded> {
        <Hub<Local>>::follow(self, Start::Now).boxed()
    }
}

impl Feed for broadcast::Sender<Encoded> {
    fn publish(&self, event: Event) {
        // Nobody is there: no harm.
        let _ = self.send(event.into());
    }

    fn follow(&self) -> BoxStream<'static, Encoded> {
        BroadcastStream::new(self.subscribe()).filter_map(|item| std::future::ready(item.ok())).boxed()
    }
}

/// The ring of the hub in its simplest form, and another way to wake.
#[derive(Default)]
struct Ring {
    events: Mutex<(u64, VecDeque<Encoded>)>,
    more: event_listener::Event,
}

impl Ring {
    fn at(&self, place: u64) -> Option<Encoded> {
        let events = self.events.lock().unwrap();
        events.1.get((place - events.0) as usize).cloned()
    }
}

impl Feed for Arc<Ring> {
    fn publish(&self, event: Event) {
        let mut events = self.events.lock().unwrap();
        events.1.push_back(event.into());
        if events.1.len() > HISTORY {
            events.1.pop_front();
            events.0 += 1;
        }
        drop(events);
        self.more.notify(usize::MAX);
    }

    fn follow(&self) -> BoxStream<'static, Encoded> {
        let place = {
            let events = self.events.lock().unwrap();
            events.0 + events.1.len() as u64
        };
        stream::unfold((Arc::clone(self), place), |(ring, place)| async move {
            loop {
                if let Some(event) = ring.at(place) {
                    return Some((event, (ring, place + 1)));
                }
                let more = ring.more.listen();
                if let Some(event) = ring.at(place) {
                    return Some((event, (ring, place + 1)));
                }
                more.await;
            }
        })
        .boxed()
    }
}

pub fn measure(way: Way, tasks: usize, rounds: usize) -> Figures {
    let bytes = bytes(way, tasks);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (single, burst) = runtime.block_on(async {
        let feed = way.open();
        let (received, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        for _ in 0..tasks {
            let (mut events, received, all) = (feed.follow(), Arc::clone(&received), Arc::clone(&all));
            tokio::spawn(async move {
                while let Some(event) = events.next().await {
                    assert!(!event.as_bytes().is_empty());
                    // The last one of a round.
                    if received.fetch_add(1, Ordering::AcqRel) + 1 == usize::MAX / 2 {
                        all.notify_one();
                    }
                }
            });
        }
        let round = |events: usize| {
            let (feed, received, all) = (&feed, &received, &all);
            async move {
                received.store(usize::MAX / 2 - events * tasks, Ordering::Release);
                for _ in 0..events {
                    feed.publish(Event::new(DATA));
                }
                all.notified().await;
            }
        };
        let mut timed = [0.0; 2];
        for (time, events) in timed.iter_mut().zip([1, 10]) {
            let rounds = rounds / if events == 1 { 1 } else { 4 };
            // A tenth to warm up.
            for _ in 0..rounds / 10 + 1 {
                round(events).await;
            }
            let before = processor_time();
            for _ in 0..rounds {
                round(events).await;
            }
            *time = (processor_time() - before) / (rounds * events * tasks) as f64;
        }
        (timed[0], timed[1])
    });
    Figures { single, burst, bytes }
}

/// What a follower that waits holds, beside the box that all of them are in.
fn bytes(way: Way, followers: usize) -> f64 {
    struct Nobody;
    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }
    let waker = Waker::from(Arc::new(Nobody));
    let feed = way.open();
    feed.publish(Event::new(DATA));
    let mut streams = Vec::with_capacity(followers);
    let before = alloc::held();
    for _ in 0..followers {
        let mut follow = feed.follow();
        let polled = Pin::new(&mut follow).poll_next(&mut Context::from_waker(&waker));
        assert!(matches!(polled, Poll::Pending));
        streams.push(follow);
    }
    (alloc::held() - before) as f64 / followers as f64
}

/// Of all threads of the process, in nanoseconds.
fn processor_time() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("Linux");
    let times = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
    times.filter_map(|time| time.split_whitespace().next()?.parse::<f64>().ok()).sum()
}

/// 100 bytes: a small event of JSON.
const DATA: &str = concat!(
    r#"{"sku":"FEED-SALMON-2KG","name":"Salmon kibble, 2 kg","stock":41,"#,
    r#""change":-1,"at":"2026-01-02T03:04"}"#
);
