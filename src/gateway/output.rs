//! `Output`: receives what the function of a rewrite sends.

use core::ops::Range;

use bytes::BufMut;

use super::held::Held;
use super::written::Written;
use crate::encode::Encoded;
use crate::event::{Event, EventRef, Frame, HeadRef};

/// Receives the output of a [`Rewrite`](super::Rewrite) for one [`Input`](super::Input).
///
/// If the function calls no method, the input is kept. Anything it sends replaces the input; to forward both, it calls
/// [`keep`](Self::keep).
#[derive(Debug)]
pub struct Output<'a> {
    written: &'a mut Written,
    held: &'a Held,
    unit: Unit,
    head: Option<HeadRef<'a>>,
    is_replaced: bool,
    is_kept: bool,
    is_last: bool,
    /// The offset in the output at which the comments of a replaced block belong.
    lines_at: usize,
}

/// The bytes of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A block, or a line between blocks: the held bytes, followed by this part of the chunk.
    Whole(Range<usize>),
    /// A comment or other frame inside a block, which is forwarded with the block.
    LineInside,
    /// An unfinished block at the end, which is held completely.
    Unfinished,
}

/// What happened to an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// The input was kept, and nothing was sent.
    Alone,
    /// The input was kept, and something was sent.
    Kept,
    /// The input was removed, or replaced by what was sent.
    Replaced,
}

impl<'a> Output<'a> {
    pub(super) fn new(
        written: &'a mut Written,
        held: &'a Held,
        unit: Unit,
        head: Option<HeadRef<'a>>,
    ) -> Self {
        Output { written, held, unit, head, is_replaced: false, is_kept: false, is_last: false, lines_at: 0 }
    }

    /// Forwards the input at this point of the output, as its original bytes: with its line ends, its order of fields
    /// and the comments inside a block. A second call has no effect.
    ///
    /// For a [loss](super::Input::Lost), `keep` makes the body end with the error, after everything that is sent. If a
    /// loss is replaced, the body ends without an error. For the [end](super::Input::End), `keep` has no effect.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// use eventwire::Event;
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if input.event().is_some_and(|event| event.data() == "[DONE]") {
    ///         output.send(&Event::new("{\"cost\":0.0021}").with_type("usage"));
    ///         output.keep();
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap();
    /// ```
    pub fn keep(&mut self) {
        if core::mem::replace(&mut self.is_kept, true) {
            return;
        }
        match &self.unit {
            Unit::Whole(part) => self.written.forward(self.held.bytes(), part.clone()),
            Unit::LineInside | Unit::Unfinished => {}
        }
    }

    /// Removes the input. The comments, reconnection times and unknown fields inside a block are kept; its ID is not.
    ///
    /// For a [loss](super::Input::Lost), `remove` makes the body end without an error, so that it looks complete: send an
    /// error event instead, unless the last event has passed already. After a `send`, `remove` has no effect: what was sent
    /// is not withdrawn. After a [`keep`](Self::keep), it has none either.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if input.event().is_some_and(|event| event.event_type() == "ping") {
    ///         output.remove();
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap();
    /// ```
    pub fn remove(&mut self) {
        self.written.end_line();
        if !core::mem::replace(&mut self.is_replaced, true) && self.has_lines() {
            self.lines_at = self.written.len();
        }
    }

    /// Sends an event in place of the input. It is encoded directly into the output, without an allocation.
    ///
    /// The reconnection time of a replaced block is kept, so an event made with `to_event()` repeats it.
    ///
    /// For an input inside a block, such as a comment, the event is sent before the block.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// use eventwire::Event;
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if let Input::Lost(error) = input {
    ///         output.send(&Event::new(format!("{error}")).with_type("error"));
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap();
    /// ```
    pub fn send(&mut self, event: &Event) {
        self.remove();
        event.encode(self.written.buffer());
    }

    /// Sends something that is already encoded, such as a comment, in place of the input.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Output};
    /// use eventwire::{Encoded, Frame};
    ///
    /// /// Removes the text of comments; they still keep the connection open.
    /// fn quiet<E>(input: Input<'_, E>, output: &mut Output<'_>) {
    ///     if let Input::Frame(Frame::Comment(_)) = input {
    ///         output.send_encoded(&Encoded::heartbeat());
    ///     }
    /// }
    /// # use eventwire::gateway::Rewrite;
    /// # let _ = Rewrite::new(http_body_util::Full::new(bytes::Bytes::from("data: a\n\n")), quiet);
    /// ```
    pub fn send_encoded(&mut self, encoded: &Encoded) {
        self.remove();
        self.written.buffer().put_slice(encoded.as_bytes());
    }

    /// Sends the input event with other data. Its type and ID are kept. Nothing is allocated.
    ///
    /// If the input is not an event, this sends an event of the default type.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if let Some(event) = input.event() {
    ///         output.send_data(&event.data().replace("gpt-", "model-"));
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap();
    /// ```
    pub fn send_data(&mut self, data: &str) {
        self.remove();
        let head = self.head.unwrap_or(HeadRef::new("", "", 0, None));
        // As a frame, it has no reconnection time: the original `retry` line is kept.
        Frame::Event(EventRef { head, data, chunk: None }).encode(self.written.buffer());
    }

    /// Ends the body after this input, even if the server keeps it open: everything sent or kept so far is delivered, the
    /// rest of the inner body is dropped unread, and the function is not called again, not even with the
    /// [end](super::Input::End). The body ends without an error.
    ///
    /// The input is kept, removed or replaced as usual. If it is a comment inside a block, the block is omitted. For the
    /// end or a loss, which end the body anyway, `end` has no effect. A dropped body of HTTP/1.1 takes its connection with
    /// it.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\ndata: [DONE]\n\ndata: b\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if input.event().is_some_and(|event| event.data() == "[DONE]") {
    ///         output.end();                                             // after the mark, which is kept
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # let read = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap().to_bytes();
    /// # assert_eq!(read, "data: a\n\ndata: [DONE]\n\n");
    /// ```
    pub fn end(&mut self) {
        self.is_last = true;
    }

    /// Returns whether the body ends after this input.
    pub(super) fn is_last(&self) -> bool {
        self.is_last
    }

    /// Completes the output after the function has returned.
    pub(super) fn settle(mut self) -> Settled {
        if !self.is_replaced {
            self.keep();
            return Settled::Alone;
        }
        // Nothing can follow an unfinished block, because it would become a part of it.
        let is_gone = !self.is_kept || self.unit == Unit::Unfinished;
        if is_gone && self.has_lines() {
            self.written.insert(self.lines_at, self.held.lines());
        }
        if self.is_kept {
            Settled::Kept
        } else {
            Settled::Replaced
        }
    }

    /// Whether the block has lines that are kept even if it is not.
    fn has_lines(&self) -> bool {
        self.unit != Unit::LineInside && self.held.has_lines()
    }
}
