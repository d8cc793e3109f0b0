//! What an error of the stream does.

use std::task::Poll;

use eventwire::server::EventBody;
use eventwire::Event;
use http_body::Body;

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
fn an_error_at_once_comes_after_the_opening() {
    let mut body = EventBody::new(script([Step::Item(Err::<Event, _>(7))]).0);
    assert_eq!(chunk(&mut body), ":\n");
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    end(&mut body);
}

#[test]
fn an_error_behind_a_pause_does_not_wait() {
    let steps = [Step::Item(Ok(Event::new("a"))), Step::Wait, Step::Item(Err(7))];
    let mut body = EventBody::new(script(steps).0);
    chunk(&mut body);
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(7)))));
    end(&mut body);
}

#[test]
fn an_error_becomes_the_last_event_where_that_is_asked_for() {
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
