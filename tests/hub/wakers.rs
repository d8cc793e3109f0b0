//! Wake-ups: which followers are woken, and how often.

use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use eventwire::hub::{Follow, Hub, Start};
use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::FutureExt;
use http_body_util::BodyExt;

use crate::support::{data, drain, poll_with, Count, Polled};

#[test]
fn a_burst_wakes_a_follower_once() {
    let hub = Hub::new();
    let mut follow = hub.follow(Start::Now);
    let count = Arc::new(Count::default());
    drain(&mut follow);
    for burst in 1..=3 {
        assert_eq!(poll_with(&mut follow, &Waker::from(Arc::clone(&count))), Polled::Waits);
        (0..10).for_each(|n: u32| drop(hub.publish(Event::new(n.to_string()))));
        assert_eq!(count.woken(), burst);
        assert_eq!(drain(&mut follow).len(), 10);
    }
}

#[test]
fn events_published_together_are_visible_together() {
    struct Reads(Mutex<(Follow, Vec<Event>)>);
    impl Wake for Reads {
        fn wake(self: Arc<Self>) {
            let (follow, seen) = &mut *self.0.lock().unwrap();
            seen.extend(drain(follow));
        }
    }
    let hub = Hub::with_epoch(3);
    let mut follow = hub.follow(Start::Now).with_topics(["order"]);
    drain(&mut follow);
    let reads = Arc::new(Reads(Mutex::new((follow, Vec::new()))));
    let waker = Waker::from(Arc::clone(&reads));
    assert_eq!(poll_with(&mut reads.0.lock().unwrap().0, &waker), Polled::Waits);
    // The wake-up is the only look at the hub, so it must show all three.
    assert_eq!(hub.publish_all_to("order", ["ordered", "paid", "sent"].map(Event::new)), "3-3");
    assert_eq!(data(&reads.0.lock().unwrap().1), ["ordered", "paid", "sent"]);
}

#[test]
fn a_batch_is_one_chunk_of_a_body() {
    let hub = Hub::with_epoch(3);
    let mut body = Box::pin(EventBody::new(hub.follow(Start::Now)));
    let mut next = || body.frame().now_or_never().map(|frame| frame.unwrap().unwrap().into_data().unwrap());
    next();
    assert_eq!(next(), None);
    hub.publish_all(["a", "b"].map(Event::new));
    assert_eq!(next().unwrap(), "id: 3-1\ndata: a\n\nid: 3-2\ndata: b\n\n");
}

#[test]
fn an_empty_batch_publishes_nothing() {
    let hub = Hub::with_epoch(3);
    hub.publish(Event::new("a"));
    let mut follow = hub.follow(Start::Now);
    let count = Arc::new(Count::default());
    drain(&mut follow);
    assert_eq!(poll_with(&mut follow, &Waker::from(Arc::clone(&count))), Polled::Waits);
    assert_eq!(hub.publish_all([]), "3-1");
    assert_eq!(count.woken(), 0);
}

#[test]
fn a_closed_hub_drops_a_batch() {
    let hub = Hub::with_epoch(3);
    hub.publish(Event::new("a"));
    hub.close();
    assert_eq!(hub.publish_all(["b", "c"].map(Event::new)), "3-1");
    // The last one is the reconnection time of the farewell.
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["a", ""]);
}

#[test]
fn a_batch_longer_than_the_history_leaves_a_gap_for_its_first_events() {
    let hub = Hub::with_epoch(3).with_history(2);
    let mut follow = hub.follow(Start::Now);
    drain(&mut follow);
    hub.publish_all(["a", "b", "c", "d"].map(Event::new));
    let events = drain(&mut follow);
    assert_eq!(events[0].event_type(), "gap");
    assert_eq!(data(&events[1..]), ["c", "d"]);
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let hub = Hub::new();
    let mut follow = hub.follow(Start::Now);
    drain(&mut follow);
    let counts = [(); 3].map(|()| Arc::new(Count::default()));
    for count in &counts {
        assert_eq!(poll_with(&mut follow, &Waker::from(Arc::clone(count))), Polled::Waits);
    }
    hub.publish(Event::new("a"));
    assert_eq!(counts.each_ref().map(|count| count.woken()), [0, 0, 1]);
    // The earlier wakers have been dropped.
    assert!(counts.iter().all(|count| Arc::strong_count(count) == 1));
}

#[test]
fn a_dropped_follower_frees_its_seat_and_its_waker_at_once() {
    let hub = Hub::new();
    let count = Arc::new(Count::default());
    let mut followers: Vec<_> = (0..1000).map(|_| hub.follow(Start::Now).with_topics(["a"])).collect();
    for follow in &mut followers {
        drain(follow);
        assert_eq!(poll_with(follow, &Waker::from(Arc::clone(&count))), Polled::Waits);
    }
    assert_eq!((hub.stats().followers, Arc::strong_count(&count)), (1000, 1001));
    followers.truncate(10);
    assert_eq!((hub.stats().followers, Arc::strong_count(&count)), (10, 11));
    hub.publish_to("a", Event::new("a"));
    assert_eq!((count.woken(), Arc::strong_count(&count)), (10, 1));
    drop(followers);
    assert_eq!(hub.stats().followers, 0);
}

#[test]
fn a_panicking_waker_does_not_affect_other_followers() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker of a test, as intended");
        }
    }
    let hub = Hub::new();
    let count = Arc::new(Count::default());
    let mut followers: Vec<_> = (0..50).map(|_| hub.follow(Start::Now)).collect();
    for (n, follow) in followers.iter_mut().enumerate() {
        drain(follow);
        let waker = if n % 10 == 3 { Waker::from(Arc::new(Panics)) } else { Waker::from(Arc::clone(&count)) };
        assert_eq!(poll_with(follow, &waker), Polled::Waits);
    }
    hub.publish(Event::new("a"));
    assert_eq!(count.woken(), 45);
    hub.publish(Event::new("b"));
    assert!(followers.iter_mut().all(|follow| data(&drain(follow)) == ["a", "b"]));
}

#[test]
fn a_waker_may_publish() {
    struct Answers(Hub);
    impl Wake for Answers {
        fn wake(self: Arc<Self>) {
            self.0.publish(Event::new("answer"));
        }
    }
    let hub = Hub::new();
    let mut follow = hub.follow(Start::Now);
    drain(&mut follow);
    assert_eq!(poll_with(&mut follow, &Waker::from(Arc::new(Answers(hub.clone())))), Polled::Waits);
    hub.publish(Event::new("question"));
    assert_eq!(data(&drain(&mut follow)), ["question", "answer"]);
}
