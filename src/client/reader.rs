//! What one connection gives, chunk after chunk.

use alloc::boxed::Box;

use bytes::Bytes;

use super::end_mark::{Meaning, Terms};
use super::idle::Idle;
use super::StreamError;
use crate::decode::wanted::Wanted;
use crate::decode::{BytesDecoder, Decoder, Ending};
use crate::event::Event;

/// The decoder, and what the user has set. Knows nothing of where the bytes come from.
#[derive(Debug)]
pub(super) struct Reader {
    decoder: BytesDecoder,
    pub(super) terms: Terms,
    pub(super) idle: Idle,
    phase: Phase,
    ending: Option<Ending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Reading,
    /// The source has ended; what it left may still be an event.
    Ended,
    /// The event that ends the stream is lent.
    Last,
    Over,
}

/// What a step has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An event or a frame, to be lent or taken.
    Found,
    /// The next chunk is needed.
    Dry,
    /// No more, for ever.
    Over,
}

impl Reader {
    pub(super) fn new(decoder: Decoder) -> Self {
        let mut reader = Reader {
            decoder: BytesDecoder::default(),
            terms: Terms::default(),
            idle: Idle::default(),
            phase: Phase::Reading,
            ending: None,
        };
        reader.set_decoder(decoder);
        reader
    }

    pub(super) fn set_decoder(&mut self, decoder: Decoder) {
        self.decoder = BytesDecoder::from(decoder);
    }

    /// Begins the next connection; the one before is finished.
    pub(super) fn begin(&mut self) {
        self.decoder.begin_connection();
        self.idle.traffic();
        self.phase = Phase::Reading;
        self.ending = None;
    }

    #[inline]
    pub(super) fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() {
            self.idle.traffic();
            self.decoder.push(chunk);
        }
    }

    /// Goes to the next event, or to whatever else is wanted.
    #[inline]
    pub(super) fn step<E, W: Wanted>(&mut self) -> Result<Step, StreamError<E>> {
        match self.phase {
            Phase::Reading | Phase::Ended => {}
            Phase::Last => {
                self.finish();
                return Ok(Step::Over);
            }
            Phase::Over => return Ok(Step::Over),
        }
        match self.decoder.step::<W>()? {
            true if self.terms.are_none() => Ok(Step::Found),
            true => self.judge(),
            false if self.phase == Phase::Reading => Ok(Step::Dry),
            false => self.end_for_good(),
        }
    }

    /// What the event that was found means to the user.
    fn judge<E>(&mut self) -> Result<Step, StreamError<E>> {
        // A comment means nothing, and neither does a part of an event.
        let Some(event) = self.decoder.current() else { return Ok(Step::Found) };
        match self.terms.meaning(event) {
            Meaning::Event => Ok(Step::Found),
            Meaning::LastEvent => {
                self.phase = Phase::Last;
                Ok(Step::Found)
            }
            Meaning::Mark => {
                self.finish();
                Ok(Step::Over)
            }
            Meaning::Error => {
                let event = Box::new(event.to_event());
                let bytes = self.finish();
                Err(StreamError::ErrorEvent { event, bytes })
            }
        }
    }

    /// The source has ended by itself.
    pub(super) fn end(&mut self) {
        self.ending = Some(self.decoder.finish());
        self.decoder.take_unfinished(self.decoder.unfinished());
        self.phase = Phase::Ended;
    }

    fn end_for_good<E>(&mut self) -> Result<Step, StreamError<E>> {
        self.phase = Phase::Over;
        if !self.terms.ask_for_an_end() {
            return Ok(Step::Over);
        }
        let bytes = self.decoder.bytes_consumed();
        let ending = self.ending.unwrap_or(Ending::Clean);
        Err(StreamError::Truncated { ending, pending: self.decoder.peek_unfinished().map(Box::new), bytes })
    }

    /// Nothing more is read. Says how many bytes were. Once per connection, however often it is called.
    pub(super) fn finish(&mut self) -> u64 {
        if self.phase != Phase::Over {
            self.phase = Phase::Over;
            self.ending = Some(self.decoder.finish());
        }
        self.decoder.bytes_consumed()
    }

    /// Runs a user's code. When that panics, the stream has ended: it is not asked again.
    pub(super) fn guarded<T>(&mut self, code: impl FnOnce() -> T) -> T {
        let phase = core::mem::replace(&mut self.phase, Phase::Over);
        let result = code();
        self.phase = phase;
        result
    }

    /// Whether an event has come that ends the stream.
    pub(super) fn has_reached_the_end(&self) -> bool {
        match self.phase {
            Phase::Last => true,
            // Any other end would have been an error.
            Phase::Over => self.terms.ask_for_an_end(),
            Phase::Reading | Phase::Ended => false,
        }
    }

    /// Whether the source is needed no more.
    pub(super) fn needs_no_source(&self) -> bool {
        self.phase != Phase::Reading
    }

    /// Whether there is nothing more to ask for.
    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    pub(super) fn ending(&self) -> Option<Ending> {
        self.ending
    }

    pub(super) fn decoder(&self) -> &BytesDecoder {
        &self.decoder
    }

    pub(super) fn into_decoder(self) -> Decoder {
        self.decoder.into_decoder()
    }

    #[inline]
    pub(super) fn take_current(&mut self) -> Option<Event> {
        self.decoder.take_current()
    }
}
