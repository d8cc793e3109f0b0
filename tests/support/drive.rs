//! `Reader`: every way in which a program can read a stream, with any chunking.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use eventwire::traits::{AllFrames, InPieces};
use eventwire::{
    BytesDecoder, DecodeError, Decoder, Ending, Event, EventReader, Feed, ReadError, Unfinished,
};

use super::joined::Joined;
use super::outcome::{Got, Item, Outcome};

#[derive(Clone, Debug)]
pub struct Settings {
    pub limit: usize,
    /// The limit of a block in bytes as received.
    pub block: usize,
    pub strict: bool,
    pub unfinished: Unfinished,
    pub last_event_id: String,
    pub reconnection_time: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            limit: 16 * 1024 * 1024,
            block: usize::MAX,
            strict: false,
            unfinished: Unfinished::Discard,
            last_event_id: String::new(),
            reconnection_time: None,
        }
    }
}

impl Settings {
    pub fn limit(limit: usize) -> Self {
        Settings { limit, ..Settings::default() }
    }

    pub fn block(block: usize) -> Self {
        Settings { block, ..Settings::default() }
    }

    pub fn strict() -> Self {
        Settings { strict: true, ..Settings::default() }
    }

    pub fn unfinished(unfinished: Unfinished) -> Self {
        Settings { unfinished, ..Settings::default() }
    }

    pub fn decoder(&self) -> Decoder {
        // Small, so that short values are also split into pieces.
        let mut decoder = Decoder::new().with_unfinished(self.unfinished).with_piece_size(3);
        if self.limit != Settings::default().limit {
            decoder = decoder.with_max_event_size(self.limit);
        }
        if self.block != usize::MAX {
            decoder = decoder.with_max_block_size(self.block);
        }
        if self.strict {
            decoder = decoder.with_strict_utf8();
        }
        if let Some(time) = self.reconnection_time {
            decoder = decoder.with_reconnection_time(time);
        }
        decoder.try_with_last_event_id(&self.last_event_id).unwrap()
    }
}

/// How the input is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunking {
    Whole,
    CutAt(usize),
    Every(usize),
    /// Byte by byte, with an empty chunk after each byte.
    Bytes,
    /// At these ascending offsets; a repeated offset makes an empty chunk.
    At(Vec<usize>),
}

