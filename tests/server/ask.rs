//! Helpers that poll a body with a no-op waker.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use eventwire::server::{EventBody, EventItem};
use futures_util::task::noop_waker_ref;
use futures_util::Stream;
use http_body::Body;

/// Polls the body once.
pub(crate) fn ask<S>(body: &mut EventBody<S>) -> Poll<Option<Result<Bytes, <S::Item as EventItem>::Error>>>
where
    S: Stream + Unpin,
    S::Item: EventItem,
{
    let frame = Pin::new(body).poll_frame(&mut Context::from_waker(noop_waker_ref()));
    frame.map(|frame| frame.map(|frame| frame.map(|frame| frame.into_data().expect("no trailers"))))
}

/// Returns the chunk that must be ready.
#[track_caller]
pub(crate) fn chunk<S>(body: &mut EventBody<S>) -> Bytes
where
    S: Stream + Unpin,
    S::Item: EventItem,
{
    match ask(body) {
        Poll::Ready(Some(Ok(chunk))) => chunk,
        Poll::Ready(Some(Err(_))) => panic!("expected a chunk, got an error"),
        Poll::Ready(None) => panic!("expected a chunk, got the end"),
        Poll::Pending => panic!("expected a chunk, got nothing"),
    }
}

/// Asserts that no chunk is ready now.
#[track_caller]
pub(crate) fn idle<S>(body: &mut EventBody<S>)
where
    S: Stream + Unpin,
    S::Item: EventItem,
{
    assert!(ask(body).is_pending());
}

/// Asserts that the body has ended and stays so.
#[track_caller]
pub(crate) fn end<S>(body: &mut EventBody<S>)
where
    S: Stream + Unpin,
    S::Item: EventItem,
{
    for _ in 0..3 {
        assert!(matches!(ask(body), Poll::Ready(None)));
        assert!(body.is_end_stream());
        let frame = Pin::new(&mut *body).poll_frame(&mut Context::from_waker(noop_waker_ref()));
        assert!(matches!(frame, Poll::Ready(None)));
    }
}
