//! Closing a hub.

use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::Duration;

use eventwire::hub::{Hub, Outcome, Seen, Start};
use eventwire::Event;

use crate::support::{data, drain, poll, poll_with, Count, Polled};

#[test]
fn every_follower_gets_the_remaining_events_then_the_farewell_and_the_end() {
    let hub = Hub::with_epoch(7)
        .with_farewell(Event::new("back soon").with_type("shutdown"))
        .with_reconnection_times(Duration::from_secs(5)..=Duration::from_secs(30));
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    let mut followers: Vec<_> = (0..300).map(|_| hub.follow(Start::Now)).collect();
    followers.extend((0..300).map(|_| hub.follow(Start::Now).with_topics(["a"])));
    for follow in &mut followers {
        drain(follow);
        assert_eq!(poll_with(follow, &waker), Polled::Waits);
    }
    hub.publish_to("a", Event::new("last"));
    hub.close();
    hub.close();
    assert!(hub.is_closed() && count.woken() == 600);
    let mut times = Vec::new();
    for follow in &mut followers {
        let events = drain(follow);
        assert_eq!(data(&events), ["last", "back soon"]);
        times.push(events[1].retry().unwrap());
        assert_eq!(poll(follow), Polled::End);
    }
    // The delays are spread evenly over the range.
    for fifth in 0..5 {
        let from = Duration::from_secs(5 + 5 * fifth);
        let share = from..=from + Duration::from_secs(5);
        let here = times.iter().filter(|time| share.contains(*time)).count();
        assert!((60..=200).contains(&here), "expected 60 to 200 of 600 delays in fifth {fifth}, got {here}");
    }
}

#[test]
fn a_closed_hub_refuses_events_and_ends_new_followers() {
    let hub = Hub::with_epoch(7);
    hub.publish(Event::new("a"));
    hub.close();
    assert_eq!(hub.publish(Event::new("b")), "7-1");
    let mut follow = hub.follow(Start::After("7-0"));
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: Some(1) });
    let events = drain(&mut follow);
    assert_eq!((events.len(), events[0].data(), events[1].event_type()), (2, "a", "retry"));
    // This is not the end of a complete log, so the client should reconnect.
    assert_eq!(hub.follow(Start::After("7-1")).outcome(), Outcome::Resumed { missed: Some(0) });
}

#[test]
fn dropping_the_last_clone_closes_the_hub() {
    let hub = Hub::new();
    let clone = hub.clone();
    let mut follow = hub.follow(Start::Now);
    drop(hub);
    assert_eq!((drain(&mut follow).len(), poll(&mut follow)), (0, Polled::Waits));
    drop(clone);
    assert_eq!((drain(&mut follow).len(), poll(&mut follow)), (1, Polled::End));
}

#[test]
fn an_observer_sees_followers_gaps_and_the_close() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = Arc::clone(&seen);
    let hub = Hub::with_epoch(7)
        .with_history(1)
        .with_observer(move |seen: &Seen| notes.lock().unwrap().push(format!("{seen:?}")));
    let mut follow = hub.follow(Start::Now);
    drain(&mut follow);
    hub.publish(Event::new("a"));
    hub.publish(Event::new("b"));
    drain(&mut follow);
    drop(follow);
    drop(hub);
    let expected = [
        "Followed(Fresh)",
        "Published { events: 1, bytes: 17, woken: 1 }",
        "Published { events: 1, bytes: 17, woken: 0 }",
        "Gap(Gap { reason: Forgotten, lost: Some(1), resumes_after: LogId { first: 7, second: 1 } })",
        "Left",
        "Closed",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn the_stats_count_followers_and_find_the_slowest() {
    let hub = Hub::new();
    let mut fast = hub.follow(Start::Now);
    let slow = hub.follow(Start::Now);
    (0..500).for_each(|n: u32| drop(hub.publish(Event::new(n.to_string()))));
    drain(&mut fast);
    let stats = hub.stats();
    assert_eq!((stats.followers, stats.slowest, stats.history_events), (2, 500, 500));
    assert_eq!((fast.lag(), slow.lag()), (0, 500));
    drop(slow);
    assert_eq!((hub.stats().followers, hub.stats().slowest), (1, 0));
}
