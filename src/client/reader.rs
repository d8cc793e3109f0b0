//! `Reader`: reads the events of one connection from chunks, under the user's settings.

use alloc::boxed::Box;
use core::task::{Context, Poll};

use bytes::Bytes;

use super::beginning::Beginning;
use super::drain::Drain;
use super::end_mark::{EndMark, Meaning, Terms};
use super::silence::{Phase, Silence, Timeout};
use super::stream_error::FirstLine;
use super::threads::Judges;
use super::StreamError;
use crate::decode::wanted::Wanted;
use crate::decode::{BytesDecoder, Decoder, Ending};
use crate::event::{Event, EventId, EventPiece, Frame};

/// The decoder and the user's settings. The reader does not know where the bytes come from.
#[derive(Debug)]
pub(super) struct Reader<K: Judges> {
    decoder: BytesDecoder,
    terms: Terms<K>,
    pub(super) silence: Silence<K>,
    pub(super) draining: Drain,
    stage: Stage,
    ending: Option<Ending>,
    /// The number of events found on this connection.
    events: u64,
    /// The start of the body, without meaning after the first event: cleared with the next chunk.
    beginning: Beginning,
    /// Whether some pieces of an event were returned, but not its end.
    has_open_pieces: bool,
    /// Whether every event found can be returned without further checks.
    is_plain: bool,
    /// What was read of the body after the end mark, if the rest of the body is kept for the user.
    rest: Option<Bytes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Reading,
    /// Reading, but many items have arrived that are not progress.
    Flooded,
    /// The body has ended; its remaining bytes may still form an event.
    Ended,
    /// The event that ends the stream was found, and may be returned.
    Last,
    /// The rest of the body is read and discarded.
    Draining,
    Over,
}

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An event was found, or a frame or piece if those are wanted.
    Found,
    /// The next chunk is needed.
    Dry,
    /// The limits on silence are to be polled before the next step.
    Flooded,
    /// The rest of the body is to be drained.
    Drain,
    /// The stream is over for good.
    Over,
}

impl<K: Judges> Reader<K> {
    pub(super) fn new(decoder: Decoder) -> Self {
        Reader {
            decoder: BytesDecoder::from(decoder),
            terms: Terms::none(),
            silence: Silence::unlimited(),
            draining: Drain::default(),
            stage: Stage::Reading,
            ending: None,
            events: 0,
            beginning: Beginning::default(),
            has_open_pieces: false,
            is_plain: true,
            rest: None,
        }
    }

    pub(super) fn set_decoder(&mut self, decoder: Decoder) {
        self.decoder = BytesDecoder::from(decoder);
        self.prepare();
    }

    pub(super) fn end_at(&mut self, mark: EndMark<K>) {
        self.terms.end_at(mark);
        self.prepare();
    }

    pub(super) fn fail_at(&mut self, is_error: Box<K::Judge>) {
        self.terms.fail_at(is_error);
        self.prepare();
    }

    /// Fails at events for which the function returns `true`, and at blocks of this type without data.
    // Used only by the feature `json`.
    #[allow(dead_code)]
    pub(super) fn fail_at_type(&mut self, event_type: &'static str, is_error: Box<K::Judge>) {
        self.terms.fail_at_type(event_type);
        self.fail_at(is_error);
    }

    /// Updates the reader after a change of its settings.
    pub(super) fn prepare(&mut self) {
        self.is_plain = self.terms.are_none() && !self.silence.watches_events();
        if self.terms.judge_blocks() {
            self.decoder.report_blocks_without_data();
        }
    }

    /// Begins the next connection; the previous one is finished. Returns whether the previous one was lost in the
    /// middle of an event returned in pieces.
    pub(super) fn begin(&mut self) -> bool {
        self.decoder.begin_connection();
        self.silence.begin();
        self.draining.begin();
        self.stage = Stage::Reading;
        self.ending = None;
        self.events = 0;
        self.beginning = Beginning::default();
        self.rest = None;
        core::mem::take(&mut self.has_open_pieces)
    }

