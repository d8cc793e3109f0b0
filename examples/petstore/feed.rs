//! A feed of events, with a history for clients that reconnect.

use std::io;

use eventwire::hub::{Follow, Gap, Hub, LogError};
use eventwire::Event;
use serde_json::json;

use crate::arguments::Arguments;
use crate::resume::start;

/// A feed within this process, or one that several processes share over Redis.
pub(crate) enum Feed {
    Here(Hub),
    #[cfg(feature = "redis")]
    Shared(shared::Feed),
}

impl Feed {
    /// Opens the feed with this name.
    pub(crate) async fn open(arguments: &Arguments, name: &str) -> io::Result<Self> {
        match &arguments.redis {
            None => Ok(Feed::Here(set_up(Hub::new(), arguments.history))),
            #[cfg(feature = "redis")]
            Some(url) => {
                let feed = shared::Feed::open(url, name, arguments.history).await;
                feed.map(Feed::Shared).map_err(io::Error::other)
            }
            #[cfg(not(feature = "redis"))]
            Some(_) => Err(io::Error::other(format!("{name} is not shared without the feature redis"))),
        }
    }

    /// Follows the feed after the last event that a client has seen; for a new client, from now on.
    pub(crate) async fn follow(&self, seen: Option<&str>) -> Result<Follow, LogError> {
        match self {
            Feed::Here(hub) => Ok(hub.follow(start(seen))),
            #[cfg(feature = "redis")]
            Feed::Shared(feed) => feed.hub.follow(start(seen)).await,
        }
    }

    pub(crate) fn publish_to(&self, topic: &'static str, event: Event) {
        match self {
            Feed::Here(hub) => drop(hub.publish_to(topic, event)),
            #[cfg(feature = "redis")]
            Feed::Shared(feed) => feed.publish_to(topic, event),
        }
    }
}

/// Checkpoints are off, because the page and its tests count every event.
fn set_up<K>(hub: Hub<K>, history: usize) -> Hub<K> {
    hub.with_history(history).with_history_bytes(1 << 30).without_checkpoints().with_gap_event(gap)
}

fn gap(gap: &Gap) -> Event {
    let next = gap.resumes_after().second() + 1;
    let data = json!({ "reason": gap.reason().as_str(), "lost": gap.lost(), "next": next });
    Event::new(data.to_string()).with_type("gap")
}

#[cfg(feature = "redis")]
mod shared {
    use std::time::Duration;

    use eventwire::hub::{Hub, LogError, Logged, Publication, RedisLog};
    use eventwire::Event;
    use tokio::sync::mpsc;

    pub(crate) struct Feed {
        pub(super) hub: Hub<Logged>,
        outbox: mpsc::Sender<Publication>,
    }

    impl Feed {
        pub(super) async fn open(url: &str, name: &str, history: usize) -> Result<Self, LogError> {
            let log = RedisLog::new(url, format!("petstore:{name}"))?;
            let (hub, feeder) = Hub::from_log(log, tokio::time::sleep).await?;
            let hub = super::set_up(hub, history);
            tokio::spawn(async move {
                if let Err(error) = feeder.await {
                    eprintln!("petstore: {error}");
                }
            });
            let (outbox, mut publications) = mpsc::channel::<Publication>(WAITING);
            let publisher = hub.clone();
            tokio::spawn(async move {
                while let Some(publication) = publications.recv().await {
                    // Retrying the same publication never adds it twice.
                    while publisher.append(&publication).await.is_err() && !publisher.is_closed() {
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            });
            Ok(Feed { hub, outbox })
        }

        pub(super) fn publish_to(&self, topic: &'static str, event: Event) {
            // When the queue is full because Redis is away for long, the event is dropped.
            let _ = self.outbox.try_send(self.hub.prepare(event).with_topic(topic));
        }
    }

    /// The capacity of the queue of events for Redis.
    const WAITING: usize = 1000;

    /// 100 ms: the pause between attempts.
    const PAUSE: Duration = Duration::from_millis(100);
}
