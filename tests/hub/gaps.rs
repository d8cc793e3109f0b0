//! Gaps: what a follower gets that is too slow.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use eventwire::hub::{GapPolicy, GapReason, Hub, Outcome, Start};
use eventwire::Event;

use crate::support::{data, drain, number, poll, Polled};

fn publish(hub: &Hub, numbers: std::ops::RangeInclusive<u64>) {
    numbers.for_each(|n| drop(hub.publish(Event::new(n.to_string()))));
}

#[test]
fn a_slow_follower_learns_how_much_it_missed_and_continues_with_the_oldest_event() {
    let hub = Hub::with_epoch(7).with_history(3);
    let mut follow = hub.follow(Start::Now);
    publish(&hub, 1..=2);
    assert_eq!(data(&drain(&mut follow)), ["1", "2"]);
    publish(&hub, 3..=10);
    let events = drain(&mut follow);
    assert_eq!(events[0].data(), r#"{"reason":"forgotten","lost":5}"#);
    assert_eq!((number(&events[0]), data(&events[1..])), (7, vec!["8", "9", "10"]));
    assert_eq!(hub.stats().slowest, 0);
}

#[test]
fn a_follower_that_ends_at_a_gap_gets_the_gap_when_it_reconnects() {
    let hub = Hub::with_epoch(7).with_history(3);
    let mut follow = hub.follow(Start::Now).with_gap_policy(GapPolicy::End);
    publish(&hub, 1..=1);
    let seen = drain(&mut follow).pop().unwrap();
    publish(&hub, 2..=10);
    assert_eq!((poll(&mut follow), poll(&mut follow)), (Polled::End, Polled::End));
    let mut follow = hub.follow(Start::After(seen.id().unwrap())).with_gap_policy(GapPolicy::End);
    let Outcome::Gap(gap) = follow.outcome() else { panic!("{:?}", follow.outcome()) };
    assert_eq!(gap.lost(), Some(6));
    // The ID was known, so the stream resumes.
    assert_eq!(data(&drain(&mut follow)[1..]), ["8", "9", "10"]);
}

#[test]
fn after_a_gap_only_the_newest_event_of_each_topic_is_delivered() {
    let hub = Hub::with_epoch(7).with_history(6);
    let mut follow = hub.follow(Start::Now).with_gap_policy(GapPolicy::NewestPerTopic);
    let tick = |topic: &'static str, n: u32| drop(hub.publish_to(topic, Event::new(format!("{topic}{n}"))));
    (1..=9).for_each(|n| tick("a", n));
    tick("b", 1);
    tick("a", 10);
    tick("c", 1);
    tick("a", 11);
    tick("b", 2);
    let events = drain(&mut follow);
    assert_eq!(events[0].event_type(), "gap");
    assert_eq!(data(&events[1..]), ["c1", "a11", "b2"]);
    // From here on, every event is delivered again.
    tick("a", 12);
    tick("a", 13);
    assert_eq!(data(&drain(&mut follow)), ["a12", "a13"]);
}

#[test]
fn after_a_gap_only_wanted_topics_are_delivered_and_a_second_overflow_is_a_second_gap() {
    let hub = Hub::with_epoch(7).with_history(4);
    let mut follow =
        hub.follow(Start::Now).with_topics(["a", "b"]).with_gap_policy(GapPolicy::NewestPerTopic);
    let tick = |topic: &'static str, n: u32| drop(hub.publish_to(topic, Event::new(format!("{topic}{n}"))));
    assert!(drain(&mut follow).is_empty());
    (1..=9).for_each(|n| tick("a", n));
    tick("x", 1);
    tick("b", 1);
    tick("x", 2);
    assert!(matches!(poll(&mut follow), Polled::Event(gap) if gap.event_type() == "gap"));
    // These events are published before the follower has read the two that were left.
    (10..=13).for_each(|n| tick("b", n));
    let events = drain(&mut follow);
    assert_eq!(events[0].event_type(), "gap");
    assert_eq!(data(&events[1..]), ["b13"]);
}

#[test]
fn bytes_bound_the_history_and_a_larger_event_is_kept_alone() {
    let hub = Hub::with_epoch(7).with_history_bytes(10_000);
    publish(&hub, 1..=1000);
    let few = hub.stats();
    assert!(few.history_bytes <= 10_000 && few.history_events > 20, "{few:?}");
    hub.publish(Event::new("x".repeat(20_000)));
    assert_eq!(hub.stats().history_events, 1);
    hub.publish(Event::new("y"));
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["y"]);
}

#[test]
fn age_bounds_the_history_by_the_callers_clock() {
    let clock = Arc::new(AtomicU64::new(0));
    let reading = Arc::clone(&clock);
    let now = move || Duration::from_secs(reading.load(Ordering::Relaxed));
    let hub = Hub::with_epoch(7).with_max_age(Duration::from_secs(60), now);
    publish(&hub, 1..=2);
    clock.store(50, Ordering::Relaxed);
    publish(&hub, 3..=3);
    clock.store(60, Ordering::Relaxed);
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["1", "2", "3"]);
    clock.store(61, Ordering::Relaxed);
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["3"]);
    // The hub has no timer: the caller must call it.
    clock.store(1000, Ordering::Relaxed);
    assert_eq!(hub.stats().history_events, 1);
    hub.forget_old();
    assert_eq!(hub.stats().history_events, 0);
    let Outcome::Gap(gap) = hub.follow(Start::After("7-2")).outcome() else { panic!() };
    assert_eq!((gap.reason(), gap.lost()), (GapReason::Forgotten, Some(1)));
    assert_eq!(hub.follow(Start::After("7-3")).outcome(), Outcome::Resumed { missed: Some(0) });
    publish(&hub, 4..=4);
    assert_eq!(data(&drain(&mut hub.follow(Start::After("7-3")))), ["4"]);
}

#[test]
fn a_gap_event_has_the_callers_type_and_data_and_the_hubs_id() {
    let hub = Hub::with_epoch(7)
        .with_history(1)
        .with_gap_event(|gap| Event::new(format!("{:?}", gap.lost())).with_type("reload").with_id("mine"));
    publish(&hub, 1..=5);
    let gap = drain(&mut hub.follow(Start::After("7-1"))).remove(0);
    assert_eq!((gap.event_type(), gap.data(), number(&gap)), ("reload", "Some(3)", 4));
}
