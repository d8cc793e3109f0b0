//! `AnyThread` and `OneThread`: whether a client may move to another thread, and what that means for the functions that
//! judge events.

use alloc::boxed::Box;
use core::fmt;

use crate::event::EventRef;

/// The client and everything it holds are `Send` and `Sync`. This is the default.
#[derive(Debug)]
pub enum AnyThread {}

/// The client stays on the thread it was created on, and may hold futures, bodies, timers and functions that are not
/// `Send`: in a browser, with awc, or in thread-per-core runtimes.
#[derive(Debug)]
pub enum OneThread {}

/// The part of `Threads` that functions that judge events need: end marks, errors, progress.
pub trait Judges: Sized + fmt::Debug + 'static {
    type Judge: FnMut(EventRef<'_>) -> bool + ?Sized;

    /// Boxes a function that any client may hold.
    fn any(judge: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Box<Self::Judge>;
}

/// A function that a client may hold: `Send`, if the client is.
pub trait Boxed<D: ?Sized> {
    fn boxed(self) -> Box<D>;
}

/// Implements [`Boxed`] for functions of these types.
macro_rules! boxed {
    ($([$($send:ident)?] $what:ident $(($($argument:ty),*))? $(-> $result:ty)?;)*) => {$(
        impl<F> $crate::client::threads::Boxed<dyn $what $(($($argument),*))? $(-> $result)? $(+ $send)?> for F
        where
            F: $what $(($($argument),*))? $(-> $result)? $(+ $send)? + 'static,
        {
            fn boxed(self) -> alloc::boxed::Box<dyn $what $(($($argument),*))? $(-> $result)? $(+ $send)?> {
                alloc::boxed::Box::new(self)
            }
        }
    )*};
}

pub(super) use boxed;

boxed! {
    [Send] FnMut(EventRef<'_>) -> bool;
    [] FnMut(EventRef<'_>) -> bool;
}

impl Judges for AnyThread {
    type Judge = dyn FnMut(EventRef<'_>) -> bool + Send;

    fn any(judge: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Box<Self::Judge> {
        Box::new(judge)
    }
}

impl Judges for OneThread {
    type Judge = dyn FnMut(EventRef<'_>) -> bool;

    fn any(judge: impl FnMut(EventRef<'_>) -> bool + Send + 'static) -> Box<Self::Judge> {
        Box::new(judge)
    }
}
