//! A contestant that decodes, regardless of its type.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::alloc::{self, Used};
use crate::check::{check, LeftOut};
use crate::floor;
use crate::measure::Run;
use crate::rivals::ours::{Borrowed, BorrowedByStream, Owned, OwnedByStream, OwnedBytes};
use crate::rivals::{
    AsyncSse, Chunk, EventsourceStream, EventsourceStream2, Gives, Reads, Russe, Sink, SseCore, SseParse,
    SseStream, Sseer, SseerLines, SseerLinesBuffered,
};
use crate::shapes::{Chunking, Shape, Stream};

/// A stream in pieces. Never freed: bodies need `'static` events, and there are only a few dozen.
pub struct Input {
    pub stream: &'static Stream,
    pieces: Vec<&'static [u8]>,
    /// The body once more, as the memory that `Bytes` chunks share.
    whole: Bytes,
}

impl Input {
    pub fn new(shape: &Shape, chunking: Chunking, body_size: usize) -> Self {
        let stream: &'static Stream = Box::leak(Box::new(shape.stream(body_size)));
        Input { stream, pieces: stream.cut(chunking), whole: Bytes::from_owner(stream.body.as_slice()) }
    }

    pub fn events(&self) -> usize {
        self.stream.events.len()
    }
}

/// A contestant that reads.
#[derive(Clone, Copy)]
pub struct Reader {
    pub name: &'static str,
    pub gives: Gives,
    pub is_ours: bool,
    /// Takes chunks of `Bytes`.
    pub takes_bytes: bool,
    check: fn(&Input, Duration) -> Result<(), LeftOut>,
    run: for<'a> fn(&'a Input) -> Run<'a>,
    used: fn(&Input) -> Used,
}

impl Reader {
    fn ours<R: Reads>() -> Self {
        Reader { is_ours: true, ..Reader::rival::<R>() }
    }

    fn rival<R: Reads>() -> Self {
        Reader {
            name: R::NAME,
            gives: R::GIVES,
            is_ours: false,
            takes_bytes: std::any::type_name::<R::Chunk>() == std::any::type_name::<Bytes>(),
            check: |input, cap| check::<R>(input.stream, &input.pieces, cap),
            run: |input| {
                let mut chunks = Vec::with_capacity(input.pieces.len());
                Box::new(move || {
                    chunks.extend(input.pieces.iter().map(|piece| R::Chunk::cut(&input.whole, piece)));
                    let began = Instant::now();
                    let ended = R::read(chunks.drain(..), &mut BlackBox);
                    let took = began.elapsed();
                    ended.expect("checked before");
                    took
                })
            },
            used: |input| {
                alloc::count(|| {
                    let chunks = input.pieces.iter().copied().map(R::Chunk::received);
                    R::read(chunks, &mut BlackBox).expect("checked before");
                })
            },
        }
    }

    pub fn check(&self, input: &Input, cap: Duration) -> Result<(), LeftOut> {
        (self.check)(input, cap)
    }

    pub fn run<'a>(&self, input: &'a Input) -> Run<'a> {
        (self.run)(input)
    }

    pub fn used(&self, input: &Input) -> Used {
        (self.used)(input)
    }
}

/// All readers, ours first.
pub fn readers() -> Vec<Reader> {
    vec![
        Reader::ours::<Borrowed>(),
        Reader::ours::<Owned>(),
        Reader::ours::<OwnedBytes>(),
        Reader::ours::<BorrowedByStream>(),
        Reader::ours::<OwnedByStream>(),
        Reader::rival::<SseCore>(),
        Reader::rival::<SseStream>(),
        Reader::rival::<Sseer>(),
        Reader::rival::<SseParse>(),
        Reader::rival::<Russe>(),
        Reader::rival::<AsyncSse>(),
        Reader::rival::<EventsourceStream2>(),
        Reader::rival::<EventsourceStream>(),
        Reader::rival::<SseerLines>(),
        Reader::rival::<SseerLinesBuffered>(),
    ]
}

/// The floor, over the same pieces.
pub fn floor_run(input: &Input) -> Run<'_> {
    Box::new(|| {
        let began = Instant::now();
        floor::read(input.pieces.iter().copied());
        began.elapsed()
    })
}

/// Reads type, data and ID as a user would, and discards them.
struct BlackBox;

impl Sink for BlackBox {
    #[inline]
    fn event(&mut self, event_type: &str, data: impl AsRef<[u8]>, id: &str) {
        black_box((event_type, data.as_ref(), id));
    }

    #[inline]
    fn field(&mut self, name: &[u8], value: &[u8]) {
        black_box((name, value));
    }

    #[inline]
    fn blank_line(&mut self) {
        black_box(());
    }
}
