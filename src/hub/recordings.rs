//! `Recordings`: logs that have an end, for answers that outlive their readers.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::follow::{Beginning, Kind};
use super::random::epoch;
use super::ring::{Limits, Ring};
use super::settings::Settings;
use super::shared::Shared;
use super::sync::{lock, Mutex, MutexGuard};
use super::waiters::Waiters;
use super::{Follow, LogId, Start};
use crate::event::{Event, EventId};
use crate::server::LastEventId;

/// Event streams that are recorded while they are made, each with an end: answers of a model, progress of a job.
///
/// The producer goes on when a reader leaves. Any number of readers join at any time, get all from the beginning, and
/// resume where they were cut off. How it ended is part of the recording, also when the producer was dropped. A
/// recording is forgotten some time after its end, by the clock of the user; nothing wakes up for it. Clones share
/// them.
///
/// ```
/// use std::time::{Duration, Instant};
/// use eventwire::hub::{End, Outcome, Recordings};
/// use eventwire::server::{EventBody, LastEventId};
/// use eventwire::Event;
///
/// let start = Instant::now();
/// let answers = Recordings::new(move || start.elapsed()).with_keep(Duration::from_secs(600));
///
/// // POST /chat: a task of its own goes on, whoever reads.
/// let recorder = answers.record("chat-7").expect("a new key");
/// recorder.append(Event::new("Hel"));
/// recorder.append(Event::new("lo"));
/// recorder.end(End::Done);
///
/// // GET /chat/7: as often as it takes.
/// let read = |seen: Option<LastEventId>| match answers.follow("chat-7", seen.as_ref()) {
///     None => 404,
///     Some(follow) if follow.outcome() == Outcome::Ended => 204,        // a browser does not come back
///     Some(follow) => eventwire::server::response(EventBody::new(follow)).status().as_u16(),
/// };
/// assert_eq!(read(None), 200);
/// ```
#[derive(Clone)]
pub struct Recordings(Arc<Inner>);

type EndEvent = dyn Fn(End) -> Option<Event> + Send + Sync;

struct Inner {
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    settings: Mutex<RecordingSettings>,
    kept: Mutex<BTreeMap<String, Recording>>,
}

#[derive(Clone)]
struct RecordingSettings {
    keep: Duration,
    bytes: usize,
    end_event: Arc<EndEvent>,
}

struct Recording {
    shared: Arc<Shared>,
    ended: Option<Duration>,
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// It is complete.
    Done,
    /// The producer failed.
    Failed,
    /// Somebody wanted no more of it.
    Cancelled,
    /// The producer was dropped without a word: its task was aborted, or has panicked.
    Abandoned,
}

impl End {
    /// Returns the word for it: `done`, `failed`, `cancelled` or `abandoned`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            End::Done => "done",
            End::Failed => "failed",
            End::Cancelled => "cancelled",
            End::Abandoned => "abandoned",
        }
    }
}

