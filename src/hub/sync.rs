//! The locks and counters of a hub: those of the standard library.
//!
//! The test of interleavings puts others in their place, and so they are named here only.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard};

use std::sync::PoisonError;

/// Takes a lock. Nothing of a user runs while one is held, so a panic elsewhere leaves what it guards whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
