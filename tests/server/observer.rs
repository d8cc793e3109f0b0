//! Observers: the report of a body at its end.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver};
use std::task::Poll;
use std::time::Duration;

use eventwire::server::{BodyEnd, BodySummary, EventBody, EventItem, KeepAlive};
use eventwire::Event;
use futures_util::{stream, Stream};
use tokio::time::{advance, sleep, Instant};

use crate::ask::{ask, chunk, end, idle};
use crate::script::{script, Step};

/// Returns a body with an observer, and a receiver for its report.
fn observed<S>(body: EventBody<S>) -> (EventBody<S>, Receiver<BodySummary>)
where
    S: Stream,
    S::Item: EventItem,
{
    let (reports, reported) = channel();
    (body.with_observer(Instant::now, move |summary| reports.send(summary).unwrap()), reported)
}

#[track_caller]
fn only(reported: &Receiver<BodySummary>) -> BodySummary {
    let summary = reported.try_recv().expect("a report");
    // The sender is gone too: there can be no second report.
    assert!(matches!(reported.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)));
    summary
}

#[tokio::test(start_paused = true)]
async fn bytes_events_heartbeats_and_times_are_counted() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let events = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let body = EventBody::new(events).with_keep_alive(KeepAlive::new(sleep));
    let (mut body, reported) = observed(body.with_last_event(Event::new("[DONE]")));
    advance(Duration::from_secs(1)).await;
    chunk(&mut body);
    idle(&mut body);
    advance(Duration::from_secs(16)).await;
    assert_eq!(chunk(&mut body), ":\n");
    sender.send(Event::new("a")).unwrap();
    sender.send(Event::new("b")).unwrap();
    chunk(&mut body);
    idle(&mut body);
    advance(Duration::from_secs(1)).await;
    assert!(reported.try_recv().is_err());
    drop(sender);
    chunk(&mut body);
    let summary = only(&reported);
    assert_eq!(summary.end, BodyEnd::Complete);
    assert_eq!(summary.duration, Duration::from_secs(18));
    assert_eq!(summary.first_byte, Some(Duration::from_secs(1)));
    assert_eq!(summary.first_event, Some(Duration::from_secs(17)));
    let all = ":\n:\ndata: a\n\ndata: b\n\ndata: [DONE]\n\n";
    assert_eq!((summary.events, summary.bytes, summary.heartbeats), (3, all.len() as u64, 1));
    end(&mut body);
}

#[test]
fn a_body_that_is_dropped_unread_reports_nothing_sent() {
    let (body, reported) = observed(EventBody::new(stream::pending::<Event>()));
    drop(body);
    let summary = only(&reported);
    assert_eq!((summary.end, summary.bytes, summary.events), (BodyEnd::Dropped, 0, 0));
    assert_eq!((summary.first_byte, summary.first_event), (None, None));
}

#[test]
fn a_body_that_is_dropped_before_its_end_says_so() {
    let steps = [Step::Item(Event::new("a")), Step::Silence];
    let (mut body, reported) = observed(EventBody::new(script(steps).0));
    chunk(&mut body);
    idle(&mut body);
    drop(body);
    let summary = only(&reported);
    assert_eq!((summary.end, summary.events), (BodyEnd::Dropped, 1));
}

#[test]
fn a_body_dropped_before_its_farewell_reports_a_drop() {
    let body = EventBody::new(stream::pending::<Event>()).with_chunk_size(0);
    let (mut body, reported) =
        observed(body.with_shutdown(std::future::ready(())).with_farewell(Event::new("bye")));
    chunk(&mut body);
    drop(body);
    assert_eq!(only(&reported).end, BodyEnd::Dropped);
}

#[test]
fn an_error_is_an_error_whether_it_becomes_an_event_or_not() {
    let steps = || script([Step::Item(Ok(Event::new("a"))), Step::Item(Err("lost"))]).0;
    let (mut body, reported) = observed(EventBody::new(steps()));
    chunk(&mut body);
    idle(&mut body);
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err("lost")))));
    let summary = only(&reported);
    assert_eq!((summary.end, summary.events), (BodyEnd::Error, 1));
    let (mut body, reported) = observed(EventBody::new(steps()).with_error_event(Event::new));
    chunk(&mut body);
    chunk(&mut body);
    let summary = only(&reported);
    assert_eq!((summary.end, summary.events), (BodyEnd::Error, 2));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_and_a_maximum_age_are_reported_separately() {
    let silent = || EventBody::new(stream::pending::<Event>());
    let (mut body, reported) = observed(silent().with_shutdown(std::future::ready(())));
    chunk(&mut body);
    end(&mut body);
    assert_eq!(only(&reported).end, BodyEnd::Shutdown);
    let keep_alive = KeepAlive::new(sleep).with_max_age(Duration::from_secs(10));
    let (mut body, reported) = observed(silent().with_keep_alive(keep_alive));
    chunk(&mut body);
    advance(Duration::from_secs(11)).await;
    end(&mut body);
    assert_eq!(only(&reported).end, BodyEnd::MaxAge);
}

#[test]
fn a_panic_of_the_stream_is_reported_with_the_next_poll_or_the_drop() {
    for polls_again in [true, false] {
        let (mut body, reported) = observed(EventBody::new(script([Step::<Event>::Panic]).0));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(ask(&mut body)))).is_err());
        if polls_again {
            end(&mut body);
        } else {
            drop(body);
        }
        assert_eq!(only(&reported).end, BodyEnd::Dropped);
    }
}

#[test]
fn any_clock_can_be_used() {
    let (reports, reported) = channel();
    let body = EventBody::new(stream::pending::<Event>());
    drop(body.with_observer(std::time::Instant::now, move |summary| reports.send(summary).unwrap()));
    assert!(only(&reported).duration < Duration::from_secs(60));
    let body = EventBody::new(stream::pending::<Event>());
    drop(body.with_observer(|| Duration::ZERO, |summary| assert_eq!(summary.duration, Duration::ZERO)));
}
