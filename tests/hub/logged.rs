//! Hubs of several processes over one log: no event is lost or repeated, or a gap is reported.

use std::collections::VecDeque;
use std::future::{ready, Future};
use std::pin::{pin, Pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use eventwire::hub::contract::{examine, Rig};
use eventwire::hub::{
    BoxFuture, Feeder, Follow, GapPolicy, Hub, Log, LogError, LogId, Logged, MemoryLog, Once, Outcome, Page,
    Start,
};
use eventwire::Event;

use futures_util::Stream;

use crate::support::{data, drain, poll, Count, Polled};

/// Runs a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Count::default()));
    match pin!(future).poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("expected a future that never waits"),
    }
}

/// A process: its hub, and its feeder, which runs only when the test polls it.
struct Process<L: Log + Clone> {
    hub: Hub<Logged>,
    feeder: Pin<Box<Feeder>>,
    log: L,
}

impl<L: Log + Clone> Process<L> {
    fn start(log: &L, history: usize) -> Self {
        let (hub, feeder) = now(Hub::from_log(log.clone(), |_| ready(()))).unwrap();
        Process { hub: hub.with_history(history), feeder: Box::pin(feeder), log: log.clone() }
    }

    /// Reads every entry that is available.
    fn feed(&mut self) -> Poll<Result<(), LogError>> {
        let waker = Waker::from(Arc::new(Count::default()));
        self.feeder.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn publish(&self, text: impl ToString) -> String {
        let id = now(self.hub.append(&self.hub.prepare(Event::new(text.to_string())))).unwrap();
        id.to_string()
    }

    fn follow(&self, start: Start<'_>) -> Follow {
        now(self.hub.follow(start)).unwrap()
    }
}

#[test]
fn the_memory_log_passes_the_contract_suite() {
    struct Memory;
    impl Rig for Memory {
        type Log = MemoryLog;
        fn fresh(&self) -> BoxFuture<'_, MemoryLog> {
            Box::pin(async { MemoryLog::new().with_max_len(1000) })
        }
        fn trim<'a>(&'a self, log: &'a MemoryLog, keep: usize) -> BoxFuture<'a, ()> {
            Box::pin(async move { log.trim(keep) })
        }
        fn reset<'a>(&'a self, log: &'a MemoryLog) -> BoxFuture<'a, ()> {
            Box::pin(async move { log.reset() })
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(examine(&Memory)).unwrap();
}

#[test]
fn events_of_one_process_appear_in_all_processes_with_the_same_ids() {
    let log = MemoryLog::new();
    let (mut one, mut other) = (Process::start(&log, 100), Process::start(&log, 100));
    let mut followers = [one.follow(Start::Now), other.follow(Start::Now)];
    let ids = [one.publish("a"), other.publish("b"), one.publish("c")];
    // A process does not deliver an event before it has read it from the log.
    assert!(followers.iter_mut().all(|follow| drain(follow).is_empty()));
    let _ = (one.feed(), other.feed());
    for follow in &mut followers {
        let events = drain(follow);
        assert_eq!(data(&events), ["a", "b", "c"]);
        assert_eq!(events.iter().map(|event| event.id().unwrap().to_string()).collect::<Vec<_>>(), ids);
    }
}

#[test]
fn a_client_hops_between_processes_at_different_places_in_the_log() {
    let log = MemoryLog::new();
    let (mut ahead, mut late) = (Process::start(&log, 100), Process::start(&log, 100));
    let ids: Vec<_> = (1..=9).map(|n| ahead.publish(n)).collect();
    let _ = ahead.feed();
    // The other process has not read anything yet.
    let mut follow = late.follow(Start::After(&ids[4]));
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: None });
    assert_eq!(data(&drain(&mut follow)), ["6", "7", "8", "9"]);
    ahead.publish(10);
    let _ = late.feed();
    assert_eq!(data(&drain(&mut follow)), ["10"]);
    let follow = late.follow(Start::After(&ids[4]));
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: Some(5) });
}

