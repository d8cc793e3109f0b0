//! `judge`: counts lost and repeated events.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eventwire::hub::{Follow, Hub, Logged, Outcome, Start};
use eventwire::{events, Event};
use futures_util::StreamExt;

/// An item that a client received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// An event of a publisher.
    Event {
        id: String,
        publisher: String,
        number: u64,
    },
    Gap {
        id: String,
        data: String,
    },
}

impl Got {
    pub(crate) fn id(&self) -> &str {
        match self {
            Got::Event { id, .. } | Got::Gap { id, .. } => id,
        }
    }

    pub(crate) fn number(&self) -> Option<u64> {
        match self {
            Got::Event { number, .. } => Some(*number),
            Got::Gap { .. } => None,
        }
    }

    pub(crate) fn is_of(&self, name: &str) -> bool {
        matches!(self, Got::Event { publisher, .. } if publisher == name)
    }
}

/// A publisher's event with this number.
pub(crate) fn numbered(publisher: &str, number: u64) -> Event {
    Event::new(format!("{publisher} {number}"))
}

/// A client that reads a stream and reconnects to the hub that the test chooses.
pub(crate) struct Client {
    follow: Follow,
    pub(crate) got: Vec<Got>,
    /// The last ID that it received.
    pub(crate) last: String,
}

impl Client {
    pub(crate) async fn new(hub: &Hub<Logged>) -> Self {
        Client { follow: hub.follow(Start::Now).await.unwrap(), got: Vec::new(), last: String::new() }
    }

    pub(crate) async fn after(hub: &Hub<Logged>, id: &str) -> Self {
        Client { follow: hub.follow(Start::After(id)).await.unwrap(), got: Vec::new(), last: id.to_owned() }
    }

    /// Drops the connection and reconnects to a hub.
    pub(crate) async fn hop(&mut self, hub: &Hub<Logged>) {
        // Retries while the hub cannot tell where the client resumes.
        self.follow = loop {
            let start = if self.last.is_empty() { Start::Now } else { Start::After(&self.last) };
            match hub.follow(start).await {
                Ok(follow) => break follow,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.follow.outcome()
    }

    /// Reads one event; `false` at the end.
    pub(crate) async fn read(&mut self) -> bool {
        let Some(encoded) = self.follow.next().await else { return false };
        for event in events(encoded.as_bytes()) {
            let event = event.unwrap();
            let id = event.id().unwrap().to_string();
            self.last.clone_from(&id);
            match event.event_type() {
                "checkpoint" => {}
                "gap" => self.got.push(Got::Gap { id, data: event.data().to_owned() }),
                _ => {
                    let (publisher, number) = event.data().split_once(' ').unwrap();
                    let (publisher, number) = (publisher.to_owned(), number.parse().unwrap());
                    self.got.push(Got::Event { id, publisher, number });
                }
            }
        }
        true
    }

    /// Reads until `done`; panics after 60 s.
    #[track_caller]
    pub(crate) fn read_until<'a>(
        &'a mut self,
        done: impl Fn(&[Got]) -> bool + 'a,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let reading = async {
                while !done(&self.got) {
                    assert!(self.read().await, "the stream ended");
                }
            };
            let within = tokio::time::timeout(Duration::from_secs(60), reading).await;
            assert!(within.is_ok(), "{caller}: not done after 60 s, got {:?}", self.got);
        }
    }

    pub(crate) fn gaps(&self) -> usize {
        self.got.iter().filter(|got| matches!(got, Got::Gap { .. })).count()
    }

    /// The numbers of all events.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.got.iter().filter_map(Got::number).collect()
    }

    #[track_caller]
    pub(crate) fn judge(&self) {
        let verdict = judge(&self.got);
        assert_eq!(verdict, Verdict::default(), "{:?}", self.got);
    }
}

/// The number of lost and repeated events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) lost: u64,
    pub(crate) twice: u64,
}

/// Each publisher numbers its events. After a gap, the next new event of each publisher may have any number, once.
/// Events that the client saw before the gap may come again after it: the new log repeats them.
pub(crate) fn judge(got: &[Got]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    let mut forgiven: BTreeSet<&str> = BTreeSet::new();
    for got in got {
        match got {
            Got::Gap { .. } => {
                last.clear();
                forgiven.extend(newest.keys());
            }
            Got::Event { publisher, number, .. } => {
                let before = last.insert(publisher, *number);
                let known = newest.get(&**publisher).copied();
                let is_new = known.map_or(true, |known| *number > known);
                verdict.twice += u64::from(before.is_some_and(|before| *number <= before));
                if is_new {
                    let is_forgiven = forgiven.remove(&**publisher);
                    if let Some(known) = known.filter(|_| !is_forgiven) {
                        verdict.lost += number - known - 1;
                    }
                    newest.insert(publisher, *number);
                }
            }
        }
    }
    verdict
}

#[test]
fn the_judge_counts_lost_and_repeated_events() {
    let event =
        |publisher: &str, number| Got::Event { id: String::new(), publisher: publisher.into(), number };
    let gap = || Got::Gap { id: String::new(), data: String::new() };
    assert_eq!(judge(&[event("a", 1), event("b", 7), event("a", 2)]), Verdict::default());
    assert_eq!(judge(&[event("a", 1), event("a", 3), event("a", 3)]), Verdict { lost: 1, twice: 1 });
    assert_eq!(
        judge(&[event("a", 5), event("b", 5), gap(), event("a", 2), event("b", 9)]),
        Verdict::default()
    );
    let repeated = [1, 2, 3, 0, 1, 4].map(|number| if number == 0 { gap() } else { event("a", number) });
    assert_eq!(judge(&repeated), Verdict::default());
    assert_eq!(judge(&[gap(), event("a", 2), event("a", 1)]), Verdict { lost: 0, twice: 1 });
    let forgiven_once = [event("a", 1), gap(), event("a", 4), event("a", 6)];
    assert_eq!(judge(&forgiven_once), Verdict { lost: 1, twice: 0 });
}
