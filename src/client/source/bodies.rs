//! `Bodies`: the bodies of the responses of a source, which are `Send` if the source is.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;

pub(super) use super::super::chunks::BoxError;
use super::super::threads::{AnyThread, OneThread};

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
