//! Code of others: engines, wakers and functions that panic, or that come back to the hub while it calls them.

use std::future::{poll_fn, Future};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use eventwire::hub::{
    BoxFuture, End, Follow, Hub, Log, LogError, LogErrorKind, LogId, Logged, MemoryLog, Once, Outcome, Page,
    Recordings, Start,
};
use eventwire::Event;
use futures_util::FutureExt;

use crate::support::{data, drain, poll, poll_with, Count, Polled};

/// A log that reads nothing, reads, or panics, as the test chooses.
#[derive(Clone, Default)]
struct Gated {
    log: MemoryLog,
    gate: Arc<AtomicU8>,
}

const SHUT: u8 = 0;
const OPEN: u8 = 1;
const PANICS: u8 = 2;

impl Log for Gated {
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
        let mut reading = self.log.read(after, limit);
        Box::pin(poll_fn(move |cx| match self.gate.load(Ordering::SeqCst) {
            SHUT => Poll::Pending,
            OPEN => reading.as_mut().poll(cx),
            _ => panic!("the engine has a fault"),
        }))
    }

    fn wait(&self, after: LogId) -> BoxFuture<'_, Result<(), LogError>> {
        self.log.wait(after)
    }
}

type Begins = Pin<Box<dyn Future<Output = Result<Follow, LogError>> + Send>>;

/// A hub whose log holds `old` before its own history, and a function that resumes before it.
fn hub_above_an_old_entry(log: &Gated) -> (Hub<Logged>, impl Fn() -> Begins) {
    let append = |text: &str, number| {
        log.append(Once::new("test", number), None, &Event::new(text)).now_or_never().unwrap().unwrap()
    };
    let first = append("seen", 1).to_string();
    append("old", 2);
    let made = Hub::from_log(log.clone(), |_| std::future::ready(())).now_or_never().unwrap();
    let (hub, feeder) = made.unwrap();
    // Not polled, as all that is read here is below the history.
    std::mem::forget(feeder);
    let following = hub.clone();
    let begin = move || -> Begins {
        let (hub, first) = (following.clone(), first.clone());
        Box::pin(async move { hub.follow(Start::After(&first)).await })
    };
    (hub, begin)
}

fn poll_once(begins: &mut Begins, waker: &Waker) -> Poll<Result<Follow, LogError>> {
    begins.as_mut().poll(&mut Context::from_waker(waker))
}

/// A waker that polls its follower at once, as some executors do.
struct AtOnce {
    begins: Mutex<Begins>,
    began: AtomicUsize,
}

impl Wake for AtOnce {
    fn wake(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        if let Poll::Ready(Ok(_)) = poll_once(&mut self.begins.lock().unwrap(), &waker) {
            self.began.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[test]
fn a_waker_may_poll_another_follower_of_the_same_page() {
    let log = Gated::default();
    let (_hub, begin) = hub_above_an_old_entry(&log);
    let other = Arc::new(AtOnce { begins: Mutex::new(begin()), began: AtomicUsize::new(0) });
    Arc::clone(&other).wake();
    let mut one = begin();
    let waker = Waker::from(Arc::new(Count::default()));
    assert!(poll_once(&mut one, &waker).is_pending());
    log.gate.store(OPEN, Ordering::SeqCst);
    assert!(poll_once(&mut one, &waker).is_ready());
    assert_eq!(other.began.load(Ordering::SeqCst), 1);
}

#[test]
fn a_waker_that_panics_does_not_keep_others_from_their_page() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker has a fault");
        }
    }
    let log = Gated::default();
    let (_hub, begin) = hub_above_an_old_entry(&log);
    let mut followers = [begin(), begin(), begin()];
    let count = Arc::new(Count::default());
    let wakers =
        [Waker::from(Arc::new(Panics)), Waker::from(Arc::clone(&count)), Waker::from(Arc::new(Panics))];
    for (follower, waker) in followers.iter_mut().zip(&wakers) {
        assert!(poll_once(follower, waker).is_pending());
    }
    log.gate.store(OPEN, Ordering::SeqCst);
    assert!(poll_once(&mut followers[2], &wakers[2]).is_ready());
    assert_eq!(count.woken(), 1);
}

