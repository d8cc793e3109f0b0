//! What ends a stream before its end.

use alloc::boxed::Box;
use core::fmt;

use sync_wrapper::SyncWrapper;

use crate::event::EventRef;

/// The event that ends a stream: by its data, its type, or whatever a function finds.
///
/// ```
/// use eventwire::EventRef;
/// use eventwire::client::EndMark;
///
/// let openai = EndMark::data("[DONE]");                     // a mark, which is not handed out
/// let anthropic = EndMark::event_type("message_stop");      // an event like others, which is
/// let finished = EndMark::when(|event: EventRef<'_>| event.data().contains("\"finished\":true"));
/// ```
#[must_use = "does nothing until a stream has it"]
pub struct EndMark {
    test: Test,
    is_handed_out: bool,
}

enum Test {
    Data(Box<str>),
    EventType(Box<str>),
    When(SyncWrapper<Predicate>),
}

pub(super) type Predicate = Box<dyn FnMut(EventRef<'_>) -> bool + Send>;

impl EndMark {
    /// The event with exactly this data, as `[DONE]`. It is a mark and not handed out.
    pub fn data(data: &str) -> Self {
        EndMark { test: Test::Data(data.into()), is_handed_out: false }
    }

    /// The event of this type. It is handed out as the last one.
    pub fn event_type(event_type: &str) -> Self {
        EndMark { test: Test::EventType(event_type.into()), is_handed_out: true }
    }

    /// The first event for which the function says `true`. It is handed out as the last one.
    ///
    /// When the function panics, the panic goes to whoever asked for the event; the next call goes on behind it.
    pub fn when(is_last: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Self {
        EndMark { test: Test::When(SyncWrapper::new(Box::new(is_last))), is_handed_out: true }
    }

    /// Hands the event out as the last one.
    pub fn handed_out(mut self) -> Self {
        self.is_handed_out = true;
        self
    }

    /// Ends the stream in front of the event.
    pub fn discarded(mut self) -> Self {
        self.is_handed_out = false;
        self
    }

    fn holds(&mut self, event: EventRef<'_>) -> bool {
        match &mut self.test {
            Test::Data(data) => event.data() == &**data,
            Test::EventType(event_type) => event.event_type() == &**event_type,
            Test::When(is_last) => is_last.get_mut()(event),
        }
    }
}

impl fmt::Debug for EndMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let test = match &self.test {
            Test::Data(data) => f.debug_tuple("Data").field(data).finish(),
            Test::EventType(event_type) => f.debug_tuple("EventType").field(event_type).finish(),
            Test::When(_) => f.write_str("When"),
        };
        test?;
        f.write_str(match self.is_handed_out {
            true => ", handed out",
            false => ", discarded",
        })
    }
}

/// What the user has said about events of this stream.
#[derive(Default)]
pub(super) struct Terms {
    ends: alloc::vec::Vec<EndMark>,
    is_error: Option<SyncWrapper<Predicate>>,
}

/// What an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Event,
    LastEvent,
    /// The end, and no event.
    Mark,
    Error,
}

impl Terms {
    #[inline]
    pub(super) fn are_none(&self) -> bool {
        self.ends.is_empty() && self.is_error.is_none()
    }

    /// Whether the stream may not end by itself.
    pub(super) fn ask_for_an_end(&self) -> bool {
        !self.ends.is_empty()
    }

    pub(super) fn end_at(&mut self, until: EndMark) {
        self.ends.push(until);
    }

    pub(super) fn fail_at(&mut self, is_error: Predicate) {
        self.is_error = Some(SyncWrapper::new(is_error));
    }

    pub(super) fn meaning(&mut self, event: EventRef<'_>) -> Meaning {
        if self.is_error.as_mut().is_some_and(|is_error| is_error.get_mut()(event)) {
            return Meaning::Error;
        }
        match self.ends.iter_mut().find_map(|until| until.holds(event).then_some(until.is_handed_out)) {
            None => Meaning::Event,
            Some(true) => Meaning::LastEvent,
            Some(false) => Meaning::Mark,
        }
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("ends", &self.ends)
            .field("has_error_events", &self.is_error.is_some())
            .finish()
    }
}
