//! Shutdowns, and the last events of a body.

use std::future::{pending, ready};
use std::task::Poll;
use std::time::Duration;

use eventwire::server::EventBody;
use eventwire::Event;
use futures_util::{stream, StreamExt};
use http_body::Body;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::ask::{ask, chunk, end, idle};
use crate::script::{script, Step};

fn bye() -> Event {
    Event::new("bye")
}

#[test]
fn the_end_of_the_future_is_the_end_of_the_body() {
    let (stop, stopped) = oneshot::channel::<()>();
    let (events, log) = script([Step::Silence::<Event>]);
    let mut body = EventBody::new(events).with_shutdown(stopped);
    chunk(&mut body);
    idle(&mut body);
    stop.send(()).unwrap();
    end(&mut body);
    assert!(log.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_waits_is_woken_by_the_future() {
    let (stop, stopped) = oneshot::channel::<()>();
    let body = EventBody::new(stream::pending::<Event>()).with_shutdown(stopped).with_farewell(bye());
    let reader = tokio::spawn(body.into_stream().map(Result::unwrap).collect::<Vec<_>>());
    tokio::task::yield_now().await;
    stop.send(()).unwrap();
    let chunks = timeout(Duration::from_secs(1), reader).await.expect("a wake-up").unwrap();
    assert_eq!(chunks, [":\n", "data: bye\n\n"]);
}

#[test]
fn events_that_are_ready_go_out_before_the_farewell() {
    let (stop, stopped) = oneshot::channel::<()>();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let mut body = EventBody::new(events).with_shutdown(stopped).with_farewell(bye());
    chunk(&mut body);
    sender.send(Event::new("a")).unwrap();
    stop.send(()).unwrap();
    assert_eq!(chunk(&mut body), "data: a\n\ndata: bye\n\n");
    end(&mut body);
}

#[test]
fn a_stream_that_is_always_ready_ends_after_a_chunk() {
    let events = stream::repeat(Event::new("x"));
    let mut body = EventBody::new(events).with_chunk_size(20).with_shutdown(ready(())).with_farewell(bye());
    assert_eq!(chunk(&mut body), ":\ndata: x\n\ndata: x\n\n");
    assert!(!body.is_end_stream());
    assert_eq!(chunk(&mut body), "data: bye\n\n");
    end(&mut body);
}

#[test]
fn items_taken_from_the_stream_are_sent_before_the_farewell() {
    let (stop, stopped) = oneshot::channel::<()>();
    let large = Event::new("y".repeat(100));
    let steps = [Step::Wait, Step::Item(Event::new("a")), Step::Item(large.clone()), Step::Silence];
    let mut body =
        EventBody::new(script(steps).0).with_chunk_size(50).with_shutdown(stopped).with_farewell(bye());
    chunk(&mut body);
    assert_eq!(chunk(&mut body), "data: a\n\n");
    stop.send(()).unwrap();
    assert_eq!(chunk(&mut body), large.to_bytes());
    assert_eq!(chunk(&mut body), "data: bye\n\n");
    end(&mut body);
}

#[test]
fn an_error_taken_from_the_stream_is_not_hidden_by_a_shutdown() {
    let (stop, stopped) = oneshot::channel::<()>();
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Item(Err("lost"))];
    let mut body = EventBody::new(script(steps).0).with_shutdown(stopped).with_farewell(bye());
    chunk(&mut body);
    stop.send(()).unwrap();
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err("lost")))));
    end(&mut body);
}

#[test]
fn the_end_of_the_stream_itself_has_no_farewell() {
    let steps = [Step::Item(Event::new("a"))];
    let mut body = EventBody::new(script(steps).0).with_shutdown(pending::<()>()).with_farewell(bye());
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    end(&mut body);
}

#[test]
fn a_stream_that_ends_with_the_future_has_a_farewell() {
    let mut body = EventBody::new(script::<Event>([]).0).with_shutdown(ready(())).with_farewell(bye());
    assert_eq!(chunk(&mut body), ":\ndata: bye\n\n");
    end(&mut body);
}

#[test]
fn the_first_of_several_futures_ends_the_body() {
    for first in 0..3 {
        let (stops, mut stopped): (Vec<_>, Vec<_>) = (0..3).map(|_| oneshot::channel::<()>()).unzip();
        let mut body = stopped
            .drain(..)
            .fold(EventBody::new(stream::pending::<Event>()), |body, stopped| body.with_shutdown(stopped));
        chunk(&mut body);
        idle(&mut body);
        let mut stops = stops;
        stops.remove(first).send(()).unwrap();
        end(&mut body);
    }
}

#[test]
fn a_body_that_is_shut_down_before_its_first_poll_opens_and_ends() {
    let mut body = EventBody::new(stream::pending::<Event>()).with_shutdown(ready(7));
    assert_eq!(chunk(&mut body), ":\n");
    end(&mut body);
}

#[test]
fn the_end_of_the_stream_itself_has_the_last_event() {
    let steps = [Step::Item(Event::new("a"))];
    let mut body = EventBody::new(script(steps).0)
        .with_last_event(Event::new("[DONE]"))
        .with_shutdown(pending::<()>())
        .with_farewell(bye());
    assert_eq!(chunk(&mut body), ":\ndata: a\n\ndata: [DONE]\n\n");
    end(&mut body);
}

#[test]
fn a_shutdown_has_no_last_event() {
    let mut body = EventBody::new(stream::pending::<Event>())
        .with_last_event(Event::new("[DONE]"))
        .with_shutdown(ready(()))
        .with_farewell(bye());
    assert_eq!(chunk(&mut body), ":\ndata: bye\n\n");
    end(&mut body);
}

#[test]
fn a_stream_that_fails_has_no_last_event() {
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Item(Err("lost"))];
    let mut body = EventBody::new(script(steps).0).with_last_event(Event::new("[DONE]"));
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err("lost")))));
    end(&mut body);
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Item(Err("lost"))];
    let mut body = EventBody::new(script(steps).0)
        .with_last_event(Event::new("[DONE]"))
        .with_error_event(|error| Event::new(error).with_type("error"));
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    assert_eq!(chunk(&mut body), "event: error\ndata: lost\n\n");
    end(&mut body);
}

#[test]
fn a_stream_that_completes_at_a_shutdown_sends_last_event_and_farewell() {
    for chunk_size in [3, 1000] {
        let mut body = EventBody::new(script::<Event>([]).0)
            .with_chunk_size(chunk_size)
            .with_farewell(bye())
            .with_last_event(Event::new("[DONE]"))
            .with_shutdown(ready(()));
        let mut all = chunk(&mut body).to_vec();
        while let Poll::Ready(Some(Ok(chunk))) = ask(&mut body) {
            all.extend(chunk);
        }
        assert_eq!(all, b":\ndata: [DONE]\n\ndata: bye\n\n");
        end(&mut body);
    }
}

#[test]
fn a_last_event_that_does_not_fit_is_a_chunk_of_its_own() {
    let mut body = EventBody::new(script([Step::Item(Event::new("a"))]).0)
        .with_chunk_size(0)
        .with_last_event(Event::new("[DONE]"));
    assert_eq!(chunk(&mut body), ":\n");
    assert_eq!(chunk(&mut body), "data: a\n\n");
    assert!(!body.is_end_stream());
    assert_eq!(chunk(&mut body), "data: [DONE]\n\n");
    end(&mut body);
}
