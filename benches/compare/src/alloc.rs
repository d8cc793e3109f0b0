//! Counts allocations and peak memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

/// The allocations of a piece of work.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Allocations and reallocations.
    pub calls: usize,
    /// The peak of allocated bytes, minus those allocated before.
    pub peak: usize,
}

/// Counts while `work` runs, for one thread at a time.
pub fn count(work: impl FnOnce()) -> Used {
    CALLS.store(0, Relaxed);
    HELD.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    COUNTING.store(true, Relaxed);
    work();
    COUNTING.store(false, Relaxed);
    Used { calls: CALLS.load(Relaxed), peak: usize::try_from(PEAK.load(Relaxed)).unwrap_or(0) }
}

/// Makes the input of a contestant: its bytes count as allocated, but its calls are not the contestant's.
pub fn given<T>(make: impl FnOnce() -> T) -> T {
    let before = CALLS.load(Relaxed);
    let made = make();
    CALLS.store(before, Relaxed);
    made
}

/// The system's allocator with counters, which are off in timed runs.
pub struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(0, layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(0, layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(layout.size(), size);
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if COUNTING.load(Relaxed) {
            HELD.fetch_sub(layout.size() as isize, Relaxed);
        }
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// A block that grows in place is not held twice: large blocks are moved by remapping pages.
#[inline]
fn note(released: usize, taken: usize) {
    if COUNTING.load(Relaxed) {
        CALLS.fetch_add(1, Relaxed);
        let change = taken as isize - released as isize;
        let held = HELD.fetch_add(change, Relaxed) + change;
        PEAK.fetch_max(held, Relaxed);
    }
}

static COUNTING: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicUsize = AtomicUsize::new(0);
static HELD: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);
