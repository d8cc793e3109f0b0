//! Random schedules: the hub agrees with its slow twin, a list that is searched from the start for every event.
//!
//! The twin keeps every event ever published, and of a follower only the place from which it may get events.

use eventwire::hub::{Follow, GapPolicy, Hub, Outcome, Start};
use eventwire::Event;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{number, poll, Polled};

#[derive(Clone, Debug)]
enum Action {
    Publish(usize),
    /// Publishes so many events of a topic in one step.
    PublishAll(usize, usize),
    Follow(From, Wants, bool),
    /// Polls the follower with this index so many times.
    Poll(usize, usize),
    /// Drops the follower and lets the client reconnect with its last ID.
    Resume(usize),
    Drop(usize),
    Keep(usize),
    Close,
}

#[derive(Clone, Copy, Debug)]
enum From {
    Now,
    Oldest,
    Last(usize),
    After(u64),
}

#[derive(Clone, Copy, Debug)]
enum Wants {
    All,
    One(usize),
    Two(usize, usize),
    Function(usize),
}

const TOPICS: [&str; 3] = ["a", "b", "c"];

impl Wants {
    fn takes(self, topic: usize) -> bool {
        match self {
            Wants::All => true,
            Wants::One(one) | Wants::Function(one) => topic == one,
            Wants::Two(one, other) => topic == one || topic == other,
        }
    }

