//! The instructions of a tap, compared to those of its decoder alone.

use std::hint::black_box;
use std::pin::Pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use eventwire::gateway::{Tap, Tapped};
use eventwire::Decoder;
use hyper::body::{Body, Frame};

use crate::shapes::{Chunking, SHAPES};

pub fn run(is_quick: bool) {
    println!("\n## A tap compared with the borrowed decode\n");
    let [once, more] = if is_quick { [1, 2] } else { [1, 9] };
    let Some(counts) = ["decode", "tap"]
        .map(|way| Some((count(way, more)? - count(way, once)?) / u64::from(more - once)))
        .into_iter()
        .collect::<Option<Vec<u64>>>()
    else {
        println!("valgrind is missing: nothing was counted.");
        return;
    };
    println!("Instructions for 192 KiB of openai-chat in chunks of 64 KiB, counted by valgrind.\n");
    println!("| borrowed decode | tap | ratio |");
    println!("|--:|--:|--:|");
    println!("| {} | {} | {:.3} |", counts[0], counts[1], counts[1] as f64 / counts[0] as f64);
}

/// The instructions of this program when it reads this many times.
fn count(way: &str, times: u32) -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let output = valgrind.args(["count", way, &times.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stderr).ok()?;
    let (_, collected) = text.split_once("Collected :")?;
    collected.split_whitespace().next()?.parse().ok()
}

/// The work that is counted.
pub fn read(way: &str, times: u32) {
    let shape = SHAPES.iter().find(|shape| shape.name == "openai-chat").expect("a named shape");
    let stream = shape.stream(192 << 10);
    let chunks: Vec<_> =
        stream.cut(Chunking::Every(64 << 10)).into_iter().map(Bytes::copy_from_slice).collect();
    for _ in 0..times {
        let events = match way {
            "tap" => tapped(&chunks),
            _ => decoded(&chunks),
        };
        assert_eq!(events, stream.events.len() as u64);
    }
}

fn decoded(chunks: &[Bytes]) -> u64 {
    let (mut decoder, mut events) = (Decoder::new(), 0);
    for chunk in chunks {
        let mut feed = decoder.feed(chunk);
        while let Some(event) = feed.next_ref().expect("no limit is reached") {
            black_box((event.event_type(), event.data(), event.last_event_id()));
            events += 1;
        }
    }
    events
}

fn tapped(chunks: &[Bytes]) -> u64 {
    let mut events = 0;
    let mut body = Tap::new(Chunks(chunks.iter()), |seen: Tapped<'_>| match seen {
        Tapped::Event(event) => {
            black_box((event.event_type(), event.data(), event.last_event_id()));
        }
        Tapped::End(summary) => events = summary.events,
        _ => {}
    });
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
        black_box(frame).expect("no error");
    }
    drop(body);
    events
}

struct Chunks<'a>(std::slice::Iter<'a, Bytes>);

impl Body for Chunks<'_> {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk.clone()))))
    }
}
