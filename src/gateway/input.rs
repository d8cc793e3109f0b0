//! `Input`: the argument of the function of a rewrite.

use super::RewriteError;
use crate::decode::Ending;
use crate::event::{EventRef, Frame};

/// The argument of a [`Rewrite`](super::Rewrite)'s function: each item of the stream, in order. `E` is the error of the
/// inner body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a, E> {
    /// An event, a comment, or another item of the stream.
    Frame(Frame<'a>),
    /// The end of the body. With any [`Ending`] but `Clean`, the response is incomplete. This is the last call.
    End(Ending),
    /// The loss of the rest of the stream, with the error that ends the body. This is the last call.
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
