//! Panics in user code.

use std::future::poll_fn;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::task::Poll;

use eventwire::server::{EventBody, EventItem, KeepAlive};
use eventwire::Event;
use futures_util::{stream, Stream};

use crate::ask::{ask, chunk, end};
use crate::script::{script, Step};

#[track_caller]
fn panics<S>(body: &mut EventBody<S>)
where
    S: Stream + Unpin,
    S::Item: EventItem,
{
    assert!(catch_unwind(AssertUnwindSafe(|| drop(ask(body)))).is_err());
}

#[test]
fn a_panic_of_the_stream_ends_the_body_and_drops_the_stream() {
    let (events, log) = script([Step::Item(Event::new("a")), Step::Wait, Step::Panic, Step::Silence]);
    let mut body = EventBody::new(events);
    chunk(&mut body);
    panics(&mut body);
    end(&mut body);
    assert!(log.is_dropped());
    assert_eq!(log.polls(), 3);
}

#[test]
fn a_panic_of_the_first_poll_ends_the_body() {
    let mut body = EventBody::new(script([Step::<Event>::Panic]).0);
    panics(&mut body);
    end(&mut body);
}

#[test]
fn a_panic_of_the_error_event_function_ends_the_body() {
    let mut body = EventBody::new(script([Step::Item(Err::<Event, _>("no"))]).0)
        .with_error_event(|error| panic!("{error}"));
    chunk(&mut body);
    panics(&mut body);
    end(&mut body);
}

#[test]
fn a_panic_of_the_future_that_ends_the_body_ends_it() {
    let mut calls = 0;
    let end_of_all = poll_fn(move |_| {
        calls += 1;
        match calls {
            1 => Poll::<()>::Pending,
            _ => panic!("as planned"),
        }
    });
    let mut body = EventBody::new(stream::pending::<Event>()).with_shutdown(end_of_all);
    chunk(&mut body);
    panics(&mut body);
    end(&mut body);
}

#[test]
fn a_panic_of_the_timer_ends_the_body() {
    let making = KeepAlive::new(|_| -> std::future::Ready<()> { panic!("as planned") });
    let waiting = KeepAlive::new(|_| poll_fn(|_| -> Poll<()> { panic!("as planned") }));
    for keep_alive in [making, waiting] {
        let mut body = EventBody::new(stream::pending::<Event>()).with_keep_alive(keep_alive);
        chunk(&mut body);
        panics(&mut body);
        end(&mut body);
    }
}