    fn set(self, follow: Follow) -> Follow {
        match self {
            Wants::All => follow,
            Wants::One(one) => follow.with_topics([TOPICS[one]]),
            Wants::Two(one, other) => follow.with_topics([TOPICS[one], TOPICS[other]]),
            Wants::Function(one) => follow.with_filter(move |topic| topic == Some(TOPICS[one])),
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let from = prop_oneof![
        Just(From::Now),
        Just(From::Oldest),
        (0..6_usize).prop_map(From::Last),
        (0..40_u64).prop_map(From::After),
    ];
    let topic = || 0..TOPICS.len();
    let wants = prop_oneof![
        Just(Wants::All),
        topic().prop_map(Wants::One),
        (topic(), topic()).prop_map(|(one, other)| Wants::Two(one, other)),
        topic().prop_map(Wants::Function),
    ];
    let action = prop_oneof![
        8 => topic().prop_map(Action::Publish),
        2 => (topic(), 0..8_usize).prop_map(|(topic, count)| Action::PublishAll(topic, count)),
        2 => (from, wants, any::<bool>()).prop_map(|(from, wants, ends)| Action::Follow(from, wants, ends)),
        8 => (0..8_usize, 1..5_usize).prop_map(|(who, times)| Action::Poll(who, times)),
        2 => (0..8_usize).prop_map(Action::Resume),
        1 => (0..8_usize).prop_map(Action::Drop),
        1 => (0..6_usize).prop_map(Action::Keep),
    ];
    (vec(action, 0..120), prop::bool::weighted(0.3)).prop_map(|(mut actions, closes)| {
        if closes {
            actions.insert(actions.len() * 4 / 5, Action::Close);
        }
        actions.extend((0..8).map(|who| Action::Poll(who, 200)));
        actions
    })
}

/// The twin: event `n` has the topic `topics[n - 1]`, and the history begins at `first`.
struct List {
    topics: Vec<usize>,
    first: u64,
    keep: usize,
    is_closed: bool,
}

impl List {
    fn last(&self) -> u64 {
        self.topics.len() as u64
    }

    fn trim(&mut self) {
        self.first = self.first.max((self.last() + 1).saturating_sub(self.keep.max(1) as u64));
    }

    /// The next wanted event after `at`, of all that were ever published.
    fn next(&self, after: u64, wants: Wants) -> Option<u64> {
        (after + 1..=self.last()).find(|n| wants.takes(self.topics[*n as usize - 1]))
    }
}

/// A client that may still get the events after `at`.
struct Client {
    follow: Follow,
    wants: Wants,
    ends: bool,
    at: u64,
    /// Its last ID.
    id: Option<u64>,
    is_over: bool,
}

fn begin(hub: &Hub, list: &List, from: From, wants: Wants, ends: bool) -> Client {
    let follow = match from {
        From::Now => hub.follow(Start::Now),
        From::Oldest => hub.follow(Start::Oldest),
        From::Last(count) => hub.follow(Start::Last(count)),
        From::After(n) => hub.follow(Start::After(&format!("7-{n}"))),
    };
    let mut follow = wants.set(follow);
    if ends {
        follow = follow.with_gap_policy(GapPolicy::End);
    }
    let kept = || list.first..=list.last();
    let (at, outcome) = match from {
        From::Now => (list.last(), "fresh".to_owned()),
        From::Oldest => (list.first - 1, "fresh".to_owned()),
        From::Last(count) => {
            let wanted: Vec<_> = kept().filter(|n| wants.takes(list.topics[*n as usize - 1])).collect();
            let begin = wanted.len().saturating_sub(count);
            (wanted.get(begin).map_or(list.last(), |n| n - 1), "fresh".to_owned())
        }
        From::After(n) if n > list.last() => (list.first - 1, "gap unknown None".to_owned()),
        From::After(n) if n + 1 < list.first => {
            let lost = if matches!(wants, Wants::All) { Some(list.first - 1 - n) } else { None };
            (list.first - 1, format!("gap forgotten {lost:?}"))
        }
        From::After(n) => (n, format!("resumed {}", list.last() - n)),
    };
    let found = match follow.outcome() {
        Outcome::Fresh => "fresh".to_owned(),
        Outcome::Resumed { missed } => format!("resumed {}", missed.unwrap()),
        Outcome::Gap(gap) => {
            let Polled::Event(event) = poll(&mut follow) else { panic!("expected an event for {gap:?}") };
            assert_eq!((event.event_type(), number(&event)), ("gap", list.first - 1));
            format!("gap {} {:?}", gap.reason().as_str(), gap.lost())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(found, outcome);
    let id = if found == "fresh" { None } else { Some(at) };
    Client { follow, wants, ends, at, id, is_over: false }
}

/// Polls once; `false` if the client waits or has ended.
fn step(list: &List, client: &mut Client) -> bool {
    let Client { follow, wants, ends, at, id, is_over } = client;
    let polled = poll(follow);
    if *is_over {
        assert_eq!(polled, Polled::End);
        return false;
    }
    let next = list.next(*at, *wants);
    match polled {
        Polled::Waits => {
            assert!(next.is_none() && !list.is_closed, "expected event {next:?}, but the follower waits");
            false
        }
        Polled::End => {
            // A follower may be configured to end at a gap.
            assert!(*ends && *at + 1 < list.first, "expected event {next:?}, but the stream ended");
            *is_over = true;
            false
        }
        Polled::Event(event) => {
            match event.event_type() {
                "retry" => {
                    assert!(list.is_closed && next.is_none());
                    *is_over = true;
                }
                "gap" => {
                    // The history has lost an event after `at`, though perhaps not of a wanted topic.
                    assert!(*at + 1 < list.first && !*ends, "a gap although nothing was forgotten");
                    assert_eq!(number(&event), list.first - 1);
                    if matches!(wants, Wants::All) {
                        let lost = list.first - 1 - *at;
                        assert_eq!(event.data(), format!(r#"{{"reason":"forgotten","lost":{lost}}}"#));
                    }
                    (*at, *id) = (list.first - 1, Some(list.first - 1));
                }
                "checkpoint" => {
                    let n = number(&event);
                    assert!(
                        n >= *at && next.map_or(true, |next| n < next),
                        "a checkpoint at {n}, past the next event {next:?}"
                    );
                    (*at, *id) = (n, Some(n));
                }
                _ => {
                    let n = number(&event);
                    assert_eq!(Some(n), next, "an event was skipped without a gap");
                    assert!(n >= list.first);
                    assert_eq!(event.data(), n.to_string());
                    (*at, *id) = (n, Some(n));
                }
            }
            true
        }
    }
}

fn run(actions: Vec<Action>, keep: usize) {
    let hub = Hub::with_epoch(7).with_history(keep);
    let mut list = List { topics: Vec::new(), first: 1, keep, is_closed: false };
    let mut clients: Vec<Client> = Vec::new();
    for action in actions {
        match action {
            Action::Publish(topic) => {
                let n = list.last() + u64::from(!list.is_closed);
                let id = hub.publish_to(TOPICS[topic], Event::new(n.to_string()));
                assert_eq!(id, format!("7-{n}").as_str());
                if !list.is_closed {
                    list.topics.push(topic);
                    list.trim();
                }
            }
            Action::PublishAll(topic, count) => {
                let count = if list.is_closed { 0 } else { count };
                let events = (list.last() + 1..).take(count).map(|n| Event::new(n.to_string()));
                let last = list.last() + count as u64;
                assert_eq!(hub.publish_all_to(TOPICS[topic], events), format!("7-{last}").as_str());
                list.topics.extend(std::iter::repeat(topic).take(count));
                list.trim();
            }
            Action::Follow(from, wants, ends) if clients.len() < 8 => {
                clients.push(begin(&hub, &list, from, wants, ends));
            }
            Action::Poll(who, times) => {
                if let Some(client) = clients.get_mut(who) {
                    (0..times).all(|_| step(&list, client));
                }
            }
            Action::Resume(who) if who < clients.len() => {
                let Client { wants, ends, id, .. } = clients.swap_remove(who);
                clients.push(begin(&hub, &list, id.map_or(From::Now, From::After), wants, ends));
            }
            Action::Drop(who) if who < clients.len() => drop(clients.swap_remove(who)),
            Action::Keep(events) => {
                list.keep = events;
                list.trim();
                let _same = hub.clone().with_history(events);
            }
            Action::Close => {
                list.is_closed = true;
                hub.close();
            }
            _ => {}
        }
        assert_eq!(hub.stats().followers, clients.len());
        assert_eq!(hub.stats().history_events as u64, list.last() + 1 - list.first);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_hub_agrees_with_a_list(actions in actions(), keep in 0..12_usize) {
        run(actions, keep);
    }
}
