//! Interleavings of publish, follow, trim and close, with a history of three events.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use eventwire::{events, Event};
use futures_core::Stream;
use loom::future::block_on;
use loom::thread;

use super::settings::Settings;
use super::waiters::Waiters;
use super::{Follow, Hub, Start};

/// One slab of each kind: more slabs would only add interleavings of the same code.
fn hub() -> Hub {
    let settings = Settings { spread: None, farewell: Some(Event::new("bye")), ..Settings::default() };
    Hub::of(7, Waiters::new(1, 1), settings).with_history(3)
}

fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    // With two preemptions, loom finds what it finds with three, in a hundredth of the time.
    builder.preemption_bound = Some(2);
    builder.check(run);
}

async fn next(follow: &mut Follow) -> Option<Event> {
    let encoded = std::future::poll_fn(|cx: &mut Context<'_>| Pin::new(&mut *follow).poll_next(cx)).await?;
    Some(events(encoded.as_bytes()).next().unwrap().unwrap())
}

/// Reads to the end. Asserts that each event comes once and in order, and that each missing one was reported before.
fn read_all(mut follow: Follow, wants: fn(u64) -> bool) -> u64 {
    block_on(async move {
        let (mut last, mut at, mut gaps) = (None, 0, 0);
        while let Some(event) = next(&mut follow).await {
            if event.data() == "bye" {
                last = Some(());
                continue;
            }
            assert!(last.is_none(), "an event after the farewell");
            let number: u64 = event.id().unwrap().rsplit('-').next().unwrap().parse().unwrap();
            match event.event_type() {
                "gap" => {
                    assert!(number > at, "a gap although nothing is missing");
                    (at, gaps) = (number, gaps + 1);
                }
                "checkpoint" => {
                    assert!((at + 1..=number).all(|number| !wants(number)), "a checkpoint skips an event");
                    at = number;
                }
                _ => {
                    assert!(wants(number) && number > at);
                    assert!(
                        (at + 1..number).all(|number| !wants(number)),
                        "an event was skipped without a gap"
                    );
                    at = number;
                }
            }
        }
        assert!(last.is_some(), "no farewell");
        at * 10 + gaps
    })
}

fn topic(number: u64) -> &'static str {
    if number % 2 == 1 {
        "odd"
    } else {
        "even"
    }
}

fn publish(hub: &Hub, numbers: std::ops::RangeInclusive<u64>) {
    numbers.for_each(|number| drop(hub.publish_to(topic(number), Event::new(""))));
}

#[test]
fn a_follower_of_everything_sees_each_event_or_a_gap_and_then_the_end() {
    model(|| {
        let hub = hub();
        let follow = hub.follow(Start::Now);
        let reader = thread::spawn(move || read_all(follow, |_| true));
        publish(&hub, 1..=5);
        hub.close();
        // Whatever it missed, it has the ID of the last event.
        assert!(reader.join().unwrap() / 10 == 5);
    });
}

#[test]
fn a_follower_of_one_topic_is_woken_for_that_topic_and_misses_nothing() {
    model(|| {
        let hub = hub();
        let follow = hub.follow(Start::Now).with_topics(["odd"]);
        let reader = thread::spawn(move || read_all(follow, |number| number % 2 == 1));
        publish(&hub, 1..=4);
        hub.close();
        assert!(reader.join().unwrap() / 10 >= 3);
    });
}

#[test]
fn a_follower_has_no_gap_when_only_other_topics_are_forgotten() {
    model(|| {
        let hub = hub();
        let mut follow = hub.follow(Start::Now).with_topics(["none"]);
        // It has yielded its first ID and is waiting.
        block_on(async {
            assert_eq!(next(&mut follow).await.unwrap().event_type(), "checkpoint");
            let waits =
                std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut follow).poll_next(cx).is_pending()));
            assert!(waits.await);
        });
        let reader = thread::spawn(move || read_all(follow, |_| false));
        publish(&hub, 1..=4);
        hub.close();
        assert_eq!(reader.join().unwrap() % 10, 0, "a gap although no event was of its topic");
    });
}

#[test]
fn a_follower_of_two_publishers_misses_nothing() {
    model(|| {
        let hub = hub();
        let follow = hub.follow(Start::Now);
        let reader = thread::spawn(move || read_all(follow, |_| true));
        let other = hub.clone();
        let publisher = thread::spawn(move || publish(&other, 1..=2));
        publish(&hub, 1..=2);
        // Dropping the last clone closes the hub.
        drop(hub);
        publisher.join().unwrap();
        assert!(reader.join().unwrap() / 10 == 4);
    });
}

#[test]
fn a_follower_of_one_topic_of_two_publishers_misses_nothing() {
    model(|| {
        let hub = hub();
        let follow = hub.follow(Start::Now).with_topics(["a"]);
        let reader = thread::spawn(move || {
            block_on(async move {
                let (mut follow, mut seen) = (follow, 0);
                while let Some(event) = next(&mut follow).await {
                    assert_ne!(event.event_type(), "gap");
                    seen += u32::from(event.data() == "a");
                }
                seen
            })
        });
        let other = hub.clone();
        let publisher = thread::spawn(move || drop(other.publish_to("b", Event::new("b"))));
        hub.publish_to("a", Event::new("a"));
        drop(hub);
        publisher.join().unwrap();
        assert_eq!(reader.join().unwrap(), 1);
    });
}

#[test]
fn dropping_a_follower_does_not_affect_the_others() {
    model(|| {
        let hub = hub();
        let (mut leaves, stays) = (hub.follow(Start::Now), hub.follow(Start::Now));
        let leaver = thread::spawn(move || {
            block_on(std::future::poll_fn(|cx| Poll::Ready(drop(Pin::new(&mut leaves).poll_next(cx)))));
            drop(leaves);
        });
        let reader = thread::spawn(move || read_all(stays, |_| true));
        publish(&hub, 1..=1);
        hub.close();
        leaver.join().unwrap();
        assert!(reader.join().unwrap() / 10 == 1);
        assert_eq!(hub.stats().followers, 0);
    });
}

#[test]
fn trimming_during_a_read_causes_a_gap_at_most() {
    model(|| {
        let hub = hub();
        let follow = hub.follow(Start::Now);
        let reader = thread::spawn(move || read_all(follow, |_| true));
        let other = hub.clone();
        let trimmer = thread::spawn(move || drop(other.with_history(1)));
        publish(&hub, 1..=3);
        drop(hub);
        trimmer.join().unwrap();
        assert!(reader.join().unwrap() / 10 == 3);
    });
}

#[test]
fn a_follower_that_reconnects_during_publishing_misses_nothing_without_a_gap() {
    model(|| {
        let hub = hub();
        publish(&hub, 1..=2);
        let other = hub.clone();
        let publisher = thread::spawn(move || {
            publish(&other, 3..=5);
            other.close();
        });
        let follow = hub.follow(Start::After("7-1"));
        let outcome = follow.outcome();
        let read = read_after(follow, 1);
        publisher.join().unwrap();
        assert_eq!(read, 5, "{outcome:?}");
        let _: Arc<()> = Arc::default();
    });
}

/// Like [`read_all`], for a follower that has already seen `at` events.
fn read_after(mut follow: Follow, seen: u64) -> u64 {
    block_on(async move {
        let mut at = seen;
        while let Some(event) = next(&mut follow).await {
            let Some(id) = event.id() else { continue };
            let number: u64 = id.rsplit('-').next().unwrap().parse().unwrap();
            let is_told = event.event_type() == "gap";
            assert!(number == at + 1 || is_told && number > at, "{number} after {at}");
            at = number;
        }
        at
    })
}