impl Chunking {
    pub fn pieces<'i>(&self, input: &'i [u8]) -> Vec<&'i [u8]> {
        if input.is_empty() {
            // A connection begins with its first chunk, even an empty one.
            return vec![input];
        }
        match *self {
            Chunking::Whole => vec![input],
            Chunking::CutAt(at) => {
                let (head, tail) = input.split_at(at.min(input.len()));
                vec![head, tail]
            }
            Chunking::Every(size) => input.chunks(size).collect(),
            Chunking::Bytes => input.chunks(1).flat_map(|byte| [&[], byte, &[]]).collect(),
            Chunking::At(ref places) => {
                let places = places.iter().map(|at| *at.min(&input.len()));
                let mut from = 0;
                let piece = |to| &input[std::mem::replace(&mut from, to)..to];
                places.chain([input.len()]).map(piece).collect()
            }
        }
    }

    /// The end of the first piece that ends at or after `due`: by then, `due` bytes have arrived.
    pub fn boundary(&self, due: u64, len: u64) -> u64 {
        match self {
            Chunking::Whole => len,
            Chunking::CutAt(at) if due <= *at as u64 => *at as u64,
            Chunking::CutAt(_) => len,
            Chunking::Every(size) => due + (*size as u64 - due % *size as u64) % *size as u64,
            Chunking::Bytes => due,
            Chunking::At(places) => places.iter().map(|at| *at as u64).find(|at| *at >= due).unwrap_or(len),
        }
        .min(len)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `feed` of a slice, `next_ref`.
    Borrowed,
    /// `feed` of `Bytes`, `next_ref`.
    BorrowedFromBytes,
    /// `feed` of a slice, `next_event`.
    Owned,
    /// `feed` of `Bytes`, `next_event`.
    OwnedOfBytes,
    /// `feed`, `advance`, `current`.
    Steps,
    /// `feed`, `advance`, `take_current`.
    StepsOwned,
    /// `BytesDecoder`, `advance`, `current`.
    Pushed,
    /// `BytesDecoder`, `advance`, `take_current`.
    PushedOwned,
    /// `BytesDecoder`, `next_event`, all chunks as `Bytes`.
    PushedEvents,
    /// The guard is dropped after each event, so that the next one continues with the rest of the chunk.
    DroppedEarly,
    /// The guards of all chunks but the last are dropped unread.
    Hoarded,
    /// `EventReader` over a reader that returns the pieces.
    Reader,
    /// `EventReader`, `next_ref`.
    ReaderBorrowed,
    /// `Events` over the whole body; ignores the chunking.
    Events,
    /// `feed_frames` of a slice, `next_frame`.
    Frames,
    /// `feed_frames` of `Bytes`, `next_frame`.
    FramesOfBytes,
    /// `feed_frames`, with the guard dropped after each frame.
    FramesDroppedEarly,
    /// `BytesDecoder`, `next_frame`.
    PushedFrames,
    /// `EventReader`, `next_frame`.
    ReaderFrames,
    /// `feed_pieces`, `next_piece`, with pieces of more than three bytes, which are joined.
    Pieces,
    /// `feed_pieces`, with the guard dropped after each piece.
    PiecesDroppedEarly,
    /// `BytesDecoder`, `advance_piece`.
    PushedPieces,
    /// `EventReader`, `next_piece`.
    ReaderPieces,
}

impl Way {
    pub const EVENTS: [Way; 14] = [
        Way::Borrowed,
        Way::BorrowedFromBytes,
        Way::Owned,
        Way::OwnedOfBytes,
        Way::Steps,
        Way::StepsOwned,
        Way::Pushed,
        Way::PushedOwned,
        Way::PushedEvents,
        Way::DroppedEarly,
        Way::Hoarded,
        Way::Reader,
        Way::ReaderBorrowed,
        Way::Events,
    ];
    pub const FRAMES: [Way; 5] =
        [Way::Frames, Way::FramesOfBytes, Way::FramesDroppedEarly, Way::PushedFrames, Way::ReaderFrames];
    pub const PIECES: [Way; 4] = [Way::Pieces, Way::PiecesDroppedEarly, Way::PushedPieces, Way::ReaderPieces];

    /// Whether each item is returned with the chunk that holds its last byte.
    pub fn is_prompt(self) -> bool {
        !matches!(
            self,
            Way::DroppedEarly
                | Way::Hoarded
                | Way::Events
                | Way::FramesDroppedEarly
                | Way::PiecesDroppedEarly
        )
    }

    /// Whether a reader of pieces must have the same outcome. It detects invalid UTF-8 before the end of the line and
    /// before the size limit; [`Decoder::take_unfinished`] returns whole events; and a piece of an incomplete line
    /// cannot be taken back. A reader of frames also sees more than events in an incomplete block.
    pub fn can(self, settings: &Settings) -> bool {
        match self {
            Way::Pieces | Way::PiecesDroppedEarly => {
                !settings.strict && settings.unfinished == Unfinished::Discard
            }
            Way::PushedPieces | Way::ReaderPieces => {
                !settings.strict && settings.unfinished != Unfinished::Block
            }
            Way::PushedFrames | Way::ReaderFrames => settings.unfinished == Unfinished::Discard,
            _ => true,
        }
    }