#[test]
fn a_follower_below_the_ring_reads_the_log_until_it_reaches_the_ring() {
    let log = MemoryLog::new();
    let mut process = Process::start(&log, 10);
    let ids: Vec<_> = (1..=5000).map(|n| process.publish(n)).collect();
    let _ = process.feed();
    let mut follow = process.follow(Start::After(&ids[99]));
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: None });
    let mut numbers = Vec::new();
    while let Polled::Event(event) = poll(&mut follow) {
        numbers.push(event.data().parse::<u64>().unwrap());
        if numbers.len() % 1000 == 0 {
            process.publish(5000 + numbers.len() / 1000);
            let _ = process.feed();
        }
    }
    assert_eq!(numbers, (101..=5004).collect::<Vec<_>>());
    let mut oldest = process.follow(Start::Oldest).with_filter(|_| true);
    assert_eq!(drain(&mut oldest).len(), 5004);
}

#[test]
fn a_slow_follower_falls_back_to_the_log_and_misses_nothing() {
    let log = MemoryLog::new();
    let mut process = Process::start(&log, 3);
    let mut follow = process.follow(Start::Now);
    (1..=2).for_each(|n| drop(process.publish(n)));
    let _ = process.feed();
    assert_eq!(data(&drain(&mut follow)), ["1", "2"]);
    (3..=50).for_each(|n| drop(process.publish(n)));
    let _ = process.feed();
    let events = drain(&mut follow);
    assert_eq!(data(&events), (3..=50).map(|n| n.to_string()).collect::<Vec<_>>());
    // Unless the log itself has trimmed it.
    (51..=99).for_each(|n| drop(process.publish(n)));
    let _ = process.feed();
    log.trim(5);
    let events = drain(&mut follow);
    assert_eq!(events[0].data(), r#"{"reason":"forgotten","lost":44}"#);
    assert_eq!(data(&events[1..]), ["95", "96", "97", "98", "99"]);
}

#[test]
fn a_lost_log_is_a_gap_for_all_and_then_the_new_log_from_its_start() {
    let log = MemoryLog::new();
    let mut process = Process::start(&log, 100);
    let mut awake = process.follow(Start::Now);
    let mut asleep = process.follow(Start::Now);
    let mut ends = process.follow(Start::Now).with_gap_policy(GapPolicy::End);
    let mut quiet = process.follow(Start::Now).with_topics(["quiet"]);
    let seen = process.publish("a");
    let _ = process.feed();
    for follow in [&mut awake, &mut asleep, &mut ends, &mut quiet] {
        drain(follow);
    }
    log.reset();
    let _ = process.feed();
    assert_eq!(drain(&mut awake)[0].data(), r#"{"reason":"reset","lost":null}"#);
    let first = process.publish("b");
    let _ = process.feed();
    let events = drain(&mut asleep);
    assert_eq!((events[0].event_type(), data(&events[1..])), ("gap", vec!["b"]));
    assert_eq!(poll(&mut ends), Polled::End);
    assert_eq!(drain(&mut quiet)[0].event_type(), "gap");
    assert_eq!(data(&drain(&mut awake)), ["b"]);
    // The gap has the ID at which the new log begins.
    let back = process.follow(Start::After(events[0].id().unwrap()));
    assert!(matches!(back.outcome(), Outcome::Resumed { .. }));
    assert!(matches!(process.follow(Start::After(&seen)).outcome(), Outcome::Gap(_)));
    assert_eq!(process.follow(Start::After(&first)).outcome(), Outcome::Resumed { missed: Some(0) });
}

#[test]
fn a_trim_past_a_frozen_process_is_a_gap() {
    let log = MemoryLog::new();
    let mut process = Process::start(&log, 100);
    let mut follow = process.follow(Start::Now);
    (1..=3).for_each(|n| drop(process.publish(n)));
    let _ = process.feed();
    drain(&mut follow);
    (4..=50).for_each(|n| drop(process.publish(n)));
    log.trim(5);
    let _ = process.feed();
    let events = drain(&mut follow);
    assert_eq!(events[0].data(), r#"{"reason":"forgotten","lost":42}"#);
    assert_eq!(data(&events[1..]), ["46", "47", "48", "49", "50"]);
}

/// A log that is unavailable for a while, or that loses the replies to its operations.
#[derive(Clone)]
struct Flaky {
    log: MemoryLog,
    is_away: Arc<AtomicBool>,
    loses_answers: Arc<AtomicBool>,
    refuses: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
}

impl Flaky {
    fn new() -> Self {
        let no = || Arc::new(AtomicBool::new(false));
        let reads = Arc::new(AtomicU64::new(0));
        Flaky { log: MemoryLog::new(), is_away: no(), loses_answers: no(), refuses: no(), reads }
    }

    fn check(&self) -> Result<(), LogError> {
        if self.refuses.load(Ordering::Relaxed) {
            Err(LogError::refused("WRONGTYPE"))
        } else if self.is_away.load(Ordering::Relaxed) {
            Err(LogError::unavailable("connection refused"))
        } else {
            Ok(())
        }
    }
}

impl Log for Flaky {
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>> {
        Box::pin(async move {
            self.check()?;
            let id = self.log.append(once, topic, event).await?;
            match self.loses_answers.load(Ordering::Relaxed) {
                true => Err(LogError::uncertain("timed out")),
                false => Ok(id),
            }
        })
    }

    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>> {
        Box::pin(async move { self.check().and(self.log.tail().await) })
    }

    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { self.check().and(self.log.read(after, limit).await) })
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        Box::pin(async move {
            self.check()?;
            self.log.wait(after).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn followers_stay_while_the_log_is_unavailable_and_miss_nothing() {
    let log = Flaky::new();
    let (hub, feeder) = Hub::from_log(log.clone(), tokio::time::sleep).await.unwrap();
    let feeder = tokio::spawn(feeder);
    let settle = || tokio::time::sleep(std::time::Duration::from_secs(10));
    let mut follow = hub.follow(Start::Now).await.unwrap();
    settle().await;
    log.is_away.store(true, Ordering::Relaxed);
    // Another process publishes.
    log.log.append(Once::new("other", 1), None, &Event::new("a")).await.unwrap();
    let reads = log.reads.load(Ordering::Relaxed);
    settle().await;
    // The feeder retries, with a pause between attempts.
    assert!((3..=15).contains(&(log.reads.load(Ordering::Relaxed) - reads)));
    assert!(drain(&mut follow).is_empty());
    let event = hub.prepare(Event::new("b"));
    assert!(hub.append(&event).await.unwrap_err().was_not_added());
    assert!(hub.follow(Start::After("5-5")).await.is_err());
    log.is_away.store(false, Ordering::Relaxed);
    log.loses_answers.store(true, Ordering::Relaxed);
    assert!(!hub.append(&event).await.unwrap_err().was_not_added());
    log.loses_answers.store(false, Ordering::Relaxed);
    let id = hub.append(&event).await.unwrap();
    assert_eq!(hub.append(&event).await.unwrap(), id);
    settle().await;
    assert_eq!(data(&drain(&mut follow)), ["a", "b"]);
    // A log of another kind is an error, not a loop.
    log.refuses.store(true, Ordering::Relaxed);
    log.log.trim(0);
    log.log.append(Once::new("other", 2), None, &Event::new("c")).await.unwrap();
    assert!(feeder.await.unwrap().is_err());
    assert!(hub.is_closed());
}

#[tokio::test(start_paused = true)]
async fn the_feeder_ends_with_its_hub() {
    let log = MemoryLog::new();
    let (hub, feeder) = Hub::from_log(log.clone(), tokio::time::sleep).await.unwrap();
    let feeder = tokio::spawn(feeder);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    drop(hub);
    log.append(Once::key("a"), None, &Event::new("a")).await.unwrap();
    feeder.await.unwrap().unwrap();
}

#[test]
fn the_newest_of_each_topic_are_not_repeated_after_a_follower_had_to_read_the_log() {
    let log = MemoryLog::new();
    let mut process = Process::start(&log, 4);
    process.publish("old");
    let _ = process.feed();
    let mut follow = process.follow(Start::Now).with_gap_policy(GapPolicy::NewestPerTopic);
    drain(&mut follow);
    log.reset();
    let publish = |process: &Process<MemoryLog>, text: &str| {
        let publication = process.hub.prepare(Event::new(text)).with_topic(text);
        now(process.hub.append(&publication)).unwrap();
    };
    ["a", "b", "c"].into_iter().for_each(|text| publish(&process, text));
    let _ = process.feed();
    let mut seen = Vec::new();
    while seen.last().map(String::as_str) != Some("a") {
        let Polled::Event(event) = poll(&mut follow) else { panic!("{seen:?}") };
        seen.push(event.data().to_owned());
    }
    // The ring drops "b", which was next, and keeps "c".
    ["d", "e", "f"].into_iter().for_each(|text| publish(&process, text));
    let _ = process.feed();
    let mut rest = Vec::new();
    while let Polled::Event(event) = poll(&mut follow) {
        rest.push(event.data().to_owned());
    }
    assert_eq!(rest, ["b", "c", "d", "e", "f"]);
}

/// A log whose reads never return once it is stuck.
#[derive(Clone)]
struct Stuck {
    log: MemoryLog,
    is_stuck: Arc<AtomicBool>,
}

impl Log for Stuck {
    fn append<'a>(
        &'a self,
        once: Once<'a>,
        topic: Option<&'a str>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<LogId, LogError>> {
        self.log.append(once, topic, event)
    }

    fn tail(&self) -> BoxFuture<'_, Result<LogId, LogError>> {
        self.log.tail()
    }

    fn read(&self, after: LogId, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        if self.is_stuck.load(Ordering::Relaxed) {
            return Box::pin(std::future::pending());
        }
        self.log.read(after, limit)
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        self.log.wait(after)
    }
}

#[test]
fn closing_ends_a_follower_that_waits_for_a_log_without_an_answer() {
    let log = Stuck { log: MemoryLog::new(), is_stuck: Arc::default() };
    let mut process = Process::start(&log, 2);
    let mut follow = process.follow(Start::Now);
    drain(&mut follow);
    for number in 0..10 {
        process.publish(number);
    }
    let _ = process.feed();
    log.is_stuck.store(true, Ordering::Relaxed);
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    let mut cx = Context::from_waker(&waker);
    assert!(Pin::new(&mut follow).poll_next(&mut cx).is_pending());
    process.hub.close();
    assert!(count.woken() > 0, "it was not woken");
    assert!(matches!(Pin::new(&mut follow).poll_next(&mut cx), Poll::Ready(Some(_))), "no farewell");
    assert!(matches!(Pin::new(&mut follow).poll_next(&mut cx), Poll::Ready(None)));
}

/// A client that is cut off and reconnects to any process.
struct Client {
    follow: Follow,
    id: Option<String>,
    /// The number of the last event of each publisher; `None` after a gap, which allows any next number.
    seen: [Option<u64>; 2],
}

#[test]
fn clients_hop_between_three_processes_while_two_publish_and_the_log_is_trimmed() {
    for seed in 1..=60_u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut random = move |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let log = MemoryLog::new();
        let mut processes: Vec<_> = (0..3).map(|n| Process::start(&log, 2 + 3 * n)).collect();
        let mut clients: VecDeque<_> = (0..6)
            .map(|n| Client { follow: processes[n % 3].follow(Start::Now), id: None, seen: [None; 2] })
            .collect();
        let (mut published, mut delivered, mut gaps, trims) = ([0_u64; 2], 0, 0, seed % 2 == 0);
        for _ in 0..1500 {
            match random(20) {
                0..=5 => {
                    let who = random(2) as usize;
                    published[who] += 1;
                    processes[who].publish(format!("{who} {}", published[who]));
                }
                6..=9 => drop(processes[random(3) as usize].feed()),
                10 if trims && random(4) == 0 => processes[0].log.trim(random(12) as usize),
                11 => {
                    let at = random(6) as usize;
                    let to = &processes[random(3) as usize];
                    let start = clients[at].id.as_deref().map_or(Start::Now, Start::After);
                    clients[at].follow = to.follow(start);
                    if clients[at].id.is_none() {
                        clients[at].seen = [None; 2];
                    }
                }
                _ => {
                    let at = random(6) as usize;
                    for _ in 0..random(12) {
                        let client = &mut clients[at];
                        let Polled::Event(event) = poll(&mut client.follow) else { break };
                        client.id = Some(event.id().unwrap().to_string());
                        match event.event_type() {
                            "checkpoint" => continue,
                            "gap" => {
                                gaps += 1;
                                client.seen = [None; 2];
                                continue;
                            }
                            _ => {}
                        }
                        delivered += 1;
                        let (who, n) = event.data().split_once(' ').unwrap();
                        let (who, n) = (who.parse::<usize>().unwrap(), n.parse::<u64>().unwrap());
                        let last = client.seen[who].replace(n);
                        assert!(last.map_or(true, |last| n == last + 1), "seed {seed}: {n} after {last:?}");
                    }
                }
            }
        }
        assert!(delivered > 300, "{delivered}");
        assert_eq!(gaps > 0, trims && gaps > 0, "a gap although nothing was trimmed");
    }
}
