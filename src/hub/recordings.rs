//! `Recordings`: event streams with an end, kept for readers that join late or reconnect.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::thread;

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

/// Event streams that are recorded as they are produced, each with an end: the answer of a model, the progress of a
/// job.
///
/// The producer keeps running when a reader disconnects. Any number of readers join at any time, read from the
/// beginning, and resume where they were disconnected. The end is part of the recording, even if the producer is
/// dropped. A recording is removed some time after its end, by the clock passed to [`new`](Self::new); there is no
/// timer. Clones share the recordings.
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
/// // POST /chat spawns a task that produces the answer:
/// let recorder = answers.record("chat-7").expect("a new key");
/// recorder.append(Event::new("Hel"));
/// recorder.append(Event::new("lo"));
/// recorder.end(End::Done);
///
/// // GET /chat/7 reads it, any number of times:
/// let read = |seen: Option<LastEventId>| match answers.follow("chat-7", seen.as_ref()) {
///     None => 404,
///     Some(follow) if follow.outcome() == Outcome::Ended => 204,        // a browser does not reconnect
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
    /// The stream is complete.
    Done,
    /// The producer failed.
    Failed,
    /// The stream was cancelled.
    Cancelled,
    /// The producer was dropped without an end: its task was aborted, or panicked.
    Abandoned,
}

impl End {
    /// Returns its name: `done`, `failed`, `cancelled` or `abandoned`.
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
    /// Creates an empty set of recordings. `clock` returns the time elapsed since a fixed moment of your choice.
    #[must_use]
    pub fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let end_event = Arc::new(|end: End| Some(Event::new(end.as_str()).with_type("end")));
        Recordings(Arc::new(Inner {
            clock: Box::new(clock),
            settings: Mutex::new(RecordingSettings { keep: KEEP, bytes: BYTES, end_event }),
            kept: Mutex::default(),
        }))
    }

    /// Sets how long a recording is kept after its end; default: 10 minutes.
    #[must_use]
    pub fn with_keep(self, keep: Duration) -> Self {
        lock(&self.0.settings).keep = keep;
        self
    }

    /// Limits the size of each recording in bytes, as [`Hub::with_history_bytes`](super::Hub::with_history_bytes)
    /// counts it; default: 8 MiB. A larger recording loses its beginning, which readers see as a gap.
    #[must_use]
    pub fn with_max_bytes(self, bytes: usize) -> Self {
        lock(&self.0.settings).bytes = bytes;
        self
    }

    /// Sets the last event of a recording; default: type `end`, with the name of the [`End`] as data.
    ///
    /// Return `None` to add no event, for streams that mark their end themselves.
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

    /// Starts a recording; `None` if one with this key exists.
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

    /// Follows a recording from its beginning, or after the last event a client has seen; `None` if there is no
    /// recording with this key.
    ///
    /// The outcome is [`Outcome::Ended`](super::Outcome::Ended) if the client has seen the recording to its end.
    #[must_use]
    pub fn follow(&self, key: &str, seen: Option<&LastEventId>) -> Option<Follow> {
        let shared = Arc::clone(&self.kept().get(key)?.shared);
        // An empty ID is no ID.
        let beginning = match seen.filter(|seen| !seen.as_str().is_empty()) {
            Some(seen) => shared.begin(Start::from(seen)),
            None => {
                // Resumes before the first event, so that a beginning that was dropped is reported as a gap.
                let origin = EventId::from(shared.ring().origin());
                let beginning = shared.begin(Start::After(&origin));
                let kind = if beginning.kind == Kind::Gap { Kind::Gap } else { Kind::Fresh };
                Beginning { kind, ..beginning }
            }
        };
        Some(Follow::new(shared, beginning))
    }

    /// Removes a recording. Present readers read on; later ones do not find it.
    pub fn forget(&self, key: &str) {
        let _forgotten = lock(&self.0.kept).remove(key);
    }

    /// Removes recordings that ended long enough ago, as [`record`](Self::record) and [`follow`](Self::follow) do; call
    /// it from a timer of your own.
    pub fn forget_old(&self) {
        drop(self.kept());
    }

    /// Returns the number of recordings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().len()
    }

    /// Returns whether there are no recordings.
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

/// The producer's handle to a recording. Dropping it ends the recording as [`End::Abandoned`].
#[must_use = "dropping the recorder ends the recording"]
pub struct Recorder {
    recordings: Recordings,
    key: String,
    shared: Arc<Shared>,
    has_ended: bool,
}

impl Recorder {
    /// Appends an event and returns its ID. The event is recorded before any reader sees it.
    pub fn append(&self, event: Event) -> EventId {
        match self.shared.publish(None, event) {
            Some(id) => id.into(),
            None => self.shared.ring().newest().into(),
        }
    }

    /// Ends the recording, with the [event for that end](Recordings::with_end_event).
    pub fn end(mut self, end: End) {
        self.end_as(end);
    }

    /// Returns the number of current readers.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.shared.waiters.survey().0
    }

    fn end_as(&mut self, end: End) {
        if core::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let end_event = Arc::clone(&lock(&self.recordings.0.settings).end_event);
        // A panic of foreign code must not keep readers waiting, nor abort a program that unwinds already.
        let event = catch_unwind(AssertUnwindSafe(|| end_event(end)));
        let panicked = match event {
            Ok(Some(event)) => {
                self.shared.publish(None, event);
                None
            }
            Ok(None) => None,
            Err(panic) => Some(panic),
        };
        self.shared.end(true);
        let now = (self.recordings.0.clock)();
        let mut kept = lock(&self.recordings.0.kept);
        // This recording may have been removed, and its key reused.
        if let Some(recording) =
            kept.get_mut(&self.key).filter(|kept| Arc::ptr_eq(&kept.shared, &self.shared))
        {
            recording.ended = Some(now);
        }
        drop(kept);
        if let Some(panic) = panicked.filter(|_| !thread::panicking()) {
            resume_unwind(panic);
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

/// 8 MiB: a hundred times the longest answers of language models.
const BYTES: usize = 8 << 20;