    /// Reads the connections of one client, one after the other.
    pub fn read(self, settings: &Settings, chunking: &Chunking, connections: &[&[u8]]) -> Vec<Outcome> {
        let mut decoder = settings.decoder();
        let mut outcomes = Vec::new();
        for input in connections {
            let pieces: Vec<_> = chunking.pieces(input).into_iter().map(|piece| (piece, self)).collect();
            let mut items = Items::default();
            let ending;
            (decoder, ending) = match self {
                Way::Reader | Way::ReaderBorrowed | Way::ReaderFrames | Way::ReaderPieces => {
                    self.over_reader(decoder, chunking.pieces(input), &mut items)
                }
                Way::Events => self.over_body(decoder, input, &mut items),
                Way::Pushed
                | Way::PushedOwned
                | Way::PushedEvents
                | Way::PushedFrames
                | Way::PushedPieces => self.pushed(decoder, settings, chunking.pieces(input), &mut items),
                _ => fed(decoder, settings, &pieces, &mut items),
            };
            outcomes.push(items.outcome(&decoder, ending));
        }
        outcomes
    }

    fn feed(self, decoder: &mut Decoder, piece: &[u8], last: bool, items: &mut Items) {
        let borrowed = |feed: &mut Feed<'_>, _: &Items| {
            Ok(feed.next_ref()?.map(|event| Item::Event(Got::borrowed(event))))
        };
        let owned = |feed: &mut Feed<'_>, _: &Items| {
            let Some(event) = feed.next_event()? else { return Ok(None) };
            Ok(Some(own(&event, feed.last_event_id())))
        };
        let frames = |feed: &mut Feed<'_, AllFrames>, _: &Items| Ok(feed.next_frame()?.map(Item::frame));
        let in_pieces = |pieces: &mut Feed<'_, InPieces>, items: &Items| loop {
            if let ControlFlow::Break(next) = items.joined.add(pieces.next_piece()) {
                return next;
            }
        };
        let bytes = || Bytes::copy_from_slice(piece);
        match self {
            Way::Borrowed => items.drain(decoder.feed(piece), |feed, items| {
                let item = borrowed(feed, items)?;
                if let Some(Item::Event(got)) = &item {
                    // The guard's accessors describe the last event it returned.
                    assert_eq!(feed.last_event_id(), got.last_event_id);
                    assert!(feed.bytes_consumed() <= items.fed);
                }
                Ok(item)
            }),
            Way::BorrowedFromBytes => items.drain(decoder.feed(bytes()), borrowed),
            Way::Owned => items.drain(decoder.feed(piece), owned),
            Way::OwnedOfBytes => items.drain(decoder.feed(bytes()), owned),
            Way::Steps => items.drain(decoder.feed(piece), |feed, _| {
                let there = feed.advance()?;
                Ok(there.then(|| Item::Event(Got::borrowed(feed.current().unwrap()))))
            }),
            Way::StepsOwned => items.drain(decoder.feed(piece), |feed, _| {
                feed.advance()?;
                let event = feed.take_current();
                assert!(feed.current().is_none());
                Ok(event.map(|event| own(&event, feed.last_event_id())))
            }),
            Way::DroppedEarly => {
                items.take(&mut decoder.feed(piece), borrowed);
            }
            Way::Hoarded if !last => drop(decoder.feed(piece)),
            Way::Hoarded => items.drain(decoder.feed(piece), borrowed),
            Way::Frames => items.drain(decoder.feed_frames(piece), frames),
            Way::FramesOfBytes => items.drain(decoder.feed_frames(bytes()), frames),
            Way::FramesDroppedEarly => {
                items.take(&mut decoder.feed_frames(piece), frames);
            }
            Way::Pieces if piece.len() % 2 == 0 => items.drain(decoder.feed_pieces(bytes()), in_pieces),
            Way::Pieces => items.drain(decoder.feed_pieces(piece), in_pieces),
            Way::PiecesDroppedEarly => {
                let mut piece = piece;
                let item = loop {
                    match items.joined.add(decoder.feed_pieces(piece).next_piece()) {
                        ControlFlow::Continue(()) => piece = &[],
                        ControlFlow::Break(item) => break item,
                    }
                };
                items.add(item);
            }
            _ => unreachable!("{self:?} is not fed chunks"),
        }
    }

    fn pushed(
        self,
        decoder: Decoder,
        settings: &Settings,
        pieces: Vec<&[u8]>,
        items: &mut Items,
    ) -> (Decoder, Ending) {
        let next = |decoder: &mut &mut BytesDecoder, items: &Items| {
            if self == Way::PushedPieces {
                loop {
                    let there = decoder.advance_piece();
                    let piece = there.map(|there| there.then(|| decoder.current_piece().unwrap()));
                    if let ControlFlow::Break(item) = items.joined.add(piece) {
                        return item;
                    }
                }
            }
            match self {
                Way::PushedFrames => return Ok(decoder.next_frame()?.map(Item::frame)),
                Way::PushedEvents => {
                    let event = decoder.next_event()?;
                    return Ok(event.map(|event| own(&event, decoder.last_event_id())));
                }
                _ => {}
            }
            let there = decoder.advance()?;
            assert_eq!(decoder.current().is_some(), there);
            let item = match self {
                Way::PushedOwned => decoder.take_current().map(|event| own(&event, decoder.last_event_id())),
                _ => decoder.current().map(|event| Item::Event(Got::borrowed(event))),
            };
            Ok(item)
        };
        let mut decoder = BytesDecoder::from(decoder);
        for (number, piece) in pieces.into_iter().enumerate() {
            items.fed += piece.len() as u64;
            // `push` and `push_slice` take turns: each must find the bytes that the other left.
            match (self, number % 3) {
                (Way::PushedEvents, _) | (_, 0) => decoder.push(Bytes::copy_from_slice(piece)),
                _ => decoder.push_slice(piece),
            }
            items.drain(&mut decoder, next);
        }
        let ending = decoder.finish();
        decoder.take_unfinished(settings.unfinished);
        items.drain(&mut decoder, next);
        (decoder.into_decoder(), ending)
    }

    fn over_reader(self, decoder: Decoder, pieces: Vec<&[u8]>, items: &mut Items) -> (Decoder, Ending) {
        let fed = Rc::new(Cell::new(0));
        let pieces = pieces.iter().map(|piece| piece.to_vec()).filter(|piece| !piece.is_empty()).collect();
        let mut reader = EventReader::new(Chunks { pieces, fed: fed.clone() }).with_decoder(decoder);
        let decode_error = |error| match error {
            ReadError::Decode(error) => error,
            other => panic!("{other}"),
        };
        loop {
            let item = match self {
                Way::ReaderPieces => loop {
                    let piece = match reader.next_piece() {
                        Ok(piece) => Ok(piece),
                        Err(ReadError::Decode(error)) => Err(error),
                        Err(other) => panic!("{other}"),
                    };
                    if let ControlFlow::Break(item) = items.joined.add(piece) {
                        break item.map_err(ReadError::Decode);
                    }
                },
                Way::ReaderFrames => reader.next_frame().map(|frame| frame.map(Item::frame)),
                Way::ReaderBorrowed => {
                    reader.next_ref().map(|event| event.map(|event| Item::Event(Got::borrowed(event))))
                }
                _ => {
                    let event = reader.next().transpose();
                    event.map(|event| event.map(|event| own(&event, reader.last_event_id())))
                }
            };
            items.fed = fed.get();
            if !items.add(item.map_err(decode_error)) {
                break;
            }
        }
        let ending = reader.ending().expect("a reader that has ended");
        assert!(reader.next().is_none(), "None forever");
        (reader.into_decoder(), ending)
    }

    fn over_body(self, decoder: Decoder, body: &[u8], items: &mut Items) -> (Decoder, Ending) {
        items.fed = body.len() as u64;
        let mut events = eventwire::events(body).with_decoder(decoder);
        for event in events.by_ref() {
            // The iterator owns its decoder, so its last event ID cannot be read here.
            items.add(event.map(|event| Some(own(&event, ""))));
        }
        let ending = events.ending().expect("a body that has ended");
        assert!(events.next().is_none(), "None forever");
        (events.into_decoder(), ending)
    }
}

