//! sseer: a stream of `Bytes`, and its line parser, driven by hand.

use ::sseer::parser::{parse_line, parse_line_from_buffer, RawEventLine, RawEventLineOwned};
use ::sseer::EventStream;
use bytes::{Bytes, BytesMut};

use super::drive::{drain, Ready};
use super::{Gives, Id, Reads, Sink};

pub struct Sseer;

impl Reads for Sseer {
    const NAME: &'static str = "sseer";
    const GIVES: Gives = Gives::Owned;
    const ID: Id = Id::InForce;
    type Chunk = Bytes;

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        drain(EventStream::new(Ready(chunks)), |event| sink.event(&event.event, &*event.data, &event.id))
    }
}

/// `parse_line` over each chunk; a line that a chunk cuts is assembled in a buffer.
pub struct SseerLines;

impl Reads for SseerLines {
    const NAME: &'static str = "sseer `parse_line`";
    const GIVES: Gives = Gives::Lines;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let mut carried = Vec::new();
        for chunk in chunks {
            if carried.is_empty() {
                carried.extend_from_slice(lines(chunk, sink));
                continue;
            }
            carried.extend_from_slice(chunk);
            let rest = lines(&carried, sink).len();
            carried.drain(..carried.len() - rest);
        }
        Ok(())
    }
}

/// Passes all whole lines to the sink and returns the rest.
fn lines<'a>(mut bytes: &'a [u8], sink: &mut impl Sink) -> &'a [u8] {
    while let Some((line, rest)) = parse_line(bytes) {
        match line {
            RawEventLine::Comment => {}
            RawEventLine::Empty => sink.blank_line(),
            RawEventLine::Field { field_name, field_value } => {
                sink.field(field_name, field_value.unwrap_or_default());
            }
        }
        bytes = rest;
    }
    bytes
}

/// `parse_line_from_buffer`: remembers how far it has searched, so a cut line is searched once.
pub struct SseerLinesBuffered;

impl Reads for SseerLinesBuffered {
    const NAME: &'static str = "sseer `parse_line_from_buffer`";
    const GIVES: Gives = Gives::Lines;
    const ID: Id = Id::InForce;
    type Chunk = &'static [u8];

    fn read(chunks: impl Iterator<Item = Self::Chunk> + Unpin, sink: &mut impl Sink) -> Result<(), String> {
        let (mut buffer, mut searched) = (BytesMut::new(), 0);
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Some(line) = parse_line_from_buffer(&mut buffer, &mut searched) {
                match line {
                    RawEventLineOwned::Comment => {}
                    RawEventLineOwned::Empty => sink.blank_line(),
                    RawEventLineOwned::Field { field_name, field_value } => {
                        sink.field(&field_name, field_value.as_deref().unwrap_or_default());
                    }
                }
            }
        }
        Ok(())
    }
}
