//! Ten thousand tasks that each follow, in three ways: the hub, tokio's `broadcast` with `BroadcastStream`, and a ring of
//! events with `event-listener`. No sockets.

use std::collections::VecDeque;
use std::env;
use std::fs;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use eventwire::hub::{Hub, Local, Start};
use eventwire::{Encoded, Event};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use tokio::sync::{broadcast, Notify};
use tokio_stream::wrappers::BroadcastStream;

use crate::alloc;
use crate::table::{ratios, shown, Goal};
use crate::Size;

/// How followers get their events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Hub,
    Broadcast,
    EventListener,
}

const ALL: [Way; 3] = [Way::Hub, Way::Broadcast, Way::EventListener];

/// The history for slow followers, the same in each way.
const HISTORY: usize = 256;

impl Way {
    fn name(self) -> &'static str {
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

/// The publisher, which also creates streams.
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
        // Without receivers, this is not an error.
        let _ = self.send(event.into());
    }

    fn follow(&self) -> BoxStream<'static, Encoded> {
        BroadcastStream::new(self.subscribe()).filter_map(|item| std::future::ready(item.ok())).boxed()
    }
}

/// The ring of the hub in its simplest form, with another way to wake.
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

/// The result of one process.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Processor time per follower and event, in nanoseconds, for events published one by one.
    single: f64,
    /// The same for events published ten at a time.
    burst: f64,
    /// Bytes per waiting follower, without those of its waker.
    bytes: f64,
}

pub struct Tasks {
    figures: Vec<Vec<Figures>>,
    tasks: usize,
    rounds: usize,
}

impl Tasks {
    pub fn new(size: &Size) -> Self {
        let (tasks, rounds) = if size.is_quick { (500, 20) } else { (10_000, 200) };
        Tasks { figures: vec![Vec::new(); ALL.len()], tasks, rounds }
    }

    pub fn run(&mut self) -> Result<(), String> {
        for (way, figures) in ALL.into_iter().zip(&mut self.figures) {
            figures.push(process(way, self.tasks, self.rounds)?);
        }
        Ok(())
    }

    pub fn print(&self) {
        println!("\n## {} tasks without sockets: the cost of a follower\n", self.tasks);
        println!("Processor time per follower and event, in ns.\n");
        println!(
            "| | one event | ratio to the hub | burst of 10 | ratio to the hub | memory per follower, B |"
        );
        println!("|---|--:|--:|--:|--:|--:|");
        for (at, way) in ALL.into_iter().enumerate() {
            let of_hub = |value| ratios(&self.column(at, value), &self.column(0, value));
            println!(
                "| {} | {} | {} | {} | {} | {} |",
                way.name(),
                shown(&self.column(at, |f| f.single), 0),
                shown(&of_hub(|f| f.single), 2),
                shown(&self.column(at, |f| f.burst), 0),
                shown(&of_hub(|f| f.burst), 2),
                shown(&self.column(at, |f| f.bytes), 0),
            );
        }
    }

    pub fn goals(&self, goals: &mut Vec<Goal>) {
        let hub = self.column(0, |f| f.single);
        for (at, way) in ALL.into_iter().enumerate().skip(1) {
            let ratio = ratios(&hub, &self.column(at, |f| f.single));
            goals.push(Goal::new(format!("tasks, the hub of {}", way.name()), 0.6, ratio));
        }
        let bytes = self.column(0, |f| f.bytes);
        goals.push(Goal::new("a follower in the hub, B", 128.0, bytes).with_digits(0));
    }

    fn column(&self, at: usize, value: fn(&Figures) -> f64) -> Vec<f64> {
        self.figures[at].iter().map(value).collect()
    }
}

/// In a separate process.
fn process(way: Way, tasks: usize, rounds: usize) -> Result<Figures, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let words = ["--tasks", way.name(), &tasks.to_string(), &rounds.to_string()];
    let output = Command::new(program).args(words).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut values = text.split_whitespace().filter_map(|word| word.parse().ok());
    let figures = (values.next(), values.next(), values.next());
    let (Some(single), Some(burst), Some(bytes)) = figures else {
        return Err(format!("{} failed: {}", way.name(), String::from_utf8_lossy(&output.stderr)));
    };
    Ok(Figures { single, burst, bytes })
}

/// The work of that process.
pub fn one(name: &str, tasks: usize, rounds: usize) {
    let way = ALL.into_iter().find(|way| way.name() == name).expect("a way");
    let Figures { single, burst, bytes } = measure(way, tasks, rounds);
    println!("{single} {burst} {bytes}");
}

fn measure(way: Way, tasks: usize, rounds: usize) -> Figures {
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
                    // The last event of a round.
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
            // A tenth of the rounds to warm up.
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

/// The memory of a waiting follower, without the box that each is in.
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

/// The processor time of all threads of the process, in nanoseconds.
fn processor_time() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("Linux");
    let times = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok());
    times.filter_map(|time| time.split_whitespace().next()?.parse::<f64>().ok()).sum()
}

/// 100 bytes: a small JSON event.
const DATA: &str = concat!(
    r#"{"sku":"FEED-SALMON-2KG","name":"Salmon kibble, 2 kg","stock":41,"#,
    r#""change":-1,"at":"2026-01-02T03:04"}"#
);
