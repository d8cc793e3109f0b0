//! The cost of an `EventStream` over its decoder: every shape, through every method.
//!
//! `cargo bench --bench stream -- [SHAPE]...`

mod harness;
mod shapes;

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire::client::EventStream;
use eventwire::{BytesDecoder, EventRef};
use futures_util::task::noop_waker_ref;
use futures_util::{stream, Stream as Source, TryStreamExt};

use harness::{Case, Harness};
use shapes::{Chunking, Stream, CHUNKINGS, SHAPES};

fn main() {
    let harness = Harness::from_args();
    println!("stream: for an event");
    for shape in SHAPES.iter().filter(|shape| harness.wants(shape.name)) {
        for &chunking in CHUNKINGS.iter().filter(|chunking| chunking.suits(shape)) {
            let size = if harness.is_test { 64 << 10 } else { chunking.body_size() };
            let stream = shape.stream(size);
            let chunks = chunks(&stream, chunking);
            for read in [decoder, borrowed, owned, as_stream] {
                assert_eq!(read(chunks.clone()), stream.events.len());
            }
            let title = format!("{} {}", shape.name, chunking.name());
            harness.compare(&title, stream.events.len(), cases(&chunks));
        }
    }
}

fn chunks(stream: &Stream, chunking: Chunking) -> Vec<Bytes> {
    let whole = Bytes::copy_from_slice(&stream.body);
    let cut = |at: &mut usize, len: usize| {
        *at += len;
        Some(whole.slice(*at - len..*at))
    };
    stream.cut(chunking).into_iter().map(<[u8]>::len).scan(0, cut).collect()
}

fn cases(chunks: &[Bytes]) -> Vec<Case<'_>> {
    let case = |read: fn(Vec<Bytes>) -> usize| -> Box<dyn FnMut() -> Duration + '_> {
        Box::new(move || {
            let chunks = chunks.to_vec();
            let began = Instant::now();
            black_box(read(chunks));
            began.elapsed()
        })
    };
    vec![
        ("decoder", case(decoder)),
        ("next_ref", case(borrowed)),
        ("try_next", case(owned)),
        ("as Stream", case(as_stream)),
    ]
}

/// The decoder alone.
fn decoder(chunks: Vec<Bytes>) -> usize {
    let mut decoder = BytesDecoder::default();
    let mut count = 0;
    for chunk in chunks {
        decoder.push(chunk);
        while decoder.advance().expect("no limit is reached") {
            decoder.current().map(forget);
            count += 1;
        }
    }
    count
}

fn borrowed(chunks: Vec<Bytes>) -> usize {
    let mut events = EventStream::new(source(chunks));
    finished(async {
        let mut count = 0;
        while let Some(event) = events.next_ref().await.expect("no limit is reached") {
            forget(event);
            count += 1;
        }
        count
    })
}

fn owned(chunks: Vec<Bytes>) -> usize {
    let mut events = EventStream::new(source(chunks));
    finished(async {
        let mut count = 0;
        while let Some(event) = events.try_next().await.expect("no limit is reached") {
            black_box(event);
            count += 1;
        }
        count
    })
}

fn as_stream(chunks: Vec<Bytes>) -> usize {
    let count = |count, event| {
        black_box(event);
        std::future::ready(Ok(count + 1))
    };
    finished(EventStream::new(source(chunks)).try_fold(0, count)).expect("no limit is reached")
}

fn source(chunks: Vec<Bytes>) -> impl Source<Item = Result<Bytes, Infallible>> + Unpin {
    stream::iter(chunks.into_iter().map(Ok))
}

/// Chunks are always ready: only many small ones make it yield.
fn finished<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(noop_waker_ref())) {
            return result;
        }
    }
}

/// Reads type, data and ID as a user would, and discards them.
fn forget(event: EventRef<'_>) {
    black_box((event.event_type(), event.data(), event.last_event_id()));
}
