//! Chunks: which events are sent together.

use std::time::Duration;

use eventwire::server::EventBody;
use eventwire::{Encoded, Event, Head};

use crate::ask::{chunk, end, idle};
use crate::script::{script, Step};

const OPENING: &[u8] = b":\n";

fn event(data: &str) -> Step<Event> {
    Step::Item(Event::new(data))
}

fn encoded(len: usize) -> Encoded {
    Event::new("x".repeat(len - "data: \n\n".len())).to_encoded()
}

#[test]
fn the_first_chunk_is_there_before_the_first_event() {
    let (events, log) = script([Step::Wait, event("a")]);
    let mut body = EventBody::new(events);
    assert_eq!(chunk(&mut body), OPENING);
    assert_eq!(log.polls(), 1);
    assert_eq!(chunk(&mut body), "data: a\n\n");
    end(&mut body);
}

#[test]
fn the_reconnection_time_comes_first() {
    let (events, _) = script([Step::Silence::<Event>]);
    let mut body = EventBody::new(events).with_retry(Duration::from_micros(1_500_001));
    assert_eq!(chunk(&mut body), "retry: 1501\n");
    idle(&mut body);
}

#[test]
fn the_first_events_share_the_first_chunk() {
    let (events, _) = script([event("a"), event("b"), Step::Silence]);
    let mut body = EventBody::new(events).with_retry(Duration::ZERO);
    assert_eq!(chunk(&mut body), "retry: 0\ndata: a\n\ndata: b\n\n");
    idle(&mut body);
}

#[test]
fn a_stream_without_events_opens_and_ends() {
    let mut body = EventBody::new(script::<Event>([]).0);
    assert_eq!(chunk(&mut body), OPENING);
    end(&mut body);
}

#[test]
fn all_events_that_are_ready_share_a_chunk() {
    let steps = [Step::Wait, event("a"), event("b"), event("c"), Step::Wait, event("d"), Step::Silence];
    let mut body = EventBody::new(script(steps).0);
    assert_eq!(chunk(&mut body), OPENING);
    assert_eq!(chunk(&mut body), "data: a\n\ndata: b\n\ndata: c\n\n");
    assert_eq!(chunk(&mut body), "data: d\n\n");
    idle(&mut body);
}

#[test]
fn a_full_chunk_goes_out_although_more_is_ready() {
    let (events, log) = script((0..100).map(|n| event(&format!("{n:02}"))));
    let mut body = EventBody::new(events).with_chunk_size(100);
    let (mut polls, mut lens) = (0, Vec::new());
    for _ in 0..10 {
        lens.push(chunk(&mut body).len());
        assert!(log.polls() - polls <= 10);
        polls = log.polls();
    }
    assert_eq!(lens, [&[102][..], &[100; 9]].concat());
    end(&mut body);
}

#[test]
fn a_chunk_is_full_at_8_kib_by_default() {
    let mut body = EventBody::new(futures_util::stream::repeat(Event::new("x".repeat(92))));
    assert_eq!(chunk(&mut body).len(), 2 + 82 * 100);
    assert_eq!(chunk(&mut body).len(), 82 * 100);
}

#[test]
fn every_event_is_a_chunk_of_its_own_with_chunk_size_0() {
    for size in [0, 1] {
        let items =
            [Event::new("a").to_encoded(), Event::new("").into(), Head::new().into(), Event::new("b").into()];
        let steps = items.map(Step::Item);
        let mut body = EventBody::new(script(steps).0).with_chunk_size(size);
        for expected in [":\n", "data: a\n\n", "data:\n\n", "\n", "data: b\n\n"] {
            assert_eq!(chunk(&mut body), expected);
        }
        end(&mut body);
    }
}

#[test]
fn a_single_encoded_event_is_forwarded_without_a_copy() {
    let tick = encoded(20);
    let (events, _) = script([Step::Wait, Step::Item(tick.clone()), Step::Silence]);
    let mut body = EventBody::new(events);
    assert_eq!(chunk(&mut body), OPENING);
    let sent = chunk(&mut body);
    assert_eq!(sent.as_ptr(), tick.as_bytes().as_ptr());
    assert_eq!(sent, tick.as_bytes());
}

#[test]
fn a_large_encoded_event_is_never_copied_whatever_surrounds_it() {
    let (small, large) = (encoded(50), encoded(8 * 1024));
    let steps =
        [&small, &large, &small, &small, &large, &large, &small].map(|event| Step::Item(event.clone()));
    let mut body = EventBody::new(script(steps).0);
    for expected in [2 + 50, 0, 100, 0, 0, 50] {
        let sent = chunk(&mut body);
        match expected {
            0 => {
                assert_eq!(sent.as_ptr(), large.as_bytes().as_ptr());
                assert_eq!(sent.len(), 8 * 1024);
            }
            len => assert_eq!(sent.len(), len),
        }
    }
    end(&mut body);
}

#[test]
fn events_encoded_events_and_results_of_them_are_items() {
    let a = Event::new("a");
    let sent = ":\ndata: a\n\n";
    assert_eq!(chunk(&mut EventBody::new(script([Step::Item(a.clone())]).0)), sent);
    assert_eq!(chunk(&mut EventBody::new(script([Step::Item(a.to_encoded())]).0)), sent);
    assert_eq!(chunk(&mut EventBody::new(script([Step::Item(Ok::<_, ()>(a.clone()))]).0)), sent);
    assert_eq!(chunk(&mut EventBody::new(script([Step::Item(Ok::<_, ()>(a.to_encoded()))]).0)), sent);
}
