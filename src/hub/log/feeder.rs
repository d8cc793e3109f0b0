//! `Feeder`: reads the log for the hub of a process, once for all followers.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::fmt;
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use sync_wrapper::SyncWrapper;

use super::{Log, LogError, LogErrorKind, LogId, Page};
use crate::hub::shared::{Addition, Shared};
use crate::hub::GapReason;
use crate::timer::{Alarm, Timer};

/// The future that reads the log for a [`Hub`](crate::hub::Hub); spawn it.
///
/// It runs while the hub is open. When the engine is unreachable, it retries after 100 ms, then after twice as long
/// each time, up to 2 s. Followers stay connected meanwhile; afterwards they miss nothing, or report a gap.
///
/// It resolves to `Ok` when the hub is closed or its last clone is dropped, at the latest after the current wait for
/// the engine. It resolves to an error, and closes the hub, when the engine refuses to be read. Dropping it, or a panic
/// of its task, closes the hub too; events can still be appended.
#[must_use = "a hub over a log yields no events unless its feeder is polled"]
pub struct Feeder {
    feeding: SyncWrapper<super::BoxFuture<'static, Result<(), LogError>>>,
    shared: Weak<Shared>,
}

impl Feeder {
    pub(in crate::hub) fn new(shared: &Arc<Shared>, log: Arc<dyn Log>, timer: Timer, after: LogId) -> Self {
        let shared = Arc::downgrade(shared);
        Feeder { feeding: SyncWrapper::new(Box::pin(feed(Weak::clone(&shared), log, timer, after))), shared }
    }
}

impl Future for Feeder {
    type Output = Result<(), LogError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().feeding.get_mut().as_mut().poll(cx)
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        // Without it, followers would wait for ever: their clients reconnect elsewhere instead.
        if let Some(shared) = self.shared.upgrade() {
            shared.end(false);
        }
    }
}

impl fmt::Debug for Feeder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feeder")
    }
}

async fn feed(shared: Weak<Shared>, log: Arc<dyn Log>, timer: Timer, after: LogId) -> Result<(), LogError> {
    let (mut after, mut pause, mut alarm) = (after, FIRST_PAUSE, Alarm::default());
    while let Some(shared) = shared.upgrade().filter(|shared| !shared.has_ended()) {
        let read = match log.read(after, PAGE).await {
            Ok(page) => after_a_reset(&shared, &*log, page).await,
            Err(error) => Err(error),
        };
        let is_at_end = matches!(&read, Ok(page) if page.gap.is_none() && page.entries.is_empty());
        let failed = match read {
            Ok(page) => {
                after = page.next;
                add(&shared, page);
                drop(shared);
                if !is_at_end {
                    continue;
                }
                log.wait(after).await
            }
            Err(error) if error.kind() == LogErrorKind::Refused => {
                shared.end(false);
                return Err(error);
            }
            Err(error) => Err(error),
        };
        match failed {
            Ok(()) => pause = FIRST_PAUSE,
            Err(_) => {
                alarm.set(&timer, pause);
                poll_fn(|cx| alarm.poll(cx)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    Ok(())
}

fn add(shared: &Shared, page: Page) {
    let gap = page.gap.map(|reason| (page.resumes_after(), page.lost, reason_here(reason)));
    shared.add(gap, page.entries.into_iter().map(Addition::from).collect());
}

/// Finds where to continue in a log that has lost its newest entries.
///
/// One that was rolled back, as by a failover, still has the older ones: the hub continues after the last that it has
/// in common with the ring, and repeats nothing. One that was made again has none of them, and is read from its
/// beginning.
async fn after_a_reset(shared: &Shared, log: &dyn Log, page: Page) -> Result<Page, LogError> {
    match page.gap {
        Some(reason) if reason_here(reason) == GapReason::Reset => {}
        _ => return Ok(page),
    }
    let ids = shared.ring().rising_ids();
    let (mut common, mut end) = (0, ids.len());
    while common < end {
        let middle = common + (end - common) / 2;
        let gap = log.read(ids[middle], 1).await?.gap;
        // An entry that has been dropped since was there.
        if gap.map_or(true, |reason| reason_here(reason) == GapReason::Forgotten) {
            common = middle + 1;
        } else {
            end = middle;
        }
    }
    let Some(last) = common.checked_sub(1).map(|last| ids[last]) else { return Ok(page) };
    match log.read(last, 1).await?.gap {
        None => Ok(Page::after_gap(GapReason::Reset, None, Vec::new(), last)),
        Some(_) => Ok(page),
    }
}

/// An ID that the feeder has read, but that the log does not know, was lost.
fn reason_here(reason: GapReason) -> GapReason {
    match reason {
        GapReason::Unknown => GapReason::Reset,
        known => known,
    }
}

/// Entries per page: about as many as a busy log receives in a second.
const PAGE: usize = 1000;

/// 100 ms: a restart of the engine is short.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// 2 s: the longest that followers wait once the engine is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
