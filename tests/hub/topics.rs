//! Topics: which events a follower gets, and how checkpoints keep its place in the history.

use std::sync::Arc;
use std::task::Waker;

use eventwire::hub::{Hub, Outcome, Start, Topic};
use eventwire::Event;

use crate::support::{data, drain, drain_all, number, poll, poll_with, Count, Polled};

fn tick(hub: &Hub, topic: &str, n: u64) {
    hub.publish_to(topic, Event::new(n.to_string()));
}

#[test]
fn a_follower_selects_topics_by_key_by_several_keys_or_by_a_function() {
    let hub = Hub::new();
    let mut one = hub.follow(Start::Now).with_topics(["cats"]);
    let mut two = hub.follow(Start::Now).with_topics(["cats", "dogs"]);
    let mut filter =
        hub.follow(Start::Now).with_filter(|topic| topic.map_or(true, |topic| topic.contains('o')));
    let mut none = hub.follow(Start::Now).with_topics::<&str>([]);
    let mut all = hub.follow(Start::Now);
    for round in 0..3 {
        tick(&hub, "cats", 1);
        tick(&hub, "dogs", 2);
        hub.publish(Event::new("3"));
        tick(&hub, "cows", 4);
        assert_eq!(data(&drain(&mut one)), ["1"], "{round}");
        assert_eq!(data(&drain(&mut two)), ["1", "2"]);
        assert_eq!(data(&drain(&mut filter)), ["2", "3", "4"]);
        assert!(drain(&mut none).is_empty());
        assert_eq!(data(&drain(&mut all)), ["1", "2", "3", "4"]);
    }
}

#[test]
fn an_event_wakes_only_followers_of_its_topic() {
    let hub = Hub::new();
    let cats = Topic::from("cats");
    let mut followers: Vec<_> = ["cats", "dogs", "cats", "cows"]
        .map(|topic| (hub.follow(Start::Now).with_topics([topic]), Arc::new(Count::default())))
        .into_iter()
        .collect();
    for (follow, count) in &mut followers {
        drain(follow);
        assert_eq!(poll_with(follow, &Waker::from(Arc::clone(count))), Polled::Waits);
    }
    for _ in 0..3 {
        hub.publish_to(&cats, Event::new("Miso"));
    }
    let woken: Vec<_> = followers.iter().map(|(_, count)| count.woken()).collect();
    assert_eq!(woken, [1, 0, 1, 0]);
}

#[test]
fn a_thousand_events_of_other_topics_are_no_gap() {
    let hub = Hub::with_epoch(7).with_history(10);
    let mut quiet = hub.follow(Start::Now).with_topics(["quiet"]);
    let count = Arc::new(Count::default());
    drain(&mut quiet);
    assert_eq!(poll_with(&mut quiet, &Waker::from(Arc::clone(&count))), Polled::Waits);
    (1..=1000).for_each(|n| tick(&hub, "busy", n));
    tick(&hub, "quiet", 1001);
    let events = drain_all(&mut quiet);
    assert_eq!(events.last().unwrap().data(), "1001");
    assert!(events.iter().all(|event| event.event_type() != "gap"), "{events:?}");
}

#[test]
fn checkpoints_keep_a_quiet_follower_within_the_history() {
    for by_key in [true, false] {
        let hub = Hub::with_epoch(7).with_history(200);
        let follow = hub.follow(Start::Now);
        let mut follow = if by_key {
            follow.with_topics(["quiet"])
        } else {
            follow.with_filter(|topic| topic == Some("quiet"))
        };
        let count = Arc::new(Count::default());
        let (mut checkpoints, mut id, mut woken) = (0, None, usize::MAX);
        for n in 1..=5000 {
            // Like a task, the follower is polled only after it is woken.
            if count.woken() != woken {
                woken = count.woken();
                while let Polled::Event(event) = poll_with(&mut follow, &Waker::from(Arc::clone(&count))) {
                    assert_eq!((event.event_type(), event.data()), ("checkpoint", ""));
                    checkpoints += 1;
                    id = event.id().map(str::to_owned);
                }
            }
            tick(&hub, "busy", n);
            let back = hub.follow(Start::After(id.as_deref().unwrap()));
            assert!(matches!(back.outcome(), Outcome::Resumed { .. }), "{n}: {:?}", back.outcome());
        }
        assert!((25..=100).contains(&checkpoints), "{checkpoints}");
    }
}

#[test]
fn checkpoints_can_be_turned_off() {
    let hub = Hub::new().with_history(10).without_checkpoints();
    let mut quiet = hub.follow(Start::Now).with_topics(["quiet"]);
    for n in 1..=100 {
        tick(&hub, "busy", n);
        assert_eq!(poll(&mut quiet), Polled::Waits);
    }
}

#[test]
fn a_follower_can_start_a_few_events_back_in_a_topic() {
    let hub = Hub::with_epoch(7);
    (1..=9).for_each(|n| tick(&hub, ["a", "b", "c"][n as usize % 3], n));
    let events = drain(&mut hub.follow(Start::Last(2)).with_topics(["a"]));
    assert_eq!(events.iter().map(number).collect::<Vec<_>>(), [6, 9]);
    let events = drain(&mut hub.follow(Start::Last(2)).with_filter(|topic| topic == Some("b")));
    assert_eq!(events.iter().map(number).collect::<Vec<_>>(), [4, 7]);
    assert!(drain(&mut hub.follow(Start::Last(2)).with_topics(["x"])).is_empty());
    assert!(drain(&mut hub.follow(Start::Last(0)).with_topics(["a"])).is_empty());
}

#[test]
fn an_id_of_another_topic_resumes() {
    let hub = Hub::with_epoch(7);
    (1..=6).for_each(|n| tick(&hub, ["a", "b"][n as usize % 2], n));
    let mut follow = hub.follow(Start::After("7-3")).with_topics(["a"]);
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: Some(3) });
    assert_eq!(data(&drain(&mut follow)), ["4", "6"]);
}