#[test]
fn an_engine_that_panics_is_an_error_to_the_followers_that_share_its_page() {
    let log = Gated::default();
    let (_hub, begin) = hub_above_an_old_entry(&log);
    let (mut one, mut other) = (begin(), begin());
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    assert!(poll_once(&mut other, &waker).is_pending());
    log.gate.store(PANICS, Ordering::SeqCst);
    let unwound = catch_unwind(AssertUnwindSafe(|| poll_once(&mut one, &waker)));
    assert!(unwound.is_err());
    assert_eq!(count.woken(), 2);
    let Poll::Ready(Err(error)) = poll_once(&mut other, &waker) else { panic!("expected an error") };
    assert_eq!(error.kind(), LogErrorKind::Unavailable);
    drop((one, other));
    log.gate.store(OPEN, Ordering::SeqCst);
    let mut follow = begin().now_or_never().unwrap().unwrap();
    assert_eq!(data(&drain(&mut follow))[0], "old");
}

#[test]
fn a_follower_that_leaves_while_it_reads_leaves_the_page_to_the_others() {
    let log = Gated::default();
    let (_hub, begin) = hub_above_an_old_entry(&log);
    let (mut one, mut other) = (begin(), begin());
    let waker = Waker::from(Arc::new(Count::default()));
    assert!(poll_once(&mut one, &waker).is_pending());
    assert!(poll_once(&mut other, &waker).is_pending());
    drop(one);
    log.gate.store(OPEN, Ordering::SeqCst);
    assert!(poll_once(&mut other, &waker).is_ready());
}

#[test]
fn a_feeder_that_is_dropped_closes_its_hub() {
    let log = MemoryLog::new();
    let (hub, feeder) = Hub::from_log(log, |_| std::future::ready(())).now_or_never().unwrap().unwrap();
    let mut follow = hub.follow(Start::Now).now_or_never().unwrap().unwrap();
    drain(&mut follow);
    let count = Arc::new(Count::default());
    assert_eq!(poll_with(&mut follow, &Waker::from(Arc::clone(&count))), Polled::Waits);
    drop(feeder);
    assert_eq!(count.woken(), 1);
    assert!(hub.is_closed());
    // A process that only publishes needs no feeder.
    assert!(hub.append(&hub.prepare(Event::new("a"))).now_or_never().unwrap().is_ok());
}

#[test]
fn a_recording_ends_even_if_its_last_event_panics() {
    let answers =
        Recordings::new(|| Duration::ZERO).with_keep(Duration::ZERO).with_end_event(|end| match end {
            End::Done => panic!("the caller's function has a fault"),
            _ => None,
        });
    let recorder = answers.record("7").unwrap();
    recorder.append(Event::new("a"));
    let mut follow = answers.follow("7", None).unwrap();
    assert_eq!(data(&drain(&mut follow)), ["a"]);
    let unwound = catch_unwind(AssertUnwindSafe(|| recorder.end(End::Done)));
    assert!(unwound.is_err());
    assert_eq!(poll(&mut follow), Polled::End);
}

#[test]
fn an_observer_that_panics_affects_neither_publishing_nor_following() {
    let hub = Hub::with_epoch(3).with_history(1).with_observer(|_| panic!("an observer has a fault"));
    let mut follow = hub.follow(Start::Now);
    drain(&mut follow);
    assert_eq!(hub.publish_all(["a", "b"].map(Event::new)), "3-2");
    assert_eq!(data(&drain(&mut follow)), [r#"{"reason":"forgotten","lost":1}"#, "b"]);
    drop(follow);
    hub.close();
    assert!(hub.is_closed());
}

#[test]
fn settings_that_are_changed_at_once_are_all_kept() {
    let (hub, is_done) = (Hub::with_epoch(3), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::SeqCst) {
                drop(hub.clone().with_farewell(Event::new("bye")));
            }
        });
        for _ in 0..5000 {
            let seen = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&seen);
            drop(hub.clone().with_observer(move |_| {
                counted.fetch_add(1, Ordering::SeqCst);
            }));
            hub.publish(Event::new("a"));
            if seen.load(Ordering::SeqCst) == 0 {
                is_done.store(true, Ordering::SeqCst);
                panic!("the other thread restored an older observer");
            }
        }
        is_done.store(true, Ordering::SeqCst);
    });
}

#[test]
fn a_clock_that_goes_backwards_keeps_the_history_and_its_order() {
    let now = Arc::new(AtomicUsize::new(1000));
    let reading = Arc::clone(&now);
    let clock = move || Duration::from_secs(reading.load(Ordering::SeqCst) as u64);
    let hub = Hub::with_epoch(3).with_max_age(Duration::from_secs(10), clock);
    for (text, second) in [("a", 1000), ("b", 5), ("c", 1009)] {
        now.store(second, Ordering::SeqCst);
        hub.publish(Event::new(text));
    }
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["a", "b", "c"]);
    now.store(0, Ordering::SeqCst);
    hub.forget_old();
    assert_eq!(hub.follow(Start::After("3-1")).outcome(), Outcome::Resumed { missed: Some(2) });
}
