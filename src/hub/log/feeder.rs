//! `Feeder`: brings the entries of a log to the hub of a process, one reader for all followers.

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

/// The reader of a [`Hub`](crate::hub::Hub) with a log: a future to be spawned.
///
/// It reads on for as long as the hub is open, and tries again where the engine is away: 100 ms later, then twice as
/// long each time, up to 2 s. Followers stay connected meanwhile; afterwards nothing is missing, or a gap is reported.
///
/// It ends with `Ok` when the hub is closed, or all its clones are dropped: after the last wait for the engine at
/// most. It ends with an error when the engine refuses to be read at all; then it closes the hub.
#[must_use = "without its feeder, a hub with a log shows nothing"]
pub struct Feeder(SyncWrapper<super::BoxFuture<'static, Result<(), LogError>>>);

impl Feeder {
    pub(in crate::hub) fn new(shared: &Arc<Shared>, log: Arc<dyn Log>, timer: Timer, after: LogId) -> Self {
        Feeder(SyncWrapper::new(Box::pin(feed(Arc::downgrade(shared), log, timer, after))))
    }
}

impl Future for Feeder {
    type Output = Result<(), LogError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().0.get_mut().as_mut().poll(cx)
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

/// Where a log goes on that does not know its newest entries any more.
///
/// One that was rolled back, as by a failover, still has the older ones: following goes on after the last that it has
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
        // One that is forgotten by now was there.
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

/// What the log does not know of a reader that did know it, was lost.
fn reason_here(reason: GapReason) -> GapReason {
    match reason {
        GapReason::Unknown => GapReason::Reset,
        known => known,
    }
}

/// Entries of a page: what a busy log gets in a second.
const PAGE: usize = 1000;

/// 100 ms: a restart of the engine is over soon.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// 2 s: what followers wait at most once the engine is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
