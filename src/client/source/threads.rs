//! `Threads`: whether a source may move to another thread, as a type.

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

/// Where a source may go: [`AnyThread`] or [`OneThread`].
///
/// It is sealed: there is nothing to implement.
pub trait Threads: Kind {}

impl<K: Kind> Threads for K {}

/// The source is `Send` and `Sync`, and so is all it holds. The default.
#[derive(Debug)]
pub enum AnyThread {}

/// The source stays on the thread it was made on, and may hold futures, bodies and timers that are not `Send`: in a
/// browser, in awc, in runtimes with a thread per core.
#[derive(Debug)]
pub enum OneThread {}

/// What a source is made of.
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

/// What runs the timers that cannot leave the thread.
pub trait Clock: fmt::Debug {
    /// Whether one has rung.
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
