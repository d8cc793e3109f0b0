//! A stream of `T`, compared to the decoder and the JSON parser it is made of.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire::client::EventStream;
use eventwire::Decoder;
use futures_util::{stream, StreamExt};
use serde::Deserialize;

use crate::median;
use crate::shapes::{Chunking, SHAPES};

/// The part of a chunk that programs want.
#[derive(Deserialize)]
struct Delta {
    id: String,
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Content,
}

#[derive(Deserialize)]
struct Content {
    content: Option<String>,
}

pub fn run(is_quick: bool) {
    let size = if is_quick { 2 << 20 } else { 32 << 20 };
    let rounds = if is_quick { 5 } else { 15 };
    let shape = SHAPES.iter().find(|shape| shape.name == "openai-chat").expect("a named shape");
    let stream = shape.stream(size);
    println!("\n## A stream of values\n");
    println!(
        "{} events of openai-chat, {} MB, from memory, medians of {rounds} rounds in turns.\n",
        stream.events.len(),
        stream.body.len() / 1_000_000
    );
    println!("| chunks of | borrowed decode and `serde_json::from_str` | **`EventStream::json`** | ratio |");
    println!("|---|--:|--:|--:|");
    for (name, chunking) in [("64 KiB", Chunking::Every(64 << 10)), ("an event", Chunking::Block)] {
        let chunks: Vec<_> = stream.cut(chunking).into_iter().map(Bytes::copy_from_slice).collect();
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..=rounds {
            for (way, times) in [by_hand as fn(Vec<Bytes>) -> usize, typed].into_iter().zip(&mut times) {
                // Both get the chunks as clients provide them, so neither pays for copying a handle.
                let chunks = chunks.clone();
                let began = Instant::now();
                assert_eq!(way(chunks), stream.events.len());
                // The first run warms up.
                if round > 0 {
                    times.push(began.elapsed());
                }
            }
        }
        let [by_hand, typed] = times.map(median).map(|time: Duration| time.as_secs_f64());
        println!("| {name} | {:.1} ms | {:.1} ms | {:.2} |", by_hand * 1e3, typed * 1e3, typed / by_hand);
    }
}

fn by_hand(chunks: Vec<Bytes>) -> usize {
    let (mut decoder, mut count) = (Decoder::new(), 0);
    for chunk in chunks {
        let mut events = decoder.feed(&chunk);
        while let Some(event) = events.next_ref().expect("no limit is reached") {
            let delta: Delta = serde_json::from_str(event.data()).expect("a chunk");
            see(&delta);
            count += 1;
        }
    }
    count
}

fn typed(chunks: Vec<Bytes>) -> usize {
    let chunks = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
    let mut deltas = EventStream::new(chunks).json::<Delta>();
    let mut count = 0;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        while let Some(delta) = deltas.next().await {
            see(&delta.expect("a chunk"));
            count += 1;
        }
    });
    count
}

fn see(delta: &Delta) {
    let content = delta.choices.first().and_then(|choice| choice.delta.content.as_deref());
    black_box((&*delta.id, content));
}
