//! `Block`: the lines of an event, in the order in which they are written.

use alloc::vec::Vec;

use bytes::{BufMut, Bytes};

use super::line::{
    field_len, put_field, put_open_field, put_retry, retry_len, DATA, END_OF_BLOCK, EVENT, ID, NEXT_DATA,
};
use crate::event::{Event, EventRef, Head, HeadRef};
use crate::wire::{each_line, LF};

/// The fields of an event, whoever owns them.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// In milliseconds.
    retry: Option<u64>,
    /// Empty for the default.
    event_type: &'a str,
    id: Option<&'a str>,
    data: Option<&'a str>,
}

impl<'a> From<&'a Event> for Block<'a> {
    #[inline]
    fn from(event: &'a Event) -> Self {
        Block { data: Some(event.data()), ..Block::from(event.head()) }
    }
}

impl<'a> From<&EventRef<'a>> for Block<'a> {
    #[inline]
    fn from(event: &EventRef<'a>) -> Self {
        Block { data: Some(event.data), ..Block::from(&event.head) }
    }
}

impl<'a> From<&'a Head> for Block<'a> {
    #[inline]
    fn from(head: &'a Head) -> Self {
        Block { retry: head.retry_millis(), event_type: head.type_on_wire(), id: head.id(), data: None }
    }
}

impl<'a> From<&HeadRef<'a>> for Block<'a> {
    #[inline]
    fn from(head: &HeadRef<'a>) -> Self {
        Block { retry: head.retry_millis(), event_type: head.type_on_wire(), id: head.id(), data: None }
    }
}

impl Block<'_> {
    // Always inline, like `encode_head` and `each_line`: a call would pass the fields through memory, at up to 50
    // instructions per event, and which calls the compiler inlines by itself depends on the rest of the crate.
    #[inline(always)]
    pub(super) fn encode(&self, buffer: &mut impl BufMut) {
        self.encode_head(buffer);
        let Some(data) = self.data else {
            buffer.put_u8(LF);
            return;
        };
        // [encoding 26] A line each, split as a reader splits them; at least one, so that empty data arrives, and [encoding 30] an ID with it.
        let mut is_first = true;
        each_line(data.as_bytes(), |line| {
            if core::mem::take(&mut is_first) {
                put_open_field(buffer, &DATA, line)
            } else {
                put_open_field(buffer, &NEXT_DATA, line)
            }
        });
        buffer.put_slice(&END_OF_BLOCK);
    }

    /// Writes everything that comes before the data.
    #[inline(always)]
    pub(super) fn encode_head(&self, buffer: &mut impl BufMut) {
        if let Some(millis) = self.retry {
            put_retry(buffer, millis);
        }
        if !self.event_type.is_empty() {
            put_field(buffer, &EVENT, self.event_type.as_bytes());
        }
        if let Some(id) = self.id {
            put_field(buffer, &ID, id.as_bytes());
        }
    }

    /// The number of bytes that [`encode`](Self::encode) writes.
    pub(super) fn len(&self) -> usize {
        let retry = self.retry.map_or(0, retry_len);
        let event_type =
            if self.event_type.is_empty() { 0 } else { field_len(&EVENT, self.event_type.as_bytes()) };
        let id = self.id.map_or(0, |id| field_len(&ID, id.as_bytes()));
        let mut data = 0;
        if let Some(text) = self.data {
            each_line(text.as_bytes(), |line| data += field_len(&DATA, line));
        }
        retry + event_type + id + data + 1
    }

    /// Leaves the reconnection time out: as a frame of its own it has been written already.
    pub(super) fn without_retry(self) -> Self {
        Block { retry: None, ..self }
    }

    pub(super) fn to_bytes(self) -> Bytes {
        // Of exactly its size, so that it becomes `Bytes` without being moved.
        let mut buffer = Vec::with_capacity(self.len());
        self.encode(&mut buffer);
        buffer.into()
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn encoded<'a>(block: impl Into<Block<'a>>) -> Vec<u8> {
        let block = block.into();
        let mut buffer = Vec::new();
        block.encode(&mut buffer);
        assert_eq!(buffer.len(), block.len());
        buffer
    }

    #[test]
    fn fields_stand_in_one_order() {
        let event = Event::new("a\nb").with_id("7").with_type("t").with_retry(Duration::from_secs(3));
        assert_eq!(encoded(&event), b"retry: 3000\nevent: t\nid: 7\ndata: a\ndata: b\n\n");
    }

    #[test]
    fn a_block_without_data_keeps_its_other_fields() {
        assert_eq!(encoded(&Head::new().with_id("7").with_type("t")), b"event: t\nid: 7\n\n");
        assert_eq!(encoded(&Head::new().with_retry(Duration::ZERO)), b"retry: 0\n\n");
        assert_eq!(encoded(&Head::new()), b"\n");
    }

    #[test]
    fn nothing_follows_the_colon_of_an_empty_value() {
        assert_eq!(encoded(&Event::new("").with_id("")), b"id:\ndata:\n\n");
        assert_eq!(encoded(&Event::new("\n\na")), b"data:\ndata:\ndata: a\n\n");
    }

    #[test]
    fn data_is_split_at_every_line_end() {
        assert_eq!(encoded(&Event::new("a\r\nb\rc\nd\n")), b"data: a\ndata: b\ndata: c\ndata: d\ndata:\n\n");
        assert_eq!(encoded(&Event::new("\n\r")), b"data:\ndata:\ndata:\n\n");
    }

    #[test]
    fn a_space_that_a_value_begins_with_survives() {
        let event = Event::new(" a\n b").with_id(" 7").with_type(" t");
        assert_eq!(encoded(&event), b"event:  t\nid:  7\ndata:  a\ndata:  b\n\n");
    }

    #[test]
    fn the_default_type_is_not_written() {
        assert_eq!(encoded(&Event::new("a").with_type("message")), b"data: a\n\n");
        let borrowed =
            |event_type| EventRef { head: HeadRef::new(event_type, "7", 0, None), data: "a", chunk: None };
        for event_type in ["", "message"] {
            let mut buffer = Vec::new();
            Block::from(&borrowed(event_type)).encode(&mut buffer);
            assert_eq!(buffer, b"data: a\n\n");
        }
    }
}
