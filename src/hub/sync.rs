//! The locks and counters of a hub: those of the standard library.
//!
//! They are imported here and nowhere else, so that the test of interleavings can substitute loom's.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard};

use std::sync::PoisonError;

/// Locks a mutex. No user code runs while a lock is held, so a poisoned mutex still guards consistent state.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
