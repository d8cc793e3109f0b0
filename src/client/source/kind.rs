//! `Threads`: a type parameter for whether a source may move to another thread, and the types that depend on it.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::Context;
use core::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::super::threads::{boxed, AnyThread, Judges, OneThread};
use super::bodies::{Bodies, BoxError};
use super::response_body::ResponseBody;
use super::resume::Hook;
use super::state_change::StateChange;
use super::EventSourceError;
use crate::timer::LocalClock;

/// A marker for the threads that a source may run on: [`AnyThread`] or [`OneThread`].
///
/// The trait is sealed: there is nothing to implement.
pub trait Threads: Kind {}

impl<K: Kind> Threads for K {}

/// The types that a source consists of.
pub trait Kind: Bodies + Judges {
    type Connect: FnMut(Request<Bytes>) -> Self::Connecting + ?Sized;
    type Connecting: Future<Output = Result<Response<ResponseBody<Self>>, BoxError>> + Unpin;
    type Clock: Clock + Unpin;
    type Observe: FnMut(&StateChange<'_, Self>) + ?Sized;
    type RequestHook: FnMut(&mut Request<Bytes>) + ?Sized;
    type Retry: FnMut(Option<&EventSourceError<Self>>, u32, Duration) -> Option<Duration> + ?Sized;
    type Random: FnMut() -> u64 + ?Sized;
    type Resume: Hook + ?Sized;
}

macro_rules! kind {
    ($kind:ident, $clock:ty $(, $send:ident)?) => {
        impl Kind for $kind {
            type Connect = dyn FnMut(Request<Bytes>) -> Self::Connecting $(+ $send)?;
            type Connecting = Pin<
                Box<dyn Future<Output = Result<Response<ResponseBody<$kind>>, BoxError>> $(+ $send)?>,
            >;
            type Clock = $clock;
            type Observe = dyn FnMut(&StateChange<'_, $kind>) $(+ $send)?;
            type RequestHook = dyn FnMut(&mut Request<Bytes>) $(+ $send)?;
            type Retry = dyn FnMut(Option<&EventSourceError<$kind>>, u32, Duration) -> Option<Duration> $(+ $send)?;
            type Random = dyn FnMut() -> u64 $(+ $send)?;
            type Resume = dyn Hook $(+ $send)?;
        }

        boxed! {
            [$($send)?] FnMut(&StateChange<'_, $kind>);
            [$($send)?] FnMut(&mut Request<Bytes>);
            [$($send)?] FnMut(Option<&EventSourceError<$kind>>, u32, Duration) -> Option<Duration>;
            [$($send)?] FnMut() -> u64;
            [$($send)?] Hook;
        }
    };
}

kind!(AnyThread, (), Send);
kind!(OneThread, LocalClock);

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
