//! A stub, because the hubs tested here have no log.

use std::task::{Context, Poll};

use super::{GapReason, LogId, Topic};
use eventwire::Encoded;

pub(super) enum Backlog {}

pub(super) struct Below;

pub(super) enum Item {
    Entry { id: LogId, topic: Option<Topic>, encoded: Encoded },
    Gap { id: LogId, lost: Option<u64>, reason: GapReason },
    Page,
    Refused,
}

impl Below {
    pub(super) fn after(_: LogId) -> Self {
        Below
    }

    pub(super) fn is_read(&self) -> bool {
        true
    }

    pub(super) fn last(&self) -> LogId {
        LogId::ZERO
    }

    pub(super) fn generation(&self) -> Option<u64> {
        None
    }

    pub(super) fn poll(&mut self, backlog: &Backlog, _: u64, _: &mut Context<'_>) -> Poll<Item> {
        match *backlog {}
    }
}
