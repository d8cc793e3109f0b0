//! Where a follower starts, for any last event ID.

use eventwire::hub::{GapReason, Hub, Outcome, Start};
use eventwire::server::LastEventId;
use eventwire::Event;

use crate::support::{data, drain, drain_all, number, poll, Polled};

/// A hub of epoch 7 that has published `1` to `10` and kept the last four.
fn hub() -> Hub {
    let hub = Hub::with_epoch(7).with_history(4);
    (1..=10).for_each(|n: u32| drop(hub.publish(Event::new(n.to_string()))));
    hub
}

#[test]
fn a_new_follower_gets_only_later_events() {
    let hub = hub();
    let mut follow = hub.follow(Start::Now);
    assert_eq!(follow.outcome(), Outcome::Fresh);
    assert!(drain(&mut follow).is_empty());
    assert_eq!(hub.publish(Event::new("11").with_id("mine")), "7-11");
    let events = drain(&mut follow);
    assert_eq!((data(&events), events[0].id().unwrap()), (vec!["11"], "7-11"));
    assert_eq!(poll(&mut follow), Polled::Waits);
}

#[test]
fn a_stream_begins_with_an_id_to_resume_from() {
    let hub = hub();
    let events = drain_all(&mut hub.follow(Start::Now));
    assert_eq!(events.len(), 1);
    let checkpoint = &events[0];
    assert_eq!((checkpoint.event_type(), checkpoint.data(), number(checkpoint)), ("checkpoint", "", 10));
    hub.publish(Event::new("11"));
    let seen = LastEventId::from_bytes(checkpoint.id().unwrap().as_bytes());
    let mut follow = hub.follow(seen.as_ref());
    assert_eq!(follow.outcome(), Outcome::Resumed { missed: Some(1) });
    assert_eq!(data(&drain_all(&mut follow)), ["11"]);
    // The same holds before the very first event.
    let hub = Hub::with_epoch(7);
    let first = drain_all(&mut hub.follow(Start::Now));
    hub.publish(Event::new("1"));
    let mut follow = hub.follow(Start::After(first[0].id().unwrap()));
    assert_eq!(
        (follow.outcome(), data(&drain(&mut follow))),
        (Outcome::Resumed { missed: Some(1) }, vec!["1"])
    );
}

#[test]
fn a_follower_can_start_at_the_oldest_event_or_a_few_back() {
    let hub = hub();
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["7", "8", "9", "10"]);
    assert_eq!(data(&drain(&mut hub.follow(Start::Last(2)))), ["9", "10"]);
    assert_eq!(data(&drain(&mut hub.follow(Start::Last(99)))), ["7", "8", "9", "10"]);
    assert_eq!(data(&drain(&mut hub.follow(Start::Last(usize::MAX)))), ["7", "8", "9", "10"]);
    assert!(drain(&mut hub.follow(Start::Last(0))).is_empty());
}

#[test]
fn ids_at_the_edges_of_the_history_resume_or_give_a_gap_of_the_right_size() {
    let hub = hub();
    for seen in 0..=10_u64 {
        let id = format!("7-{seen}");
        let mut follow = hub.follow(Start::After(&id));
        let outcome = follow.outcome();
        let events = drain_all(&mut follow);
        if seen < 6 {
            let Outcome::Gap(gap) = outcome else { panic!("{seen}: {outcome:?}") };
            assert_eq!((gap.reason(), gap.lost()), (GapReason::Forgotten, Some(6 - seen)));
            assert_eq!(events[0].event_type(), "gap");
            assert_eq!(events[0].data(), format!(r#"{{"reason":"forgotten","lost":{}}}"#, 6 - seen));
            // After the gap, the follower continues with the oldest event that is left.
            assert_eq!((number(&events[0]), gap.resumes_after().second()), (6, 6));
            assert_eq!(data(&events[1..]), ["7", "8", "9", "10"]);
        } else {
            assert_eq!(outcome, Outcome::Resumed { missed: Some(10 - seen) });
            assert_eq!(events.iter().map(number).collect::<Vec<_>>(), (seen + 1..=10).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_foreign_id_gives_a_gap_and_then_the_whole_history() {
    let hub = hub();
    let digits = "9".repeat(1 << 20);
    let others = [
        "8-7",
        "6-7",
        "0-0",
        "7-11",
        "7-18446744073709551615",
        "18446744073709551615-18446744073709551615",
        "07-8",
        "7-08",
        "+7-8",
        "7-8 ",
        "7",
        "8",
        "-",
        "7-",
        "-8",
        "7-8-9",
        "abc",
        "caf\u{FFFD}",
        "7\u{2010}8",
        &digits,
    ];
    for other in others {
        let seen = LastEventId::from_bytes(other.as_bytes());
        let mut follow = hub.follow(seen.as_ref());
        let Outcome::Gap(gap) = follow.outcome() else { panic!("{other:.40}: {:?}", follow.outcome()) };
        assert_eq!((gap.reason(), gap.lost()), (GapReason::Unknown, None), "{other:.40}");
        let events = drain_all(&mut follow);
        assert_eq!(events[0].data(), r#"{"reason":"unknown","lost":null}"#);
        assert_eq!(data(&events[1..]), ["7", "8", "9", "10"]);
        // A client that reconnects with the ID of the gap does not get a second gap.
        let again = hub.follow(Start::After(events[0].id().unwrap()));
        assert_eq!(again.outcome(), Outcome::Resumed { missed: Some(4) });
        // A follower can also skip the history.
        let mut follow = hub.follow(seen.as_ref()).skipping_history();
        let events = drain_all(&mut follow);
        assert_eq!((events.len(), number(&events[0])), (1, 10));
    }
}

#[test]
fn hubs_with_default_epochs_do_not_accept_each_others_ids() {
    let (one, other) = (Hub::new(), Hub::new());
    let id = one.publish(Event::new("a"));
    other.publish(Event::new("b"));
    assert!(matches!(other.follow(Start::After(&id)).outcome(), Outcome::Gap(_)));
}

#[test]
fn a_history_of_no_events_keeps_the_newest_one() {
    let hub = Hub::with_epoch(7).with_history(0).with_history_bytes(0);
    let mut follow = hub.follow(Start::Now);
    for text in ["a", "b"] {
        hub.publish(Event::new(text));
        assert_eq!(data(&drain(&mut follow)), [text]);
    }
    assert_eq!(data(&drain(&mut hub.follow(Start::Oldest))), ["b"]);
}

#[test]
fn an_empty_id_counts_as_no_id() {
    let hub = hub();
    let empty: LastEventId = "".parse().unwrap();
    let mut follow = hub.follow(Some(&empty));
    assert_eq!(follow.outcome(), Outcome::Fresh);
    hub.publish(Event::new("live"));
    assert_eq!(data(&drain_all(&mut follow)), data(&drain_all(&mut hub.follow(Start::Last(1)))));
}
