//! Traits, sizes and guarantees of a body.

use std::cell::Cell;
use std::convert::Infallible;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use eventwire::server::{EventBody, EventItem, KeepAlive, LastEventId};
use eventwire::timer::Timer;
use eventwire::{Encoded, Event, Head};
use futures_util::task::noop_waker_ref;
use futures_util::Stream;
use http_body::Body;

use crate::ask::{ask, chunk, end, idle};
use crate::script::{script, Script, Step};

/// A stream that is `Send` but not `Sync`; not `Unpin` if the marker is not.
struct Cellular<P>(Cell<u8>, P);

impl<P> Stream for Cellular<P> {
    type Item = Result<Event, Cell<u8>>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready((self.0.get() > 0).then(|| Err(Cell::new(self.0.get()))))
    }
}

fn sync<T: Send + Sync>(_: &T) {}
fn unpin<T: Unpin>(_: &T) {}

#[test]
fn a_body_is_sync_even_if_its_stream_error_and_futures_are_only_send() {
    let until = Cell::new(7);
    let sleep = |_| {
        let cell = Cell::new(7);
        async move { cell.get() }
    };
    let in_closure = Cell::new(7);
    let body = EventBody::new(Cellular(Cell::new(0), ()))
        .with_shutdown(async move { until.get() })
        .with_error_event(move |error| Event::new(format!("{}", error.get() + in_closure.get())))
        .with_keep_alive(KeepAlive::new(sleep));
    sync(&body);
    unpin(&body);
    sync(&EventBody::new(Cellular(Cell::new(0), PhantomPinned)));
}

#[test]
fn settings_are_send_and_sync() {
    fn anywhere<T: Clone + Send + Sync + Unpin + std::fmt::Debug + 'static>() {}
    anywhere::<KeepAlive>();
    anywhere::<Timer>();
    anywhere::<LastEventId>();
}

#[test]
fn the_error_of_plain_items_cannot_happen() {
    fn error_of<T: EventItem<Error = E>, E>() {}
    error_of::<Event, Infallible>();
    error_of::<Encoded, Infallible>();
    error_of::<Head, Infallible>();
    error_of::<Result<Head, u8>, u8>();
    error_of::<Result<Event, u8>, u8>();
    error_of::<Result<Encoded, u8>, u8>();
}

#[test]
fn a_stream_that_is_pinned_makes_a_body_that_is_pinned() {
    let mut body = Box::pin(EventBody::new(Cellular(Cell::new(0), PhantomPinned)));
    let polled = body.as_mut().poll_frame(&mut Context::from_waker(noop_waker_ref()));
    assert!(
        matches!(polled, Poll::Ready(Some(Ok(frame))) if frame.data_ref().is_some_and(|opening| opening == ":\n"))
    );
}

#[test]
fn frames_are_the_chunks_and_there_are_no_trailers() {
    let steps = || [Step::Wait, Step::Item(Event::new("a")), Step::Wait, Step::Item(Event::new("b"))];
    let mut stream = EventBody::new(script(steps()).0);
    let mut body = EventBody::new(script(steps()).0);
    let mut frame = || match Pin::new(&mut body).poll_frame(&mut Context::from_waker(noop_waker_ref())) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
        _ => None,
    };
    for _ in 0..3 {
        assert_eq!(Some(chunk(&mut stream)), frame());
    }
    assert_eq!(frame(), None);
}

#[test]
fn is_end_stream_is_true_only_once_everything_was_sent() {
    let (events, log) = script([Step::Wait, Step::Item(Event::new("a"))]);
    let mut body = EventBody::new(events);
    assert!(!body.is_end_stream());
    chunk(&mut body);
    assert!(!body.is_end_stream());
    chunk(&mut body);
    assert!(body.is_end_stream());
    assert!(log.is_dropped());
    end(&mut body);
}

#[test]
fn is_end_stream_is_false_while_an_event_is_held() {
    let steps = [Step::Wait, Step::Item(Event::new("a")), Step::Item(Event::new("b".repeat(100)))];
    let mut body = EventBody::new(script(steps).0).with_chunk_size(50);
    chunk(&mut body);
    assert_eq!(chunk(&mut body), "data: a\n\n");
    assert!(!body.is_end_stream());
    assert_eq!(chunk(&mut body).len(), 108);
    end(&mut body);
}

#[test]
fn the_size_hint_is_unknown() {
    let mut body = EventBody::new(script([Step::Item(Event::new("a"))]).0);
    for _ in 0..3 {
        assert_eq!((Body::size_hint(&body).lower(), Body::size_hint(&body).upper()), (0, None));
        let _ = ask(&mut body);
    }
}

#[test]
fn the_stream_is_polled_only_when_the_body_is_polled() {
    let (events, log) = script([Step::Silence::<Event>]);
    let mut body = EventBody::new(events).with_keep_alive(KeepAlive::new(tokio::time::sleep));
    assert_eq!(log.polls(), 0);
    chunk(&mut body);
    assert_eq!(log.polls(), 1);
    drop(body);
    assert!(log.is_dropped());
}

#[test]
fn the_stream_is_dropped_with_the_last_chunk() {
    let (events, log) = script([Step::Item(Event::new("a"))]);
    let mut body = EventBody::new(events);
    chunk(&mut body);
    assert!(log.is_dropped());
}

#[test]
fn debug_shows_the_state_of_the_body() {
    let mut body = EventBody::new(script([Step::Silence::<Event>]).0)
        .with_keep_alive(KeepAlive::new(tokio::time::sleep));
    assert!(format!("{body:?}").contains("has_begun: false"));
    chunk(&mut body);
    let shown = format!("{body:?}");
    assert!(shown.contains("has_begun: true") && shown.contains("interval: 15s"), "{shown}");
}

#[test]
fn a_body_is_no_larger_than_368_bytes() {
    let size = std::mem::size_of::<EventBody<futures_util::stream::Pending<Event>>>();
    assert!(size <= 368, "{size}");
}

#[test]
fn a_body_becomes_the_stream_of_bytes_that_frameworks_take() {
    fn taken<S>(_: S)
    where
        S: Stream<Item = Result<Bytes, std::io::Error>> + Send + Sync + 'static,
    {
    }
    let (events, _): (Script<Result<Event, std::io::Error>>, _) = script([Step::Silence]);
    let mut body = EventBody::new(events);
    chunk(&mut body);
    idle(&mut body);
    taken(body.into_stream());
}

/// If the body were also a stream, each of these calls would be ambiguous (E0034).
#[tokio::test]
async fn body_methods_stay_unambiguous_with_stream_extension_traits_in_scope() {
    use futures_util::StreamExt;
    use http_body_util::BodyExt;

    let body = || EventBody::new(script([Step::Item(Event::new("a"))]).0);
    assert_eq!(body().collect().await.unwrap().to_bytes(), ":\ndata: a\n\n");
    assert!(body().boxed_unsync().frame().await.is_some());
    assert_eq!(body().into_stream().count().await, 1);
}

#[test]
fn a_head_is_a_block_without_data() {
    let mut body = EventBody::new(script([Step::Item(Head::new().with_id(7))]).0);
    assert_eq!(chunk(&mut body), ":\nid: 7\n\n");
    end(&mut body);
}
