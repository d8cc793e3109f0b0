//! `EndMark`: the event that ends a stream.

use alloc::boxed::Box;
use core::fmt;

use sync_wrapper::SyncWrapper;

use super::threads::{AnyThread, Boxed, Judges};
use crate::decode::Ending;
use crate::event::EventRef;

/// Describes the event that ends a stream: by its data, its type, or a function.
///
/// ```
/// use eventwire::client::EndMark;
/// use eventwire::EventRef;
///
/// let marks: [EndMark; 5] = [
///     EndMark::data("[DONE]"),                      // OpenAI's; not returned
///     EndMark::event_type("message_stop"),          // Anthropic's; returned as the last event
///     EndMark::when(|event: EventRef<'_>| event.data().contains("\"finished\":true")),
///     // OpenAI's Responses API sends no `[DONE]`: there, the end of the body counts too.
///     EndMark::data("[DONE]").optional(),
///     // Without the mark, the body may end only after the model has reported why it stopped.
///     EndMark::data("[DONE]").optional_after(|event: EventRef<'_>| event.event_type() == "finish"),
/// ];
/// ```
///
/// The functions must be `Send`, unless the mark is for a `LocalEventSource`: `K` is then `OneThread`, which the compiler
/// infers.
#[must_use = "does nothing until it is set on a stream"]
pub struct EndMark<K: Judges = AnyThread> {
    test: Test<K>,
    is_returned: bool,
    necessity: Necessity<K>,
}

enum Test<K: Judges> {
    Data(Box<str>),
    EventType(Box<str>),
    When(SyncWrapper<Box<K::Judge>>),
}

/// Whether the body may end without the mark.
enum Necessity<K: Judges> {
    Required,
    Optional,
    /// Required until an event arrives for which the function returns `true`.
    RequiredUntil(SyncWrapper<Box<K::Judge>>),
}

impl<K: Judges> EndMark<K> {
    /// Matches the event with this data, such as `[DONE]`, ignoring leading and trailing white space. The event is not
    /// returned.
    pub fn data(data: &str) -> Self {
        EndMark::new(Test::Data(data.trim().into()), false)
    }

    /// Matches the event of this type, ignoring leading and trailing white space. It is returned as the last event.
    ///
    /// A block of this type without data, such as `event: done` alone, is not an event but matches too: nothing is
    /// returned for it.
    pub fn event_type(event_type: &str) -> Self {
        EndMark::new(Test::EventType(event_type.trim().into()), true)
    }

    /// Matches the first event for which the function returns `true`. It is returned as the last event.
    ///
    /// If the function panics, the panic propagates to the caller that polled for the event; the next call continues
    /// after that event.
    pub fn when(is_last: impl FnMut(EventRef<'_>) -> bool + Boxed<K::Judge>) -> Self {
        EndMark::new(Test::When(SyncWrapper::new(is_last.boxed())), true)
    }

    fn new(test: Test<K>, is_returned: bool) -> Self {
        EndMark { test, is_returned, necessity: Necessity::Required }
    }

    /// Returns the matching event as the last one.
    pub fn returned(self) -> Self {
        EndMark { is_returned: true, ..self }
    }

    /// Ends the stream before the matching event, which is not returned.
    pub fn discarded(self) -> Self {
        EndMark { is_returned: false, ..self }
    }

    /// Allows the body to end between two events without the mark. A body that is cut off elsewhere is still an error, and
    /// so is one that is no event stream.
    pub fn optional(self) -> Self {
        EndMark { necessity: Necessity::Optional, ..self }
    }

    /// Like [`optional`](Self::optional), but only after an event for which the function returns `true`.
    pub fn optional_after(self, is_finish: impl FnMut(EventRef<'_>) -> bool + Boxed<K::Judge>) -> Self {
        EndMark { necessity: Necessity::RequiredUntil(SyncWrapper::new(is_finish.boxed())), ..self }
    }

    #[inline]
    fn holds(&mut self, event: EventRef<'_>) -> bool {
        match &mut self.test {
            // Most events are told apart by their first character.
            Test::Data(data) => {
                let rest = event.data().trim_start().strip_prefix(&**data);
                rest.is_some_and(|rest| rest.trim_start().is_empty())
            }
            Test::EventType(event_type) => event.event_type().trim() == &**event_type,
            Test::When(is_last) => is_last.get_mut()(event),
        }
    }
}

impl<K: Judges> fmt::Debug for EndMark<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let test = match &self.test {
            Test::Data(data) => f.debug_tuple("Data").field(data).finish(),
            Test::EventType(event_type) => f.debug_tuple("EventType").field(event_type).finish(),
            Test::When(_) => f.write_str("When"),
        };
        test?;
        f.write_str(if self.is_returned { ", returned" } else { ", discarded" })
    }
}

