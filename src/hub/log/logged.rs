//! `Logged`: a hub whose history is a log shared by many processes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::sync::Arc;
use core::fmt;
use std::error;

use super::{Backlog, Below, Feeder, Log, LogError, LogErrorKind, LogId, Once};
use crate::event::{Event, EventId};
use crate::hub::follow::{Beginning, Kind};
use crate::hub::random::random;
use crate::hub::shared::Shared;
use crate::hub::sync::{AtomicU64, Ordering};
use crate::hub::{Follow, Gap, GapReason, Hub, Start, Topic};
use crate::timer::Timer;

/// The kind of a [`Hub`] over a [`Log`]: events are appended to the log, and read back by the hubs of all processes.
#[derive(Clone)]
pub struct Logged {
    log: Arc<dyn Log>,
    publisher: Arc<Publisher>,
}

struct Publisher {
    name: alloc::string::String,
    count: AtomicU64,
}

impl Hub<Logged> {
    /// Creates a hub over a log, and the [`Feeder`] that must be spawned for it.
    ///
    /// `timer` is the sleep function of your runtime, for the pauses between attempts to reach the engine. The hub's
    /// own history begins at the end of the log; a follower with an older ID reads the log, page by page, until it
    /// reaches that history.
    ///
    /// ```
    /// use eventwire::hub::{Hub, MemoryLog, Start};
    /// use eventwire::Event;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let log = MemoryLog::new();
    /// let (hub, feeder) = Hub::from_log(log, tokio::time::sleep).await?;
    /// tokio::spawn(feeder);
    ///
    /// let follow = hub.follow(Start::Now).await?;
    /// let event = hub.prepare(Event::new("21.5"));
    /// let id = hub.append(&event).await?;                       // after an error, append the same value again
    /// # assert_eq!(id, hub.append(&event).await?);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// When the engine cannot be asked for the tail of the log.
    pub async fn from_log(log: impl Log, timer: impl Into<Timer>) -> Result<(Self, Feeder), LogError> {
        let (log, timer): (Arc<dyn Log>, _) = (Arc::new(log), timer.into());
        let tail = log.tail().await?;
        let backlog = Backlog::new(Arc::clone(&log), timer.clone());
        let shared = Arc::new(Shared::after(tail, backlog));
        let feeder = Feeder::new(&shared, Arc::clone(&log), timer, tail);
        let publisher = Publisher { name: format!("{:016x}", random()), count: AtomicU64::new(1) };
        Ok((Hub::sharing(shared, Logged { log, publisher: Arc::new(publisher) }), feeder))
    }

    /// Gives an event a key, so that it is added once however often it is appended.
    ///
    /// The key consists of a random name of this process and a number. [`Publication::with_once`] sets a key that
    /// outlives the process.
    pub fn prepare(&self, event: Event) -> Publication {
        let number = self.kind.publisher.count.fetch_add(1, Ordering::Relaxed);
        let publisher = Cow::Owned(self.kind.publisher.name.clone());
        Publication { publisher, number, topic: None, event }
    }

    /// Appends an event to the log, and returns its ID once the engine has acknowledged it.
    ///
    /// Followers, including those of this process, receive it when the feeder reads it from the log. The future may be
    /// dropped; appending the same [`Publication`] again adds nothing.
    ///
    /// # Errors
    ///
    /// [`PublishError::was_not_added`] tells whether the event may have been added after all. In either case, appending
    /// the same publication again is safe.
    pub async fn append(&self, publication: &Publication) -> Result<EventId, PublishError> {
        let once = Once::new(&publication.publisher, publication.number);
        let topic = publication.topic.as_deref();
        match self.kind.log.append(once, topic, &publication.event).await {
            Ok(id) => Ok(id.into()),
            Err(error) => Err(PublishError(error)),
        }
    }

    /// Returns a new follower, as a hub without a log does; it reads entries older than the hub's history from the log.
    ///
    /// [`Start::Oldest`] is the oldest entry of the log, [`Start::Last`] counts within the history of this process.
    ///
    /// # Errors
    ///
    /// When the log must be read to place the client, and cannot be. Answer with an error status, or for browsers,
    /// which do not reconnect after one, with 200 and an empty stream.
    pub async fn follow<'a>(&self, start: impl Into<Start<'a>>) -> Result<Follow, LogError> {
        let start = start.into();
        self.shared.forget_old();
        let mut beginning = self.shared.begin(start);
        let after = match start {
            Start::Oldest => Some(LogId::ZERO),
            // The ring knows more than the log about what came before a reset.
            Start::After(id) if beginning.gap.is_some_and(|gap| gap.reason != GapReason::Reset) => {
                LogId::parse(id)
            }
            _ => None,
        };
        if let (Some(after), Some(backlog)) = (after, &self.shared.backlog) {
            let generation = self.shared.ring().generation();
            let mut reading = backlog.read(after, generation);
            let page = (&mut reading).await?;
            let (resumes_after, lost) = (page.resumes_after, page.lost);
            beginning = match page.gap {
                _ if start == Start::Oldest => Beginning { kind: Kind::Fresh, gap: None, ..beginning },
                Some(reason) => {
                    let gap = Some(Gap { reason, lost, resumes_after });
                    Beginning { kind: Kind::Gap, gap, ..beginning }
                }
                None => Beginning { kind: Kind::ResumedBelow, gap: None, ..beginning },
            };
            beginning.cursor = resumes_after;
            beginning.below = Some(Below::with_page(reading, page));
        }
        Ok(Follow::new(Arc::clone(&self.shared), beginning))
    }
}

impl fmt::Debug for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logged").field("publisher", &self.publisher.name).finish_non_exhaustive()
    }
}

/// An event with the key that makes appending it idempotent, from [`Hub::prepare`].
///
/// Keep it until [`Hub::append`] succeeds.
#[derive(Clone, Debug)]
#[must_use = "a publication does nothing until it is appended"]
pub struct Publication {
    publisher: Cow<'static, str>,
    number: u64,
    topic: Option<Topic>,
    event: Event,
}

impl Publication {
    /// Sets the topic of the event.
    pub fn with_topic(mut self, topic: impl Into<Topic>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Sets a key of your own, by which the log recognizes the event even after a restart of the process.
    ///
    /// ```
    /// use eventwire::hub::{Hub, MemoryLog, Once};
    /// use eventwire::Event;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (hub, _feeder) = Hub::from_log(MemoryLog::new(), tokio::time::sleep).await?;
    /// let paid = hub.prepare(Event::new("order 7 is paid")).with_once(Once::key("order-7-paid"));
    /// hub.append(&paid).await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    pub fn with_once(mut self, once: Once<'_>) -> Self {
        self.publisher = Cow::Owned(once.publisher().into());
        self.number = once.number();
        self
    }

    /// Returns the event.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }
}

/// The error of [`Hub::append`].
#[derive(Debug)]
pub struct PublishError(LogError);

impl PublishError {
    /// Returns whether this call certainly did not add the event. If `false`, it may be in the log, and reach followers.
    ///
    /// It says nothing about earlier calls: an event that one of them may have added may still be in the log.
    #[must_use]
    pub fn was_not_added(&self) -> bool {
        self.0.kind() != LogErrorKind::Uncertain
    }

    /// Returns the error of the engine.
    #[must_use]
    pub fn log_error(&self) -> &LogError {
        &self.0
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.was_not_added() {
            "the event was not published"
        } else {
            "the event may or may not have been published"
        })
    }
}

impl error::Error for PublishError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.0)
    }
}
