//! Behaviour that the tests of the original do not cover.

use eventsource_stream::{Event, EventStream, EventStreamError, Eventsource};
use futures_executor::block_on;
use futures_util::{stream, Stream, StreamExt};

fn events(
    body: &'static str,
    cut: usize,
) -> EventStream<impl Stream<Item = Result<&'static [u8], String>> + Unpin> {
    stream::iter(body.as_bytes().chunks(cut).map(Ok)).eventsource()
}

fn next<S, E>(events: &mut EventStream<S>) -> Option<Event>
where
    S: Stream<Item = Result<&'static [u8], E>> + Unpin,
    E: std::fmt::Debug,
{
    block_on(events.next()).map(Result::unwrap)
}

#[test]
fn the_last_event_id_is_that_of_the_event_that_was_yielded_last() {
    for cut in 1..60 {
        let mut events = events("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\ndata: c\n\nid: 4\n\n", cut);
        for (data, id) in [("a", "1"), ("b", "2"), ("c", "3")] {
            let event = next(&mut events).unwrap();
            assert_eq!((&*event.data, &*event.id), (data, id), "{cut}");
        }
        assert_eq!(next(&mut events), None);
        // A block without data counts.
        assert_eq!(events.last_event_id(), "4", "{cut}");
    }
}

#[test]
fn an_id_that_was_set_reaches_the_events_until_one_sets_another() {
    let mut events = events("data: a\n\nid: 2\ndata: b\n\n", 7);
    events.set_last_event_id("1");
    events.set_last_event_id("no\nID");
    assert_eq!(events.last_event_id(), "1");
    assert_eq!(next(&mut events).unwrap().id, "1");
    assert_eq!(next(&mut events).unwrap().id, "2");
}

#[test]
fn a_reconnection_time_is_of_its_block_alone() {
    let mut events = events("retry: 5\ndata: a\n\nretry: 6\n\ndata: b\n\n", 3);
    assert_eq!(next(&mut events).unwrap().retry.unwrap().as_millis(), 5);
    assert_eq!(next(&mut events).unwrap().retry, None);
}

#[test]
fn an_error_of_the_source_comes_after_the_events_before_it_and_ends_nothing() {
    let chunks = [Ok("data: a\n\ndata: b\n\nda"), Err("lost"), Ok("ta: c\n\n")];
    let read: Vec<_> = block_on(stream::iter(chunks).eventsource().collect());
    let texts: Vec<_> = read
        .iter()
        .map(|item| match item {
            Ok(event) => &*event.data,
            Err(EventStreamError::Transport(error)) => error,
            Err(_) => "another error",
        })
        .collect();
    assert_eq!(texts, ["a", "b", "lost", "c"]);
}
