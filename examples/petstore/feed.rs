//! What happened lately, for everybody who listens and for whoever was away.
//!
//! An event is encoded once and its bytes are shared. A client has no queue of its own but a place in the history
//! that all share. So a slow one holds no memory and stops nobody: it falls behind. When what it should read next is
//! forgotten, it is told so and goes on with the oldest that is left. One that comes back is just a slow one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventwire::{Encoded, Event};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::watch;

pub(crate) struct Feed {
    history: Mutex<History>,
    /// The ID that the next event will have.
    next: watch::Sender<u64>,
}

struct History {
    /// The ID of the first event that there ever was.
    origin: u64,
    /// The ID of the oldest one that is left.
    first: u64,
    events: VecDeque<(Topic, Encoded)>,
    capacity: usize,
}

/// What an event is about: not everybody listens to everything.
pub(crate) type Topic = &'static str;

impl Feed {
    /// Numbers its events from `first` on, and keeps the last `capacity` of them.
    pub(crate) fn new(first: u64, capacity: usize) -> Self {
        let history = History { origin: first, first, events: VecDeque::new(), capacity };
        Feed { history: Mutex::new(history), next: watch::Sender::new(first) }
    }

    /// Gives the event its ID and sends it to everybody.
    pub(crate) fn publish(&self, topic: Topic, event: Event) {
        let next = self.history().push(topic, event);
        self.next.send_replace(next);
    }

    /// The events behind the last one that a client has seen; without that, from now on. It never ends.
    pub(crate) fn follow(
        self: &Arc<Self>,
        seen: Option<&str>,
        wants: impl Fn(Topic) -> bool + Send,
    ) -> impl Stream<Item = Encoded> + Send {
        let feed = Arc::clone(self);
        let news = feed.next.subscribe();
        let next = feed.history().place_behind(seen);
        stream::unfold(Place { feed, news, next, wants }, |mut place| async {
            let event = place.next().await;
            Some((event, place))
        })
    }

    fn history(&self) -> MutexGuard<'_, History> {
        // Nothing panics while it is held.
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History {
    fn next(&self) -> u64 {
        self.first + self.events.len() as u64
    }

    fn push(&mut self, topic: Topic, event: Event) -> u64 {
        self.events.push_back((topic, event.with_id(self.next()).into()));
        if self.events.len() > self.capacity {
            self.events.pop_front();
            self.first += 1;
        }
        self.next()
    }

    fn place_behind(&self, seen: Option<&str>) -> u64 {
        let Some(seen) = seen else { return self.next() };
        match seen.parse::<u64>() {
            Ok(id) if id < self.next() => id + 1,
            // No ID of this feed: whatever it was, it is not remembered.
            _ => 0,
        }
    }

    fn at(&self, place: u64) -> At {
        match place.checked_sub(self.first) {
            None => {
                At::Forgotten { first: self.first, lost: (place >= self.origin).then(|| self.first - place) }
            }
            Some(index) => match self.events.get(index as usize) {
                Some((topic, event)) => At::Event(topic, event.clone()),
                None => At::Later,
            },
        }
    }
}

/// What a place holds.
enum At {
    Event(Topic, Encoded),
    Later,
    /// So many are lost, when that is known, and this is the first that is left.
    Forgotten {
        first: u64,
        lost: Option<u64>,
    },
}

/// How far a client has read.
struct Place<W> {
    feed: Arc<Feed>,
    news: watch::Receiver<u64>,
    next: u64,
    wants: W,
}

impl<W: Fn(Topic) -> bool> Place<W> {
    async fn next(&mut self) -> Encoded {
        loop {
            let at = self.feed.history().at(self.next);
            match at {
                At::Event(topic, event) => {
                    self.next += 1;
                    if (self.wants)(topic) {
                        return event;
                    }
                }
                At::Forgotten { first, lost } => {
                    self.next = first;
                    return gap(first, lost);
                }
                // It cannot fail while the feed is there.
                At::Later => drop(self.news.wait_for(|next| *next > self.next).await),
            }
        }
    }
}

/// Has no ID: a client that is lost again right behind it is told again.
fn gap(first: u64, lost: Option<u64>) -> Encoded {
    let data = json!({ "reason": "the history does not reach back that far", "lost": lost, "next": first });
    Event::new(data.to_string()).with_type("gap").into()
}