/// The end marks and error events of a stream.
pub(super) struct Terms<K: Judges> {
    ends: alloc::vec::Vec<EndMark<K>>,
    errors: alloc::vec::Vec<SyncWrapper<Box<K::Judge>>>,
    /// The type that makes a block without data an error.
    error_type: Option<&'static str>,
}

/// The meaning of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Event,
    LastEvent,
    /// The end of the stream, not returned as an event.
    Mark,
    Error,
}

impl<K: Judges> Terms<K> {
    pub(super) fn none() -> Self {
        Terms { ends: alloc::vec::Vec::new(), errors: alloc::vec::Vec::new(), error_type: None }
    }

    #[inline]
    pub(super) fn are_none(&self) -> bool {
        self.ends.is_empty() && self.errors.is_empty()
    }

    /// Returns whether the body may end here. A body cut off in the middle of an event may end only if no mark was set.
    pub(super) fn allow_end(&self, ending: Ending) -> bool {
        let is_optional = |mark: &EndMark<K>| matches!(mark.necessity, Necessity::Optional);
        self.ends.is_empty() || (ending == Ending::Clean && self.ends.iter().any(is_optional))
    }

    pub(super) fn have_marks(&self) -> bool {
        !self.ends.is_empty()
    }

    /// Returns whether a block without data ends the stream, by its type.
    pub(super) fn end_at_type(&self, event_type: &str) -> bool {
        self.ends
            .iter()
            .any(|mark| matches!(&mark.test, Test::EventType(name) if **name == *event_type.trim()))
    }

    pub(super) fn end_at(&mut self, mark: EndMark<K>) {
        self.ends.push(mark);
    }

    /// Returns whether blocks without data can mean something.
    pub(super) fn judge_blocks(&self) -> bool {
        self.have_marks() || self.error_type.is_some()
    }

    /// Returns whether a block without data is an error, by its type.
    pub(super) fn has_error_type(&self, event_type: &str) -> bool {
        self.error_type == Some(event_type)
    }

    /// Makes blocks of this type errors even without data.
    pub(super) fn fail_at_type(&mut self, event_type: &'static str) {
        self.error_type = Some(event_type);
    }

    pub(super) fn fail_at(&mut self, is_error: Box<K::Judge>) {
        self.errors.push(SyncWrapper::new(is_error));
    }

    #[inline]
    pub(super) fn meaning(&mut self, event: EventRef<'_>) -> Meaning {
        if self.errors.iter_mut().any(|is_error| is_error.get_mut()(event)) {
            return Meaning::Error;
        }
        let mut meaning = Meaning::Event;
        for mark in &mut self.ends {
            if let Necessity::RequiredUntil(is_finish) = &mut mark.necessity {
                if is_finish.get_mut()(event) {
                    mark.necessity = Necessity::Optional;
                }
            }
            if meaning == Meaning::Event && mark.holds(event) {
                meaning = if mark.is_returned { Meaning::LastEvent } else { Meaning::Mark };
            }
        }
        meaning
    }
}

impl<K: Judges> fmt::Debug for Terms<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("ends", &self.ends)
            .field("has_error_events", &!self.errors.is_empty())
            .finish()
    }
}
