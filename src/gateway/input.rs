//! `Input`: what the function of a rewrite is called with.

use super::RewriteError;
use crate::decode::Ending;
use crate::event::{EventRef, Frame};

/// The argument of a [`Rewrite`](super::Rewrite)'s function: everything that comes in, in order. `E` is the error of the
/// inner body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a, E> {
    /// An event, a comment, or another item on the wire.
    Frame(Frame<'a>),
    /// The end of the body. With any [`Ending`] but `Clean` the answer is incomplete. The last call.
    End(Ending),
    /// The loss of the rest, with the error that ends the body. The last call.
    Lost(&'a RewriteError<E>),
}

impl<'a, E> Input<'a, E> {
    /// Returns the event, if the input is one.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Output};
    ///
    /// fn shout<E>(input: Input<'_, E>, output: &mut Output<'_>) {
    ///     if let Some(event) = input.event() {
    ///         output.send_data(&event.data().to_uppercase());
    ///     }
    /// }
    /// # use eventwire::gateway::Rewrite;
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    /// # let _ = Rewrite::new(body, shout);
    /// ```
    #[must_use]
    pub fn event(&self) -> Option<EventRef<'a>> {
        match self {
            Input::Frame(Frame::Event(event)) => Some(*event),
            _ => None,
        }
    }
}