impl Recordings {
    /// Makes a place for recordings. The clock is a function that returns the time since any moment.
    #[must_use]
    pub fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let end_event = Arc::new(|end: End| Some(Event::new(end.as_str()).with_type("end")));
        Recordings(Arc::new(Inner {
            clock: Box::new(clock),
            settings: Mutex::new(RecordingSettings { keep: KEEP, bytes: BYTES, end_event }),
            kept: Mutex::default(),
        }))
    }

    /// Sets for how long a recording is kept after its end; default: 10 minutes.
    #[must_use]
    pub fn with_keep(self, keep: Duration) -> Self {
        lock(&self.0.settings).keep = keep;
        self
    }

    /// Sets how large each recording may become, as [`Hub::with_history_bytes`](super::Hub::with_history_bytes) counts;
    /// default: 8 MiB. Of a larger one the beginning is forgotten, and reported as a gap.
    #[must_use]
    pub fn with_max_bytes(self, bytes: usize) -> Self {
        lock(&self.0.settings).bytes = bytes;
        self
    }

    /// Sets the last event of a recording; default: the type `end`, and the word of the [`End`] as data.
    ///
    /// `None` adds none: for streams whose own last event says it. Then only a recording that is [`End::Done`] looks
    /// complete.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventwire::hub::{End, Recordings};
    /// use eventwire::Event;
    ///
    /// let answers = Recordings::new(|| Duration::ZERO)
    ///     .with_end_event(|end| (end != End::Done).then(|| Event::new(end.as_str()).with_type("error")));
    /// ```
    #[must_use]
    pub fn with_end_event(self, to_event: impl Fn(End) -> Option<Event> + Send + Sync + 'static) -> Self {
        let to_event = Arc::new(to_event);
        let _was = core::mem::replace(&mut lock(&self.0.settings).end_event, to_event);
        self
    }

    /// Begins a recording; `None` while another with this key is kept.
    #[must_use]
    pub fn record(&self, key: impl Into<String>) -> Option<Recorder> {
        let key = key.into();
        let bytes = lock(&self.0.settings).bytes;
        let mut kept = self.kept();
        if kept.contains_key(&key) {
            return None;
        }
        let limits = Limits { events: usize::MAX, bytes, age: Duration::MAX };
        let settings = Settings { spread: None, ..Settings::default() };
        let ring = Ring::new(LogId::new(epoch(), 0), true, limits);
        let shared = Arc::new(Shared::new(ring, Waiters::new(1, 1), settings, None));
        kept.insert(key.clone(), Recording { shared: Arc::clone(&shared), ended: None });
        drop(kept);
        Some(Recorder { recordings: self.clone(), key, shared, has_ended: false })
    }

    /// Follows a recording from its beginning, or after the last event that a client has seen; `None` when there is
    /// none with this key, or no more.
    ///
    /// [`Outcome::Ended`](super::Outcome::Ended) says that the client has seen it to its end.
    #[must_use]
    pub fn follow(&self, key: &str, seen: Option<&LastEventId>) -> Option<Follow> {
        let shared = Arc::clone(&self.kept().get(key)?.shared);
        let beginning = match seen {
            Some(seen) => shared.begin(Start::from(seen)),
            None => {
                // As if it had seen what comes before the first: should that be forgotten, that is reported.
                let origin = EventId::from(shared.ring().origin());
                let beginning = shared.begin(Start::After(&origin));
                let kind = if beginning.kind == Kind::Gap { Kind::Gap } else { Kind::Fresh };
                Beginning { kind, ..beginning }
            }
        };
        Some(Follow::new(shared, beginning))
    }

    /// Forgets a recording at once. Who is reading it reads on; its recorder goes on unheard.
    pub fn forget(&self, key: &str) {
        let _forgotten = lock(&self.0.kept).remove(key);
    }

    /// Forgets what has ended long enough ago, as [`record`](Self::record) and [`follow`](Self::follow) do: for a timer
    /// of the user.
    pub fn forget_old(&self) {
        drop(self.kept());
    }

    /// Counts the recordings that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().len()
    }

    /// Returns whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Recording>> {
        let now = (self.0.clock)();
        let keep = lock(&self.0.settings).keep;
        let mut kept = lock(&self.0.kept);
        kept.retain(|_, recording| recording.ended.map_or(true, |ended| now.saturating_sub(ended) <= keep));
        kept
    }
}

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recordings").field("kept", &lock(&self.0.kept).len()).finish_non_exhaustive()
    }
}

/// The producer of a recording. When it is dropped, the recording ends as [`End::Abandoned`].
#[must_use = "dropped, it ends the recording"]
pub struct Recorder {
    recordings: Recordings,
    key: String,
    shared: Arc<Shared>,
    has_ended: bool,
}

impl Recorder {
    /// Appends an event, and returns its ID. It is recorded before a reader sees it.
    pub fn append(&self, event: Event) -> EventId {
        match self.shared.publish(None, event) {
            Some(id) => id.into(),
            None => self.shared.ring().newest().into(),
        }
    }

    /// Ends the recording, with the event for that end.
    pub fn end(mut self, end: End) {
        self.end_as(end);
    }

    /// Returns how many read along at the moment.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.shared.waiters.survey().0
    }

    fn end_as(&mut self, end: End) {
        if core::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let end_event = Arc::clone(&lock(&self.recordings.0.settings).end_event);
        if let Some(event) = end_event(end) {
            self.shared.publish(None, event);
        }
        self.shared.end(true);
        let now = (self.recordings.0.clock)();
        let mut kept = lock(&self.recordings.0.kept);
        // Not another one of the same key, should this one be forgotten.
        if let Some(recording) =
            kept.get_mut(&self.key).filter(|kept| Arc::ptr_eq(&kept.shared, &self.shared))
        {
            recording.ended = Some(now);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end_as(End::Abandoned);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("key", &self.key).finish_non_exhaustive()
    }
}

/// 10 minutes: a reload, a walk through a tunnel, a change of device.
const KEEP: Duration = Duration::from_secs(600);

/// 8 MiB: the longest answers are a hundredth of it.
const BYTES: usize = 8 << 20;
