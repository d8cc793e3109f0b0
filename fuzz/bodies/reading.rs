//! Reads a connection in chunks, as the steering says.

use std::ops::ControlFlow;

use bytes::Bytes;
use eventwire::{BytesDecoder, DecodeError, Decoder, Event, EventRef, Unfinished};

use super::joined::Joined;
use super::outcome::{Got, Item, Outcome};
use super::steering::{Steering, Way};

/// The way to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Events,
    Frames,
    /// The frames of some pieces, the events of others.
    Both,
}

/// The items, and after how many bytes each came.
#[derive(Default)]
struct Items {
    fed: u64,
    items: Vec<Item>,
    came: Vec<u64>,
}

/// Reads one connection to its end, in pieces.
pub fn read(
    decoder: &mut Decoder,
    unfinished: Unfinished,
    steering: Steering,
    connection: &[u8],
    asked: Asked,
) -> Outcome {
    let mut items = Items::default();
    for (number, piece) in steering.pieces(connection).enumerate() {
        items.fed += piece.len() as u64;
        take(decoder, piece, steering.way(number), asked, steering.takes(number), &mut items);
    }
    if asked != Asked::Events || !steering.leaves_unread() {
        take(decoder, &[], steering.way(0), asked, usize::MAX, &mut items);
    }
    let ending = decoder.finish();
    let bytes_consumed = decoder.bytes_consumed();
    let mut left = decoder.take_unfinished(unfinished);
    while items.add(left.next_ref().map(|event| event.map(borrowed))) {}
    drop(left);
    assert_eq!(decoder.bytes_consumed(), bytes_consumed, "the end is no part of the connection");
    items.outcome(ending, bytes_consumed, decoder)
}

/// The same with a decoder that keeps its chunk.
pub fn read_pushed(
    decoder: Decoder,
    unfinished: Unfinished,
    steering: Steering,
    connection: &[u8],
    in_pieces: bool,
) -> (Decoder, Outcome) {
    let joined = Joined::default();
    let joined = in_pieces.then_some(&joined);
    let mut decoder = BytesDecoder::from(decoder);
    let mut items = Items::default();
    for (number, piece) in steering.pieces(connection).enumerate() {
        items.fed += piece.len() as u64;
        decoder.push(Bytes::copy_from_slice(piece));
        take_pushed(&mut decoder, joined, steering.way(number), steering.takes(number), &mut items);
    }
    if !steering.leaves_unread() {
        take_pushed(&mut decoder, joined, steering.way(0), usize::MAX, &mut items);
    }
    let ending = decoder.finish();
    let bytes_consumed = decoder.bytes_consumed();
    decoder.take_unfinished(unfinished);
    take_pushed(&mut decoder, joined, steering.way(0), usize::MAX, &mut items);
    let decoder = decoder.into_decoder();
    let outcome = items.outcome(ending, bytes_consumed, &decoder);
    (decoder, outcome)
}

/// Feeds a piece and takes at most this many items of it.
fn take(decoder: &mut Decoder, piece: &[u8], way: Way, asked: Asked, most: usize, items: &mut Items) {
    let chunk = || Bytes::copy_from_slice(piece);
    let for_frames = match asked {
        Asked::Events => false,
        Asked::Frames => true,
        Asked::Both => !way.is_other,
    };
    let is_dry = match for_frames {
        true => {
            let mut frames =
                if way.of_bytes { decoder.feed_frames(chunk()) } else { decoder.feed_frames(piece) };
            items.take(most, || frames.next_frame().map(|frame| frame.map(Item::frame)))
        }
        false => {
            let mut feed = if way.of_bytes { decoder.feed(chunk()) } else { decoder.feed(piece) };
            match way.is_other {
                false => items.take(most, || feed.next_ref().map(|event| event.map(borrowed))),
                true => items.take(most, || {
                    let event = feed.next_event()?;
                    Ok(event.map(|event| owned(&event, feed.last_event_id())))
                }),
            }
        }
    };
    match is_dry {
        true => assert_eq!(decoder.bytes_consumed(), items.fed),
        false => assert!(decoder.bytes_consumed() <= items.fed),
    }
}

fn take_pushed(
    decoder: &mut BytesDecoder,
    joined: Option<&Joined>,
    way: Way,
    most: usize,
    items: &mut Items,
) {
    items.take(most, || {
        if let Some(joined) = joined {
            loop {
                let piece = decoder.advance_piece().map(|_| decoder.current_piece());
                if let ControlFlow::Break(item) = joined.add(piece) {
                    return item;
                }
            }
        }
        assert!(!decoder.advance()? || decoder.current().is_some());
        Ok(match way.is_other {
            false => decoder.current().map(borrowed),
            true => decoder.take_current().map(|event| owned(&event, decoder.last_event_id())),
        })
    });
}

impl Items {
    /// Takes items; `true` when there are no more.
    fn take(&mut self, most: usize, mut next: impl FnMut() -> Result<Option<Item>, DecodeError>) -> bool {
        for _ in 0..most {
            if !self.add(next()) {
                assert!(matches!(next(), Ok(None)), "None until the next piece");
                return true;
            }
        }
        false
    }

    /// `false`: there is none.
    fn add(&mut self, item: Result<Option<Item>, DecodeError>) -> bool {
        let item = match item {
            Ok(None) => return false,
            Ok(Some(item)) => item,
            Err(error) => error.into(),
        };
        self.items.push(item);
        self.came.push(self.fed);
        assert!(self.items.len() as u64 <= self.fed, "more items than bytes: {:?}", self.items);
        true
    }

    fn outcome(self, ending: eventwire::Ending, bytes_consumed: u64, decoder: &Decoder) -> Outcome {
        Outcome {
            items: self.items,
            due: self.came,
            ending,
            last_event_id: decoder.last_event_id().into(),
            reconnection_time: decoder.reconnection_time(),
            bytes_consumed,
        }
    }
}

fn borrowed(event: EventRef<'_>) -> Item {
    let item = Item::Event(Got::borrowed(event));
    debug_assert_eq!(owned(&event.to_event(), event.last_event_id()), item);
    item
}

fn owned(event: &Event, last_event_id: &str) -> Item {
    Item::Event(Got {
        event_type: event.event_type().into(),
        data: event.data().into(),
        id: event.id().map(Into::into),
        last_event_id: last_event_id.into(),
        retry: event.retry(),
    })
}
