//! A scripted body that panics when it is polled after its end, and readers of bodies.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::noop_waker_ref;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Data(Bytes),
    Trailers(HeaderMap),
    /// Returns `Pending` once, and wakes the task.
    Blink,
    /// Returns `Pending` until all output for the data so far has been read, and wakes the task.
    Wait,
    Fail(&'static str),
    Panic,
}

pub(crate) fn data(bytes: impl AsRef<[u8]>) -> Step {
    Step::Data(Bytes::copy_from_slice(bytes.as_ref()))
}

pub(crate) fn trailers(pairs: &[(&'static str, &'static str)]) -> Step {
    let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    Step::Trailers(pairs.collect())
}

#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    /// Whether the body reports its end, as bodies of a known length do.
    knows_its_end: bool,
    has_ended: bool,
}

pub(crate) fn script(steps: impl IntoIterator<Item = Step>) -> Script {
    Script { steps: steps.into_iter().collect(), knows_its_end: false, has_ended: false }
}

/// A script that reports its end (`is_end_stream`).
pub(crate) fn knowing(steps: impl IntoIterator<Item = Step>) -> Script {
    Script { knows_its_end: true, ..script(steps) }
}

/// A stream in pieces of `size` bytes.
pub(crate) fn cut(stream: impl AsRef<[u8]>, size: usize) -> Script {
    script(stream.as_ref().chunks(size).map(data))
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        assert!(!self.has_ended, "polled after its end");
        Poll::Ready(match self.steps.pop_front() {
            Some(Step::Data(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Step::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
            Some(step @ (Step::Wait | Step::Blink)) => {
                if matches!(step, Step::Wait) {
                    (1..BLINKS).for_each(|_| self.steps.push_front(Step::Blink));
                }
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Fail(error)) => {
                self.has_ended = true;
                Some(Err(error))
            }
            Some(Step::Panic) => panic!("as planned"),
            None => {
                self.has_ended = true;
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.knows_its_end && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let len = |step: &Step| if let Step::Data(bytes) = step { bytes.len() as u64 } else { 0 };
        SizeHint::with_exact(self.steps.iter().map(len).sum())
    }
}

/// Everything that a body returned.
#[derive(Debug)]
pub(crate) struct Read<E> {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
    pub(crate) error: Option<E>,
}

impl<E> Read<E> {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

type Polled<B> = Poll<Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>>;

/// Polls the body once.
pub(crate) fn ask<B: Body + Unpin>(body: &mut B) -> Polled<B> {
    Pin::new(body).poll_frame(&mut Context::from_waker(noop_waker_ref()))
}

/// Reads a body to its end or its first error.
pub(crate) fn read<B>(body: &mut B) -> Read<B::Error>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut read = Read { chunks: Vec::new(), trailers: None, error: None };
    loop {
        match ask(body) {
            Poll::Pending => {}
            Poll::Ready(None) => return read,
            Poll::Ready(Some(Err(error))) => {
                read.error = Some(error);
                return read;
            }
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => read.chunks.push(bytes),
                Err(frame) => read.trailers = Some(frame.into_trailers().unwrap()),
            },
        }
    }
}

/// More often than a rewrite looks again.
const BLINKS: usize = 4;
