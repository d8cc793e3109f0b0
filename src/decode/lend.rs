//! What was found is lent.

use core::time::Duration;

use super::block::{Block, Part};
use super::cursor::{Cursor, Found};
use super::decoder::Decoder;
use super::wanted::OnlyEvents;
use crate::error::DecodeError;
use crate::event::{Event, EventPiece, EventRef, Frame, HeadRef, UnknownField};
use crate::text::{TextBuffer, WORTH_SHARING};
use crate::wire::split_field;

impl Cursor<'_> {
    #[inline]
    pub(super) fn event<'a>(&'a self, decoder: &'a Decoder) -> Option<EventRef<'a>> {
        match self.found {
            Found::Plain => Some(self.plain_event(decoder)),
            _ => self.other_event(decoder),
        }
    }

    #[inline(never)]
    fn other_event<'a>(&'a self, decoder: &'a Decoder) -> Option<EventRef<'a>> {
        match self.found {
            Found::Event => Some(self.block(decoder)),
            Found::Gathered => Some(decoder.gathered_event()),
            _ => None,
        }
    }

    fn block<'a>(&'a self, decoder: &'a Decoder) -> EventRef<'a> {
        EventRef {
            head: self.head(decoder),
            data: self.text(&decoder.block.data, &decoder.data),
            chunk: self.chunk.shared(),
        }
    }

    fn head<'a>(&'a self, decoder: &'a Decoder) -> HeadRef<'a> {
        let Block { event_type, id, retry, .. } = &decoder.block;
        let event_type = self.text(event_type, &decoder.event_type);
        HeadRef::new(event_type, self.last_event_id(decoder), *id != Part::Absent, *retry)
    }

    /// Goes to the next event and takes it.
    ///
    /// What a call returns stands in memory. Whoever moves an event from there waits until it has been written, so the
    /// common one is built where it is wanted, and others come by a place of their own.
    #[inline(always)]
    pub(super) fn next_owned(&mut self, decoder: &mut Decoder) -> Result<Option<Event>, DecodeError> {
        match self.step_in_blocks(decoder) {
            Some(true) => return Ok(Some(self.plain_event(decoder).to_event())),
            Some(false) => return Ok(None),
            None => {}
        }
        let mut event = None;
        match self.next_owned_otherwise(decoder, &mut event) {
            Ok(()) => Ok(event),
            Err(error) => Err(error),
        }
    }

    #[inline(never)]
    fn next_owned_otherwise(
        &mut self,
        decoder: &mut Decoder,
        event: &mut Option<Event>,
    ) -> Result<(), DecodeError> {
        if self.step_otherwise::<OnlyEvents>(decoder)? {
            self.take_block(decoder, event);
        }
        Ok(())
    }

    /// The event, made owned, and left; data in the decoder's buffer is handed over.
    #[inline(always)]
    pub(super) fn take_event(&mut self, decoder: &mut Decoder) -> Option<Event> {
        if self.found == Found::Plain {
            self.found = Found::Nothing;
            return Some(self.plain_event(decoder).to_event());
        }
        let mut event = None;
        self.take_block(decoder, &mut event);
        event
    }

    #[inline(never)]
    fn take_block(&mut self, decoder: &mut Decoder, event: &mut Option<Event>) {
        *event = match self.found {
            Found::Event if decoder.block.data == Part::Buffer => {
                let data = decoder.data.take(0..decoder.data.len());
                Some(Event::from_parts(self.head(decoder).into(), data))
            }
            // The type and the ID stand in the same buffer.
            Found::Gathered if decoder.gathered_event().data().len() >= WORTH_SHARING => {
                let head = decoder.gathered_event().head.into();
                Some(Event::from_parts(head, decoder.take_gathered_data()))
            }
            _ => self.event(decoder).map(|event| event.to_event()),
        };
        self.leave_found(decoder);
    }

    pub(super) fn frame<'a>(&'a self, decoder: &'a Decoder) -> Option<Frame<'a>> {
        Some(match &self.found {
            Found::Nothing | Found::DataPiece | Found::EndOfPieces => return None,
            Found::Plain | Found::Gathered | Found::Event => Frame::Event(self.event(decoder)?),
            Found::BlockWithoutData => Frame::BlockWithoutData(self.head(decoder)),
            Found::Comment(text) => Frame::Comment(self.text(text, &decoder.open)),
            Found::Retry(millis) => Frame::Retry(Duration::from_millis(*millis)),
            Found::Unknown(line) => {
                let line = self.text(line, &decoder.open);
                let (name, value) = split_field(line.as_bytes());
                Frame::Unknown(UnknownField { name: &line[..name], value: &line[value..] })
            }
        })
    }

    pub(super) fn piece<'a>(&'a self, decoder: &'a Decoder) -> Option<EventPiece<'a>> {
        match self.found {
            Found::DataPiece => Some(EventPiece::Data(decoder.open.as_str())),
            Found::EndOfPieces => {
                let data = self.text(&decoder.block.data, &decoder.data);
                Some(EventPiece::End { data, head: self.head(decoder) })
            }
            _ => self.event(decoder).map(EventPiece::Event),
        }
    }

    #[inline]
    fn text<'a>(&'a self, part: &Part, buffer: &'a TextBuffer) -> &'a str {
        match part {
            Part::Absent => "",
            Part::Chunk(part) => self.chunk.text(part),
            Part::Buffer => buffer.as_str(),
        }
    }

    #[inline]
    pub(super) fn last_event_id<'a>(&'a self, decoder: &'a Decoder) -> &'a str {
        match &self.last_event_id {
            Some(id) => self.chunk.text(id),
            None => decoder.last_event_id.as_str(),
        }
    }

    pub(super) fn bytes_consumed(&self, decoder: &Decoder) -> u64 {
        decoder.bytes_consumed_to(self.at)
    }
}
