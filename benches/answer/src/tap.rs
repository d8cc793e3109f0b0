//! The cost of a tap in a proxy.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use eventwire::gateway::{Outcome, Tap, Tapped};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::Response;

use crate::proxy::{compare, Fault, Passed, Proxy};
use crate::shapes::{Chunking, SHAPES};
use crate::upstream;

/// Counted by the last tap.
static SEEN: AtomicU64 = AtomicU64::new(0);

pub fn run(is_quick: bool) {
    let size = if is_quick { 2 << 20 } else { 100 << 20 };
    let rounds = if is_quick { 3 } else { 9 };
    let shape = SHAPES.iter().find(|shape| shape.name == "openai-chat").expect("a named shape");
    let stream = shape.stream(size);
    println!("\n## A tap in a proxy\n");
    println!(
        "Processor time of a proxy with hyper for {} events of openai-chat, {} MB, medians of {rounds} rounds in turns.\n",
        stream.events.len(),
        stream.body.len() / 1_000_000
    );
    println!("| HTTP chunks of | without | with the tap | ratio |");
    println!("|---|--:|--:|--:|");
    for (name, chunking) in [("64 KiB", Chunking::Every(64 << 10)), ("an event", Chunking::Block)] {
        let server = upstream::start(stream.cut(chunking).into_iter());
        let proxies = [Proxy::start(server, pass), Proxy::start(server, tapped)];
        let [without, with] = compare([&proxies[0], &proxies[1]], rounds);
        assert_eq!(SEEN.load(Relaxed), stream.events.len() as u64);
        println!(
            "| {name} | {} ms | {} ms | {:.2} |",
            without.as_millis(),
            with.as_millis(),
            with.as_secs_f64() / without.as_secs_f64()
        );
    }
}

fn pass(response: Response<Incoming>) -> Passed {
    response.map(|body| body.map_err(Fault::from).boxed_unsync())
}

fn tapped(response: Response<Incoming>) -> Passed {
    let tapped = Tap::response(response, |seen: Tapped<'_>| match seen {
        Tapped::Event(event) => {
            black_box((event.event_type(), event.data(), event.last_event_id()));
        }
        Tapped::End(summary) => {
            assert_eq!((summary.outcome, summary.unseen), (Outcome::Whole, None));
            SEEN.store(summary.events, Relaxed);
        }
        _ => {}
    });
    tapped.map(|body| body.map_err(Fault::from).boxed_unsync())
}
