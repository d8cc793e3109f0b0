//! A server without a network: its answers, and the requests it received.

use std::collections::VecDeque;
use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::EventSource;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use http::{Request, Response};
use http_body::{Body, Frame};
use tokio::time::{sleep, Instant};

use crate::chunks::Lost;

/// The answer to one request.
pub(crate) enum Answer {
    Refused,
    /// No response ever arrives.
    Hanging,
    Response(Response<Chunks>),
}

/// A body.
pub(crate) struct Chunks(BoxStream<'static, Result<Bytes, Lost>>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        self.0.poll_next_unpin(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}

/// How a body ends.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Closed,
    Reset,
    Silent,
}

/// A body that sends these chunks and then keeps its connection open.
pub(crate) fn holding(status: u16, says: &'static str, held: Arc<()>) -> Answer {
    let silence = stream::pending().map(move |chunk| (&held, chunk).1);
    let body = stream::iter([Ok(Bytes::from(says))]).chain(silence).boxed();
    let response = Response::builder().status(status).header("content-type", "text/event-stream");
    Answer::Response(response.body(Chunks(body)).unwrap())
}

/// An event stream: chunks, each after a number of milliseconds, and its end.
pub(crate) fn stream(chunks: &'static [(u64, &'static str)], end: End) -> Answer {
    respond(200, &[("content-type", "text/event-stream")], chunks, end)
}

pub(crate) fn respond(
    status: u16,
    headers: &[(&str, &str)],
    chunks: &'static [(u64, &'static str)],
    end: End,
) -> Answer {
    let chunks = stream::iter(chunks).then(|(millis, chunk)| async move {
        sleep(Duration::from_millis(*millis)).await;
        Ok(Bytes::from(*chunk))
    });
    let body = match end {
        End::Closed => chunks.boxed(),
        End::Reset => chunks.chain(stream::iter([Err(Lost)])).boxed(),
        End::Silent => chunks.chain(stream::pending()).boxed(),
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Answer::Response(response.body(Chunks(body)).unwrap())
}

/// A request, and when it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) after: u128,
    pub(crate) request: Request<Bytes>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name).map(|value| std::str::from_utf8(value.as_bytes()).unwrap())
    }
}

/// The requests received so far.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Vec<Asked>>>);

impl Log {
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().clone()
    }

    /// Returns when requests arrived, in milliseconds.
    pub(crate) fn times(&self) -> Vec<u128> {
        self.asked().iter().map(|asked| asked.after).collect()
    }

    pub(crate) fn ids(&self) -> Vec<Option<String>> {
        self.asked().iter().map(|asked| asked.header("last-event-id").map(str::to_owned)).collect()
    }
}

/// Returns a source that receives these answers, then no more.
pub(crate) fn source(answers: impl IntoIterator<Item = Answer>) -> (EventSource, Log) {
    source_of(Request::get("http://a.example/b").body(Bytes::new()).unwrap(), answers)
}

pub(crate) fn source_of(
    request: Request<Bytes>,
    answers: impl IntoIterator<Item = Answer>,
) -> (EventSource, Log) {
    let (send, log) = sending(answers);
    (EventSource::new(request, send, sleep), log)
}

type Sending = Box<dyn FnMut(Request<Bytes>) -> Sent + Send>;
type Sent = BoxFuture<'static, Result<Response<Chunks>, Lost>>;

fn sending(answers: impl IntoIterator<Item = Answer>) -> (Sending, Log) {
    let mut answers: VecDeque<_> = answers.into_iter().collect();
    let log = Log(Arc::default());
    let asked = log.clone();
    let began = Instant::now();
    let send = move |request: Request<Bytes>| {
        asked.0.lock().unwrap().push(Asked { after: began.elapsed().as_millis(), request });
        match answers.pop_front().expect("one request too many") {
            Answer::Refused => ready(Err(Lost)).boxed(),
            Answer::Hanging => pending().boxed(),
            Answer::Response(response) => ready(Ok(response)).boxed(),
        }
    };
    (Box::new(send), log)
}
