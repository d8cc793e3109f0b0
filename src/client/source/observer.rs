//! `Observer`: the user's function that sees changes of the connection.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::kind::Threads;
use super::source_item::SourceItem;
use super::state_change::StateChange;
use super::EventSourceError;

/// The user's observer function, and the changes kept for [`poll_item`](crate::client::EventSource::poll_item).
pub(super) struct Observer<K: Threads> {
    observe: Option<SyncWrapper<Box<K::Observe>>>,
    pub(super) kept: VecDeque<SourceItem<K>>,
    pub(super) keeps: bool,
}

impl<K: Threads> Observer<K> {
    pub(super) fn none() -> Self {
        Observer { observe: None, kept: VecDeque::new(), keeps: false }
    }

    pub(super) fn set(&mut self, observe: Box<K::Observe>) {
        self.observe = Some(SyncWrapper::new(observe));
    }

    pub(super) fn notify(&mut self, change: &StateChange<'_, K>) {
        if self.keeps {
            self.kept.extend(SourceItem::of(change));
        }
        if let Some(observe) = &mut self.observe {
            observe.get_mut()(change);
        }
    }

    /// Reports a loss, and returns its error unless an item keeps it.
    pub(super) fn tell_waiting(
        &mut self,
        why: Option<EventSourceError<K>>,
        delay: Duration,
        failures: u32,
    ) -> Option<EventSourceError<K>> {
        if let Some(observe) = &mut self.observe {
            observe.get_mut()(&StateChange::Waiting { why: why.as_ref(), delay, failures });
        }
        if !self.keeps {
            return why;
        }
        self.kept.push_back(SourceItem::Waiting { why, delay, failures });
        None
    }
}