    #[inline]
    pub(super) fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() {
            self.silence.on_bytes();
            if self.events == 0 {
                self.beginning.push(&chunk);
            } else {
                self.beginning.clear();
            }
            self.decoder.push(chunk);
        }
    }

    /// Advances to the next event if it comes next in the chunk, has no rare lines and needs no checks, as most do;
    /// [`step`](Self::step) does the rest. Small enough to be inlined into callers.
    #[inline(always)]
    pub(super) fn step_to_plain_event<W: Wanted>(&mut self) -> bool {
        let may_be_returned = self.is_plain && matches!(self.stage, Stage::Reading | Stage::Ended);
        let is_found = may_be_returned && self.decoder.step_to_plain_event::<W>();
        self.events += u64::from(is_found);
        is_found
    }

    /// Advances to the next event, or to the next frame or piece if those are wanted.
    #[inline]
    pub(super) fn step<E, W: Wanted>(&mut self) -> Result<Step, StreamError<E>> {
        match self.stage {
            Stage::Reading | Stage::Ended => {}
            Stage::Last | Stage::Draining => {
                return Ok(self.drain());
            }
            Stage::Flooded => {
                self.stage = Stage::Reading;
                return Ok(Step::Flooded);
            }
            Stage::Over => return Ok(Step::Over),
        }
        loop {
            if !self.decoder.step::<W>()? {
                return match self.stage {
                    Stage::Reading => Ok(Step::Dry),
                    _ => self.end_for_good(),
                };
            }
            if W::PIECES {
                self.has_open_pieces = matches!(self.decoder.current_piece(), Some(EventPiece::Data(_)));
            }
            if self.is_plain {
                self.events += u64::from(self.completes_an_event::<W>());
                return Ok(Step::Found);
            }
            if let Some(step) = self.judge::<E, W>()? {
                return Ok(step);
            }
        }
    }

    /// Returns whether the item found is an event, or the end of one whose pieces were returned.
    #[inline(always)]
    fn completes_an_event<W: Wanted>(&self) -> bool {
        if W::PIECES {
            matches!(self.decoder.current_piece(), Some(EventPiece::Event(_) | EventPiece::End { .. }))
        } else if W::FRAMES {
            self.decoder.current().is_some()
        } else {
            true
        }
    }

    /// Applies the user's settings to the item found; returns `None` if it is not to be returned.
    fn judge<E, W: Wanted>(&mut self) -> Result<Option<Step>, StreamError<E>> {
        let Some(event) = self.decoder.current() else { return self.judge_other::<E, W>() };
        self.events += 1;
        self.silence.on_event(Some(event));
        match self.terms.meaning(event) {
            Meaning::Event => Ok(Some(self.found())),
            Meaning::LastEvent => {
                self.stage = Stage::Last;
                Ok(Some(Step::Found))
            }
            Meaning::Mark => Ok(Some(self.drain())),
            Meaning::Error => {
                let event = event.to_event();
                Err(self.error_event(event))
            }
        }
    }

    fn error_event<E>(&mut self, event: Event) -> StreamError<E> {
        self.drain();
        StreamError::ErrorEvent { event: Box::new(event), bytes: self.decoder.bytes_consumed() }
    }

    /// Handles a frame, a piece, or a block without data, which may be the end mark or an error.
    fn judge_other<E, W: Wanted>(&mut self) -> Result<Option<Step>, StreamError<E>> {
        if W::PIECES && self.decoder.current_piece().is_some() {
            self.events += u64::from(self.completes_an_event::<W>());
            self.silence.on_event(None);
            return Ok(Some(Step::Found));
        }
        if let Some(Frame::BlockWithoutData(head)) = self.decoder.current_frame() {
            if self.terms.has_error_type(head.event_type()) {
                let event = Event::new("").with_head(head);
                return Err(self.error_event(event));
            }
            if self.terms.end_at_type(head.event_type()) {
                return Ok(Some(self.drain()));
            }
            if !W::FRAMES {
                return Ok(None);
            }
        }
        self.silence.on_other_frame();
        Ok(Some(self.found()))
    }

    /// Handles an item that is to be returned.
    fn found(&mut self) -> Step {
        if self.stage == Stage::Reading && self.silence.is_flooded() {
            self.stage = Stage::Flooded;
        }
        Step::Found
    }

    /// Handles the end of the stream; the body may continue.
    fn drain(&mut self) -> Step {
        if self.stage != Stage::Draining {
            if self.ending.is_some() {
                // The body has already ended. The item found is not returned again.
                self.decoder.finish();
                self.finish();
                return Step::Over;
            }
            self.stage = Stage::Draining;
            self.rest = self.draining.keeps_rest().then(|| self.decoder.unread());
            self.ending = Some(self.decoder.finish());
        }
        Step::Drain
    }

    /// Records that the body has ended by itself.
    pub(super) fn end(&mut self) {
        self.ending = Some(self.decoder.finish());
        self.decoder.take_unfinished(self.decoder.unfinished());
        self.stage = Stage::Ended;
    }

    fn end_for_good<E>(&mut self) -> Result<Step, StreamError<E>> {
        let ending = self.ending.unwrap_or(Ending::Clean);
        self.stage = Stage::Over;
        if self.terms.have_marks() {
            // Even an optional mark is a mark of events.
            if let Some(error) = self.not_an_event_stream() {
                return Err(error);
            }
        }
        if self.terms.allow_end(ending) {
            return Ok(Step::Over);
        }
        let bytes = self.decoder.bytes_consumed();
        Err(StreamError::Truncated { ending, pending: self.decoder.peek_unfinished().map(Box::new), bytes })
    }

    /// Returns the error for a body that has ended without an event, if it is something else.
    pub(super) fn not_an_event_stream<E>(&self) -> Option<StreamError<E>> {
        let first_line = Box::new(self.first_line()?);
        Some(StreamError::NotAnEventStream { first_line, bytes: self.decoder.bytes_consumed() })
    }

    /// Returns the first line of the body that is not part of an event stream, if there was no event.
    pub(super) fn first_line(&self) -> Option<FirstLine> {
        if self.events == 0 {
            self.beginning.first_line()
        } else {
            None
        }
    }

    /// Stops reading, even for draining, and returns the number of bytes read. Takes effect once per connection,
    /// however often it is called.
    pub(super) fn finish(&mut self) -> u64 {
        if self.stage != Stage::Over {
            if self.ending.is_none() {
                self.ending = Some(self.decoder.finish());
            }
            self.stage = Stage::Over;
        }
        self.decoder.bytes_consumed()
    }

    /// Handles a failure of the transport.
    pub(super) fn fail<E>(&mut self, error: E) -> StreamError<E> {
        let bytes = self.finish();
        // A body that failed has no end.
        self.ending = None;
        StreamError::Transport { error, bytes }
    }

    /// Polls the limits on silence.
    pub(super) fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Timeout> {
        let phase = if self.events == 0 { Phase::BeforeFirstEvent } else { Phase::BetweenEvents };
        let bytes = self.decoder.bytes_consumed();
        let timeout = self.silence.poll(cx, phase, bytes, self.events);
        if timeout.is_ready() {
            self.finish();
            self.ending = None;
        }
        timeout
    }

    /// Polls the limit on waiting for a response.
    pub(super) fn poll_silence_before_response(&mut self, cx: &mut Context<'_>) -> Poll<Timeout> {
        self.silence.poll(cx, Phase::BeforeResponse, 0, 0)
    }

    /// Runs user code. If it panics, the stream is over and the code is never called again.
    pub(super) fn guarded<T>(&mut self, code: impl FnOnce() -> T) -> T {
        let stage = core::mem::replace(&mut self.stage, Stage::Over);
        let result = code();
        self.stage = stage;
        result
    }

    /// Returns whether the stream has reached its end as set by the user.
    pub(super) fn has_reached_the_end(&self) -> bool {
        match self.stage {
            Stage::Last | Stage::Draining => true,
            // Any other end would have been an error.
            Stage::Over => self.terms.have_marks(),
            Stage::Reading | Stage::Flooded | Stage::Ended => false,
        }
    }

    /// Returns whether the source is no longer needed.
    pub(super) fn needs_no_source(&self) -> bool {
        match self.stage {
            Stage::Ended => true,
            Stage::Over => self.rest.is_none(),
            _ => false,
        }
    }

    /// Returns whether the stream is over.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    pub(super) fn ending(&self) -> Option<Ending> {
        self.ending
    }

    pub(super) fn decoder(&self) -> &BytesDecoder {
        &self.decoder
    }

    pub(super) fn into_decoder(mut self) -> Decoder {
        if self.stage == Stage::Last {
            // What follows the last event is not for the next connection.
            self.decoder.finish();
        }
        self.decoder.into_decoder()
    }

    /// Returns what was read of the body after the last event returned.
    pub(super) fn into_rest(mut self) -> Bytes {
        match self.stage {
            Stage::Reading | Stage::Flooded | Stage::Last => self.decoder.unread(),
            Stage::Ended | Stage::Draining | Stage::Over => self.rest.unwrap_or_default(),
        }
    }

    pub(super) fn set_last_event_id(&mut self, id: EventId) {
        self.decoder.set_last_event_id(id);
    }

    #[inline(always)]
    pub(super) fn take_current<R>(&mut self, wrap: impl FnOnce(Option<Event>) -> R) -> R {
        self.decoder.take_current_as(wrap)
    }
}