/// Reads each piece of a connection in a different way.
pub fn read_pieces(settings: &Settings, pieces: &[(&[u8], Way)]) -> Outcome {
    let mut items = Items::default();
    let (decoder, ending) = fed(settings.decoder(), settings, pieces, &mut items);
    items.outcome(&decoder, ending)
}

fn fed(
    mut decoder: Decoder,
    settings: &Settings,
    pieces: &[(&[u8], Way)],
    items: &mut Items,
) -> (Decoder, Ending) {
    for (number, (piece, way)) in pieces.iter().enumerate() {
        items.fed += piece.len() as u64;
        way.feed(&mut decoder, piece, number + 1 == pieces.len(), items);
    }
    // Guards that were dropped early have left bytes in the chunk.
    let (_, way) = pieces.last().copied().unwrap_or((&[], Way::Borrowed));
    while !way.is_prompt() {
        let before = items.items.len();
        way.feed(&mut decoder, &[], true, items);
        if items.items.len() == before {
            break;
        }
    }
    let ending = decoder.finish();
    items.drain(decoder.take_unfinished(settings.unfinished), |feed, _| {
        Ok(feed.next_ref()?.map(|event| Item::Event(Got::borrowed(event))))
    });
    (decoder, ending)
}

fn own(event: &Event, last_event_id: &str) -> Item {
    Item::Event(Got {
        event_type: event.event_type().into(),
        data: event.data().into(),
        id: event.id().map(Into::into),
        last_event_id: last_event_id.into(),
        retry: event.retry(),
    })
}

