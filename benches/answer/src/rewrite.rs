//! The cost of changing the data of every event, compared to the same program without `Rewrite`.

use std::convert::Infallible;
use std::error::Error;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::response::sse::{Event as AxumEvent, Sse};
use axum::response::IntoResponse;
use bytes::Bytes;
use eventsource_stream::Eventsource;
use eventwire::gateway::{Input, Output, Rewrite};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};
use hyper::Response;

use crate::proxy::{compare, Fault, Pass, Passed, Proxy};
use crate::shapes::{Chunking, SHAPES};
use crate::{median, upstream};

pub fn run(is_quick: bool) {
    let size = if is_quick { 1 << 20 } else { 32 << 20 };
    let rounds = if is_quick { 3 } else { 7 };
    let shape = SHAPES.iter().find(|shape| shape.name == "openai-chat").expect("a named shape");
    let stream = shape.stream(size);
    println!("\n## A rewrite of every event\n");
    println!(
        "Processor time of a proxy with hyper for {} events of openai-chat, {} MB, medians of {rounds} rounds in turns;\n\
         without sockets and servers, the time of the work itself. A proxy that only forwards the body writes each chunk\n\
         separately, as does the program compared with `Rewrite`; `Rewrite` joins the chunks that are ready.\n",
        stream.events.len(),
        stream.body.len() / 1_000_000
    );
    println!(
        "| HTTP chunks of | eventsource-stream and axum `Event` | **eventwire `Rewrite`** | ratio | only forwarded |"
    );
    println!("|---|--:|--:|--:|--:|");
    for (name, chunking) in [("64 KiB", Chunking::Every(64 << 10)), ("an event", Chunking::Block)] {
        let pieces = stream.cut(chunking);
        let server = upstream::start(pieces.iter().copied());
        let passes: [Pass; 3] = [theirs, ours, passed];
        let proxies = passes.map(|pass| Proxy::start(server, pass));
        row(name, compare([&proxies[0], &proxies[1], &proxies[2]], rounds));
        let chunks: Vec<_> = pieces.into_iter().map(Bytes::copy_from_slice).collect();
        row(&format!("{name}, without sockets and servers"), compare_bodies(&chunks, rounds));
    }
}

fn row(name: &str, [theirs, ours, passed]: [Duration; 3]) {
    println!(
        "| {name} | {} ms | {} ms | {:.2} | {} ms |",
        theirs.as_millis(),
        ours.as_millis(),
        ours.as_secs_f64() / theirs.as_secs_f64(),
        passed.as_millis(),
    );
}

fn passed<B>(response: Response<B>) -> Passed
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Error + Send + Sync,
{
    response.map(|body| body.map_err(Fault::from).boxed_unsync())
}

/// The change: another name for a field, as in gateways.
fn changed(data: &str) -> String {
    data.replacen("\"content\"", "\"text\"", 1)
}

fn ours<B>(response: Response<B>) -> Passed
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Error + Send + Sync,
{
    let rewrite = |input: Input<'_, B::Error>, output: &mut Output<'_>| {
        if let Some(event) = input.event() {
            output.send_data(&changed(event.data()));
        }
    };
    let response = Rewrite::response(response, rewrite).ok().expect("an event stream");
    response.map(|body| body.map_err(Fault::from).boxed_unsync())
}

fn theirs<B>(response: Response<B>) -> Passed
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Error + Send + Sync,
{
    let events = response.into_body().into_data_stream().eventsource().map_ok(|event| {
        let changed = AxumEvent::default().data(changed(&event.data));
        // The default type is never written.
        match &*event.event {
            "message" => changed,
            name => changed.event(name),
        }
    });
    let events = events.map(|event| event.map_err(|error| Fault::from(error.to_string())));
    let (parts, body) = Sse::new(events).into_response().into_parts();
    Response::from_parts(parts, body.map_err(Fault::from).boxed_unsync())
}

/// The same without sockets and servers, to measure the work itself.
fn compare_bodies(chunks: &[Bytes], rounds: usize) -> [Duration; 3] {
    let mut times = [(); 3].map(|()| Vec::new());
    for _ in 0..rounds {
        for (pass, times) in [theirs::<Chunks>, ours::<Chunks>, passed::<Chunks>].into_iter().zip(&mut times)
        {
            let response = Response::builder().header("content-type", "text/event-stream");
            let response = response.body(Chunks(chunks.to_vec().into_iter())).expect("a head");
            let began = Instant::now();
            let mut body = pass(response).into_body();
            let mut context = Context::from_waker(Waker::noop());
            while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
                black_box(frame).expect("no error");
            }
            times.push(began.elapsed());
        }
    }
    times.map(median)
}

struct Chunks(std::vec::IntoIter<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}
