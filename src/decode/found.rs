//! How the item that a cursor has found is borrowed or taken.

use core::time::Duration;

use super::cursor::Cursor;
use super::state::{Block, Part, State, EVENT, ID};
use super::step::Found;
use super::wanted::OnlyEvents;
use crate::error::DecodeError;
use crate::event::{Event, EventPiece, EventRef, Frame, HeadRef};
use crate::text::{TextBuffer, WORTH_SHARING};
use crate::wire::split_field;

impl Cursor<'_> {
    #[inline]
    pub(super) fn event<'a>(&'a self, state: &'a State) -> Option<EventRef<'a>> {
        match self.found {
            Found::Plain => Some(self.plain_event(state)),
            _ => self.other_event(state),
        }
    }

    #[inline(never)]
    fn other_event<'a>(&'a self, state: &'a State) -> Option<EventRef<'a>> {
        match self.found {
            Found::Event => Some(self.block(state)),
            Found::Gathered => Some(state.gathered_event()),
            _ => None,
        }
    }

    #[inline]
    fn block<'a>(&'a self, state: &'a State) -> EventRef<'a> {
        EventRef {
            head: self.head(state),
            data: self.text(&state.block.data, &state.data),
            chunk: self.chunk.shared(),
        }
    }

    #[inline(always)]
    fn head<'a>(&'a self, state: &'a State) -> HeadRef<'a> {
        let Block { event_type, id, has_retry, .. } = &state.block;
        let has_id = u8::from(*id != Part::Absent) << ID;
        let (name, fields) = match event_type {
            Part::Absent => ("", has_id),
            part => (self.text(part, &state.event_type), has_id | 1 << EVENT),
        };
        // If the block has a `retry` line, it has set the current reconnection time.
        let retry = state.reconnection_time.filter(|_| *has_retry);
        HeadRef::new(name, self.last_event_id(state), fields, retry)
    }

    /// Advances to the next event and takes it.
    ///
    /// A call returns its result through memory, and moving an event out of there waits until it has been written. So a
    /// plain event is built in place, and other events go through a variable of their own.
    #[inline(always)]
    pub(super) fn next_owned(&mut self, state: &mut State) -> Result<Option<Event>, DecodeError> {
        match self.step_in_blocks::<OnlyEvents>(state) {
            Some(true) => return Ok(Some(self.plain_event(state).to_event())),
            Some(false) => return Ok(None),
            None => {}
        }
        let mut event = Ok(None);
        self.next_owned_otherwise(state, &mut event);
        event
    }

    #[inline(never)]
    fn next_owned_otherwise(&mut self, state: &mut State, event: &mut Result<Option<Event>, DecodeError>) {
        match self.step_otherwise::<OnlyEvents>(state) {
            Ok(true) => *event = Ok(self.take_block(state)),
            Ok(false) => {}
            Err(error) => *event = Err(error),
        }
    }

    /// Takes the event, owned. Data in a buffer of the state is moved, not copied.
    ///
    /// `wrap` puts it into the result of the caller, here, so that a plain event is built where it is returned rather
    /// than moved there.
    #[inline(always)]
    pub(super) fn take_event<R>(&mut self, state: &mut State, wrap: impl FnOnce(Option<Event>) -> R) -> R {
        if self.found == Found::Plain {
            self.found = Found::Nothing;
            return wrap(Some(self.plain_event(state).to_event()));
        }
        wrap(self.take_block(state))
    }

    #[inline(never)]
    fn take_block(&mut self, state: &mut State) -> Option<Event> {
        let event = match self.found {
            Found::Event if state.block.data == Part::Buffer => {
                let data = state.data.take(0..state.data.len());
                Some(Event::from_parts(self.head(state).into(), data))
            }
            // The event type and the ID are in the same buffer as the data, so they are copied first.
            Found::Gathered if state.gathered_event().data().len() >= WORTH_SHARING => {
                let head = state.gathered_event().head.into();
                Some(Event::from_parts(head, state.take_gathered_data()))
            }
            _ => self.event(state).map(|event| event.to_event()),
        };
        self.leave_found(state);
        event
    }

    pub(super) fn frame<'a>(&'a self, state: &'a State) -> Option<Frame<'a>> {
        Some(match &self.found {
            Found::Nothing | Found::DataPiece | Found::EndOfPieces => return None,
            Found::Plain | Found::Gathered | Found::Event => Frame::Event(self.event(state)?),
            Found::BlockWithoutData => Frame::BlockWithoutData(self.head(state)),
            Found::Comment(text) => Frame::Comment(self.text(text, &state.open)),
            Found::Retry(millis) => Frame::Retry(Duration::from_millis(*millis)),
            Found::Unknown(line) => {
                let line = self.text(line, &state.open);
                let (name, value) = split_field(line.as_bytes());
                Frame::Unknown { name: &line[..name], value: &line[value..] }
            }
        })
    }

    pub(super) fn piece<'a>(&'a self, state: &'a State) -> Option<EventPiece<'a>> {
        match self.found {
            Found::DataPiece => Some(EventPiece::Data(state.open.as_str())),
            Found::EndOfPieces => {
                let data = self.text(&state.block.data, &state.data);
                Some(EventPiece::End { data, head: self.head(state) })
            }
            _ => self.event(state).map(EventPiece::Event),
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
    pub(super) fn last_event_id<'a>(&'a self, state: &'a State) -> &'a str {
        match &self.last_event_id {
            Some(id) => self.chunk.text(id),
            None => state.last_event_id.as_str(),
        }
    }

    pub(super) fn bytes_consumed(&self, state: &State) -> u64 {
        state.bytes_consumed_to(self.at) + u64::from(state.has_later() && self.is_before_lf(state))
    }
}