/// The items decoded so far, and the number of bytes fed when each was returned.
#[derive(Default)]
struct Items {
    fed: u64,
    items: Vec<Item>,
    came: Vec<u64>,
    joined: Joined,
}

impl Items {
    fn outcome(self, decoder: &Decoder, ending: Ending) -> Outcome {
        Outcome {
            items: self.items,
            due: self.came,
            ending,
            last_event_id: decoder.last_event_id().into(),
            reconnection_time: decoder.reconnection_time(),
            bytes_consumed: decoder.bytes_consumed(),
        }
    }

    /// Takes one item; `false` when there is none.
    fn take<G>(
        &mut self,
        guard: &mut G,
        next: impl Fn(&mut G, &Items) -> Result<Option<Item>, DecodeError>,
    ) -> bool {
        let item = next(guard, self);
        self.add(item)
    }

    fn add(&mut self, item: Result<Option<Item>, DecodeError>) -> bool {
        let item = match item {
            Ok(None) => return false,
            Ok(Some(item)) => item,
            Err(error) => error.into(),
        };
        self.items.push(item);
        self.came.push(self.fed);
        assert!(
            self.items.len() as u64 <= self.fed,
            "expected at most one item per byte, got {:?}",
            self.items
        );
        true
    }

    fn drain<G>(&mut self, mut guard: G, next: impl Fn(&mut G, &Items) -> Result<Option<Item>, DecodeError>) {
        while self.take(&mut guard, &next) {}
        assert!(matches!(next(&mut guard, self), Ok(None)), "None until the next chunk");
    }
}

struct Chunks {
    pieces: std::collections::VecDeque<Vec<u8>>,
    fed: Rc<Cell<u64>>,
}

impl Read for Chunks {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.pieces.front_mut() else { return Ok(0) };
        let len = piece.len().min(buf.len());
        buf[..len].copy_from_slice(&piece[..len]);
        piece.drain(..len);
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        self.fed.set(self.fed.get() + len as u64);
        Ok(len)
    }
}
