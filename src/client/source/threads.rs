//! `Threads`: a type parameter for whether a source may move to another thread.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::Context;

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response};

use super::response_body::{BoxError, ResponseBody};
use crate::timer::LocalClock;

/// A marker for the threads that a source may run on: [`AnyThread`] or [`OneThread`].
///
/// The trait is sealed: there is nothing to implement.
pub trait Threads: Kind {}

impl<K: Kind> Threads for K {}

/// The source and everything it holds are `Send` and `Sync`. This is the default.
#[derive(Debug)]
pub enum AnyThread {}

/// The source stays on the thread it was created on, and may hold futures, bodies and timers that are not `Send`: in a
/// browser, with awc, or in thread-per-core runtimes.
#[derive(Debug)]
pub enum OneThread {}

/// The types that a source consists of.
pub trait Kind: Sized + fmt::Debug + 'static {
    type Connect: FnMut(Request<Bytes>) -> Self::Connecting + ?Sized;
    type Connecting: Future<Output = Result<Response<ResponseBody<Self>>, BoxError>> + Unpin;
    type Chunks: Stream<Item = Result<Bytes, BoxError>> + Unpin;
    type Clock: Clock + Unpin;
}

impl Kind for AnyThread {
    type Connect = dyn FnMut(Request<Bytes>) -> Self::Connecting + Send;
    type Connecting = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, BoxError>> + Send>>;
    type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;
    type Clock = ();
}

impl Kind for OneThread {
    type Connect = dyn FnMut(Request<Bytes>) -> Self::Connecting;
    type Connecting = Pin<Box<dyn Future<Output = Result<Response<ResponseBody<OneThread>>, BoxError>>>>;
    type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>>>>;
    type Clock = LocalClock;
}

/// Runs timers that cannot leave the thread.
pub trait Clock: fmt::Debug {
    /// Polls the timers, and returns whether one has fired.
    fn poll(&mut self, cx: &mut Context<'_>) -> bool;
}

impl Clock for () {
    fn poll(&mut self, _: &mut Context<'_>) -> bool {
        false
    }
}

impl Clock for LocalClock {
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        LocalClock::poll(self, cx)
    }
}
