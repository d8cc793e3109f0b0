//! Errors of the stream.

use std::task::Poll;
use std::time::Duration;

use eventwire::server::{EventBody, KeepAlive};
use eventwire::Event;
use http_body::Body;
use tokio::time::{advance, sleep};

use crate::ask::{ask, chunk, end, idle};
use crate::script::{script, Step};

fn failing() -> Vec<Step<Result<Event, &'static str>>> {
    vec![Step::Item(Ok(Event::new("a"))), Step::Item(Err("no more")), Step::Item(Ok(Event::new("b")))]
}

#[test]
fn the_events_before_an_error_go_out_first_and_nothing_after_it() {
    let (events, log) = script(failing());
    let mut body = EventBody::new(events);
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    assert!(!body.is_end_stream());
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err("no more")))));
    assert!(body.is_end_stream() && log.is_dropped());
    assert_eq!(log.polls(), 2);
    end(&mut body);
}

#[test]
fn an_immediate_error_follows_the_opening() {
    let mut body = EventBody::new(script([Step::Item(Err::<Event, _>(7))]).0);
    assert_eq!(chunk(&mut body), ":\n");
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    end(&mut body);
}

#[test]
fn an_error_after_a_pause_is_not_delayed() {
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Wait, Step::Item(Err(7))];
    let mut body = EventBody::new(script(steps).0);
    chunk(&mut body);
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    end(&mut body);
}

#[test]
fn an_error_becomes_the_last_event_with_an_error_event() {
    let (events, log) = script(failing());
    let mut body = EventBody::new(events).with_error_event(|error| Event::new(error).with_type("error"));
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    assert_eq!(chunk(&mut body), "event: error\ndata: no more\n\n");
    assert!(log.is_dropped());
    end(&mut body);
}

#[test]
fn an_error_event_ends_the_body_without_a_farewell() {
    let mut body = EventBody::new(script(failing()).0)
        .with_error_event(Event::new)
        .with_shutdown(std::future::pending::<()>())
        .with_farewell(Event::new("bye"));
    chunk(&mut body);
    assert_eq!(chunk(&mut body), "data: no more\n\n");
    end(&mut body);
}

/// One more poll is not enough over HTTP/2, where another task sends the chunk, perhaps on another thread.
#[tokio::test(start_paused = true)]
async fn with_a_timer_an_error_waits_100_ms_for_the_last_chunk_to_leave() {
    let mut body = EventBody::new(script(failing()).0).with_keep_alive(KeepAlive::new(sleep));
    assert_eq!(chunk(&mut body), ":\ndata: a\n\n");
    idle(&mut body);
    advance(Duration::from_millis(99)).await;
    idle(&mut body);
    advance(Duration::from_millis(2)).await;
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err("no more")))));
    end(&mut body);
}

#[tokio::test(start_paused = true)]
async fn with_a_timer_an_error_after_a_pause_waits_too() {
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Wait, Step::Item(Err(7))];
    let mut body = EventBody::new(script(steps).0).with_keep_alive(KeepAlive::new(sleep));
    chunk(&mut body);
    idle(&mut body);
    idle(&mut body);
    advance(Duration::from_millis(101)).await;
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    end(&mut body);
}

#[tokio::test(start_paused = true)]
async fn an_error_waits_100_ms_even_if_heartbeats_are_off_or_due() {
    for interval in [Duration::MAX, Duration::from_millis(1)] {
        let keep_alive = KeepAlive::new(sleep).with_interval(interval);
        let steps = [Step::Item(Ok(Event::new("a"))), Step::Wait, Step::Wait, Step::Item(Err(7))];
        let mut body = EventBody::new(script(steps).0).with_keep_alive(keep_alive);
        chunk(&mut body);
        idle(&mut body);
        advance(Duration::from_millis(50)).await;
        idle(&mut body);
        advance(Duration::from_millis(80)).await;
        idle(&mut body);
        advance(Duration::from_millis(30)).await;
        assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_does_not_wait() {
    let body = EventBody::new(script(failing()).0).with_keep_alive(KeepAlive::new(sleep));
    let mut body = body.with_error_event(Event::new);
    chunk(&mut body);
    assert_eq!(chunk(&mut body), "data: no more\n\n");
    end(&mut body);
}
