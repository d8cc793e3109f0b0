//! A counting allocator. It counts per thread, so that tests do not disturb each other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static NOW: Cell<Counts> = const { Cell::new(Counts { calls: 0, bytes: 0, held: 0, peak: 0 }) };
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Allocations and reallocations.
    pub(crate) calls: u64,
    /// Bytes requested; a reallocation requests its new size.
    pub(crate) bytes: u64,
    /// Bytes held at the end, minus those held at the start.
    pub(crate) held: i64,
    /// The peak of the bytes held, minus those held at the start. A reallocation holds both blocks for a moment.
    pub(crate) peak: i64,
}

/// Counts what `work` allocates in this thread.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> (Counts, T) {
    let before = NOW.with(Cell::get);
    NOW.with(|cell| cell.set(Counts::default()));
    let result = work();
    let counts = NOW.with(Cell::get);
    NOW.with(|cell| cell.set(Counts { held: before.held + counts.held, ..before }));
    (counts, result)
}

fn allocated(size: usize, freed: usize) {
    let mut now = NOW.with(Cell::get);
    now.calls += 1;
    now.bytes += size as u64;
    now.held += size as i64;
    now.peak = now.peak.max(now.held);
    now.held -= freed as i64;
    NOW.with(|cell| cell.set(now));
}

// SAFETY: all calls go to the system's allocator, and counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size(), 0);
        // SAFETY: the caller keeps the promises of the trait.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size(), 0);
        // SAFETY: the caller keeps the promises of the trait.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let mut now = NOW.with(Cell::get);
        now.held -= layout.size() as i64;
        NOW.with(|cell| cell.set(now));
        // SAFETY: the caller keeps the promises of the trait.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        allocated(size, layout.size());
        // SAFETY: the caller keeps the promises of the trait.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
