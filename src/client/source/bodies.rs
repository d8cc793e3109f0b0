//! `AnyThread` and `OneThread`: the threads that a source may run on, and what that means for its bodies.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;
use std::error::Error;

use bytes::Bytes;
use futures_core::Stream;

/// Any error.
pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// The source and everything it holds are `Send` and `Sync`. This is the default.
#[derive(Debug)]
pub enum AnyThread {}

/// The source stays on the thread it was created on, and may hold futures, bodies, timers and functions that are not
/// `Send`: in a browser, with awc, or in thread-per-core runtimes.
#[derive(Debug)]
pub enum OneThread {}

/// The part of [`Threads`](crate::client::Threads) that bodies, errors and changes need.
pub trait Bodies: Sized + fmt::Debug + 'static {
    type Chunks: Stream<Item = Result<Bytes, BoxError>> + Unpin;
}

impl Bodies for AnyThread {
    type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;
}

impl Bodies for OneThread {
    type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>>>>;
}
