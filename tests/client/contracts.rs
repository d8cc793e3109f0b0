//! Guarantees that hold whatever the source does.

use std::error::Error;
use std::panic::{catch_unwind, AssertUnwindSafe};

use eventwire::client::{EventStream, StreamError};
use eventwire::{Decoder, Event};
use futures_util::task::{noop_waker_ref, ArcWake};
use futures_util::{FutureExt, Stream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::chunks::{ask, chunk, data, end, error, idle, lost, Chunk, Lost};
use crate::script::{script, Log, Script, Step};

fn told(steps: impl IntoIterator<Item = Step<Chunk>>) -> (EventStream<Script<Chunk>>, Arc<Log>) {
    let (source, log) = script(steps);
    (EventStream::new(source), log)
}

#[test]
fn a_source_is_dropped_at_its_end_and_never_polled_again() {
    let (mut events, log) = told([chunk("data: a\n\n")]);
    assert_eq!(data(&mut events), "a");
    assert!(!log.is_dropped());
    end(&mut events);
    assert!(log.is_dropped());
    assert_eq!(log.polls(), 2);
}

#[test]
fn a_source_is_not_polled_while_there_are_events() {
    let (mut events, log) = told([chunk("data: a\n\ndata: b\n\n"), Step::Silence]);
    assert_eq!(log.polls(), 0);
    assert_eq!(data(&mut events), "a");
    assert_eq!(data(&mut events), "b");
    assert_eq!(log.polls(), 1);
    idle(&mut events);
}

#[test]
fn events_are_returned_before_the_error_that_follows_them() {
    let (mut events, log) = told([chunk("data: a\n\ndata: b\n\nda"), lost(), chunk("data: c\n\n")]);
    assert_eq!(data(&mut events), "a");
    assert_eq!(data(&mut events), "b");
    let lost = error(&mut events);
    assert!(matches!(lost, StreamError::Transport { error: Lost, bytes: 20, .. }), "{lost:?}");
    assert_eq!(lost.to_string(), "the event stream was lost after 20 bytes");
    assert_eq!(lost.source().unwrap().to_string(), "connection reset");
    assert!(log.is_dropped());
    end(&mut events);
    assert_eq!(log.polls(), 2);
    assert_eq!(events.bytes_consumed(), 20);
}

#[test]
fn the_error_of_the_source_keeps_its_type() {
    let (mut events, _) = told([lost()]);
    let boxed: StreamError<Box<dyn Error>> = error(&mut events).map_transport(Into::into);
    match boxed {
        StreamError::Transport { error, .. } => assert!(error.is::<Lost>()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_discarded_block_does_not_end_the_stream() {
    let (events, _) = told([chunk("data: too long\n\ndata: a\n\ndata: "), chunk("long too\n\ndata: b\n\n")]);
    let mut events = events.with_decoder(Decoder::new().with_max_event_size(4));
    for expected in ["a", "b"] {
        assert!(matches!(error(&mut events), StreamError::Decode(_)));
        assert_eq!(data(&mut events), expected);
    }
    end(&mut events);
}

#[test]
fn a_dropped_future_has_consumed_nothing() {
    let steps = [
        Step::Wait,
        chunk("data: a"),
        Step::Wait,
        chunk("\n"),
        Step::Wait,
        chunk("\ndata: b\n"),
        Step::Wait,
        chunk("\n"),
        Step::Wait,
    ];
    type Asked = fn(&mut EventStream<Script<Chunk>>) -> Option<Option<Event>>;
    let ways: [Asked; 3] = [
        |events| events.next_event().now_or_never().map(Result::unwrap),
        |events| {
            let borrowed = events.next_ref().now_or_never()?.unwrap();
            Some(borrowed.map(|event| event.to_event()))
        },
        |events| match events.next_frame().now_or_never()?.unwrap() {
            Some(eventwire::Frame::Event(event)) => Some(Some(event.to_event())),
            None => Some(None),
            other => panic!("{other:?}"),
        },
    ];
    for way in ways {
        let (mut events, _) = told(steps.clone_steps());
        let mut answers = Vec::new();
        while answers.last() != Some(&Some(None)) {
            answers.push(way(&mut events));
            assert!(answers.len() < 10);
        }
        let data: Vec<_> = answers.iter().flatten().flatten().map(|event| event.data().to_owned()).collect();
        assert_eq!((data.join(" "), answers.len()), ("a b".to_owned(), 8));
    }
}

trait CloneSteps {
    fn clone_steps(&self) -> Vec<Step<Chunk>>;
}

impl CloneSteps for [Step<Chunk>] {
    fn clone_steps(&self) -> Vec<Step<Chunk>> {
        let step = |step: &Step<Chunk>| match step {
            Step::Item(Ok(bytes)) => Step::Item(Ok(bytes.clone())),
            Step::Item(Err(Lost)) => Step::Item(Err(Lost)),
            Step::Wait => Step::Wait,
            Step::Silence => Step::Silence,
            Step::Panic => Step::Panic,
        };
        self.iter().map(step).collect()
    }
}

#[test]
fn a_panic_of_the_source_ends_the_stream() {
    let (mut events, log) = told([chunk("data: a\n\nda"), Step::Panic, chunk("ta: b\n\n")]);
    assert_eq!(data(&mut events), "a");
    assert!(catch_unwind(AssertUnwindSafe(|| drop(ask(&mut events)))).is_err());
    end(&mut events);
    assert!(log.is_dropped());
    assert_eq!(log.polls(), 2);
}

#[test]
fn other_tasks_run_while_only_comments_arrive() {
    struct Woken(AtomicUsize);
    impl ArcWake for Woken {
        fn wake_by_ref(this: &Arc<Self>) {
            this.0.fetch_add(1, Relaxed);
        }
    }

    let comments = std::iter::repeat_with(|| chunk(": nothing\n")).take(10_000);
    let (mut events, log) = told(comments.chain([chunk("data: a\n\n")]));
    let woken = Arc::new(Woken(AtomicUsize::new(0)));
    let waker = futures_util::task::waker(Arc::clone(&woken));
    let mut polls = 0;
    let event = loop {
        polls += 1;
        match Pin::new(&mut events).poll_next(&mut Context::from_waker(&waker)) {
            Poll::Pending => assert_eq!(woken.0.load(Relaxed), polls),
            Poll::Ready(event) => break event.unwrap().unwrap(),
        }
        assert!(log.polls() <= polls * 500);
    };
    assert_eq!(event.data(), "a");
    assert!(polls > 10, "{polls}");
}

#[test]
fn a_wrapper_can_poll_and_borrow_in_two_steps() {
    let (mut events, _) = told([chunk("data: a\n\n")]);
    let cx = &mut Context::from_waker(noop_waker_ref());
    assert!(events.current().is_none());
    assert!(matches!(Pin::new(&mut events).poll_advance(cx), Poll::Ready(Ok(true))));
    assert_eq!(events.current().unwrap().data(), "a");
    assert_eq!(events.current().unwrap().data(), "a");
    assert!(matches!(Pin::new(&mut events).poll_advance(cx), Poll::Ready(Ok(false))));
    assert!(events.current().is_none());
}
