//! What becomes of a body after the last event, for every mark, every cut and every way of reading.

use std::time::Duration;

use bytes::Bytes;
use eventwire::client::chunks::BodyChunks;
use eventwire::client::{BoxedEventStream, Drained, EndMark, EventStream, StreamError};
use eventwire::{Decoder, Ending, EventPiece, EventRef, Frame};
use futures_util::{FutureExt, StreamExt};
use http::{HeaderMap, Response, Version};
use http_body::Body;
use http_body_util::{BodyExt, StreamBody};
use tokio::time::{sleep, timeout};

use crate::chunks::{chunk, data, end, ending, error, lost, staying, Chunk, Lost};
use crate::script::{script, Script, Step};

const DONE: &str = "data: a\n\ndata: [DONE]\n\ndata: late\n\n";

/// A block that ends a stream, and its mark.
type Mark = (&'static str, fn() -> EndMark);

/// The ways to end a stream.
fn marks() -> [Mark; 6] {
    [
        ("data: [DONE]\n\n", || EndMark::data("[DONE]")),
        ("data:  [DONE] \nid: 7\n\n", || EndMark::data("[DONE]").optional()),
        ("data: [DONE]\ndata\n\n", || EndMark::data("[DONE]").optional_after(|_: EventRef<'_>| false)),
        ("event: done\n\n", || EndMark::event_type("done")),
        (": bye\nevent:done \nid: 7\n\n", || EndMark::event_type("done")),
        ("event: done\ndata: x\n\n", || EndMark::event_type("done").discarded()),
    ]
}

/// Reads to the end, and returns the data of the events.
type Read = fn(&mut EventStream<Script<Chunk>>) -> Vec<String>;

fn ways() -> [Read; 5] {
    [
        |events| {
            std::iter::from_fn(|| events.next_event().now_or_never().unwrap().unwrap())
                .map(|event| event.data().to_owned())
                .collect()
        },
        |events| {
            let mut read = Vec::new();
            while let Some(event) = events.next_ref().now_or_never().unwrap().unwrap() {
                read.push(event.data().to_owned());
            }
            read
        },
        |events| {
            let mut read = Vec::new();
            while let Some(frame) = events.next_frame().now_or_never().unwrap().unwrap() {
                match frame {
                    Frame::Event(event) => read.push(event.data().to_owned()),
                    Frame::BlockWithoutData(head) => assert_ne!(head.event_type(), "done"),
                    _ => {}
                }
            }
            read
        },
        |events| {
            let mut read = Vec::new();
            while let Some(piece) = events.next_piece().now_or_never().unwrap().unwrap() {
                match piece {
                    EventPiece::Event(event) => read.push(event.data().to_owned()),
                    other => panic!("{other:?}"),
                }
            }
            read
        },
        |events| {
            events.map(|event| event.unwrap().data().to_owned()).collect::<Vec<_>>().now_or_never().unwrap()
        },
    ]
}

#[test]
fn a_mark_ends_every_way_of_reading_wherever_the_body_is_cut_and_however_its_lines_end() {
    for (block, mark) in marks() {
        for line_end in ["\n", "\r\n", "\r"] {
            for start in ["", "\u{FEFF}", ": hi\n\n"] {
                let body =
                    format!("{start}event: x\ndata: a\n\n{block}data: late\n\n").replace('\n', line_end);
                let body: &'static str = body.leak();
                for cut in (0..=body.len()).filter(|cut| body.is_char_boundary(*cut)) {
                    for read in ways() {
                        let mut events = staying(&[&body[..cut], "", &body[cut..], "data: later\n\n"])
                            .with_end_mark(mark());
                        assert_eq!(read(&mut events), ["a"], "{body:?} cut at {cut}");
                        assert_eq!(events.drained(), Some(Drained::GaveUp));
                        end(&mut events);
                    }
                }
                let bytes: Vec<_> = body.split_inclusive(|_| true).collect();
                for read in ways() {
                    assert_eq!(read(&mut staying(&bytes).with_end_mark(mark())), ["a"], "{body:?}");
                }
            }
        }
    }
}

#[test]
fn the_rest_of_a_body_is_whole_after_every_mark_and_wherever_it_is_cut() {
    for (block, mark) in marks() {
        let head: &'static str = format!("data: a\n\n{block}").leak();
        let body: &'static str = format!("{head}data: late\n\nnot an event").leak();
        for cut in 0..=body.len() {
            let (source, log) = script([chunk(&body[..cut]), chunk(&body[cut..]), chunk(" stream"), lost()]);
            let mut events = EventStream::new(source).with_end_mark(mark()).with_rest_kept();
            assert_eq!(data(&mut events), "a");
            end(&mut events);
            assert_eq!((events.drained(), log.is_dropped()), (None, false));
            let (read, source) = events.into_rest();
            let mut rest = read.to_vec();
            let mut source = source.unwrap();
            while let Some(Ok(chunk)) = source.next().now_or_never().unwrap() {
                rest.extend_from_slice(&chunk);
            }
            assert_eq!(String::from_utf8(rest).unwrap(), format!("{} stream", &body[head.len()..]), "{cut}");
        }
    }
}

#[test]
fn the_rest_of_a_body_can_be_taken_after_any_event_and_after_an_error_event() {
    let rest = |events: EventStream<Script<Chunk>>| {
        let (read, source) = events.into_rest();
        (read, source.map(|source| source.count().now_or_never().unwrap()))
    };
    let (source, _) = script([chunk(DONE), chunk("more")]);
    let mut events = EventStream::new(source).with_end_mark(EndMark::data("[DONE]").returned());
    assert_eq!((data(&mut events), data(&mut events)), ("a".into(), "[DONE]".into()));
    assert_eq!(rest(events), ("data: late\n\n".into(), Some(1)));

    let mut events = ending(&[DONE]);
    assert_eq!(data(&mut events), "a");
    assert_eq!(rest(events), ("data: [DONE]\n\ndata: late\n\n".into(), Some(0)));

    let mut events = ending(&[DONE, "more"])
        .with_error_when(|event: EventRef<'_>| event.data() == "[DONE]")
        .with_rest_kept();
    assert_eq!(data(&mut events), "a");
    assert!(matches!(error(&mut events), StreamError::ErrorEvent { .. }));
    assert_eq!(rest(events), ("data: late\n\n".into(), Some(1)));

    // Without the setting, the rest is drained.
    let mut events = ending(&[DONE, "more"]).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!(events.drained(), Some(Drained::Complete));
    assert_eq!(rest(events), (Bytes::new(), None));

    // A body that has ended by itself has none.
    let mut events =
        ending(&["data: a\n\n"]).with_end_mark(EndMark::data("[DONE]").optional()).with_rest_kept();
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!(rest(events), (Bytes::new(), None));

    // The limit of a block cuts chunks, which the rest does not show.
    let decoder = Decoder::new().with_max_block_size(20);
    let mut events =
        ending(&[DONE]).with_decoder(decoder).with_end_mark(EndMark::data("[DONE]")).with_rest_kept();
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!(events.ending(), Some(Ending::Unread));
    assert_eq!(rest(events).0, "data: late\n\n");
}

#[test]
fn the_rest_of_an_http_body_has_its_trailers() {
    let trailers = HeaderMap::from_iter([(http::header::ETAG, "7".parse().unwrap())]);
    let frames = [http_body::Frame::data(Bytes::from(DONE)), http_body::Frame::trailers(trailers)];
    let body = StreamBody::new(futures_util::stream::iter(frames.map(Ok::<_, Lost>)));
    let mut events = EventStream::from_body(body).with_end_mark(EndMark::data("[DONE]")).with_rest_kept();
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    let (read, chunks) = events.into_rest();
    assert_eq!(read, "data: late\n\n");
    let body: StreamBody<_> = BodyChunks::into_inner(chunks.unwrap());
    assert_eq!(BodyExt::collect(body).now_or_never().unwrap().unwrap().trailers().unwrap()["etag"], "7");
}

#[test]
fn a_blocking_reader_is_returned_after_its_mark() {
    use std::io::{BufReader, Read};

    let body = BufReader::with_capacity(12, format!("{DONE}more").leak().as_bytes());
    let mut events = EventStream::from_read(body).with_end_mark(EndMark::data("[DONE]")).with_rest_kept();
    let answer: Vec<_> = Iterator::map(&mut events, |event| event.unwrap().data().to_owned()).collect();
    assert_eq!(answer, ["a"]);
    let (read, reader) = events.into_rest();
    let mut rest = String::from_utf8(read.to_vec()).unwrap();
    reader.unwrap().into_inner().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "data: late\n\nmore");
}

#[test]
fn what_follows_the_last_event_is_not_for_the_next_connection() {
    for is_over in [false, true] {
        let mut first =
            staying(&["event: end\nid: 7\ndata: a\n\ndata: late"]).with_end_mark(EndMark::event_type("end"));
        assert_eq!(data(&mut first), "a");
        if is_over {
            end(&mut first);
        }
        let mut second = ending(&["data: b\n\n"]).with_decoder(first.into_parts().1);
        assert_eq!(data(&mut second), "b");
        end(&mut second);
        assert_eq!((second.last_event_id(), second.bytes_consumed()), ("7", 9));
    }
}

#[test]
fn a_body_that_fails_after_its_last_event_is_no_error() {
    let (source, _) = script([chunk(DONE), Step::Wait, lost()]);
    let mut events = EventStream::new(source)
        .with_end_mark(EndMark::data("[DONE]"))
        .with_drain(Duration::from_secs(1), |_| std::future::pending::<()>());
    assert_eq!(data(&mut events), "a");
    crate::chunks::idle(&mut events);
    end(&mut events);
    assert_eq!(events.drained(), Some(Drained::Failed));
}

#[tokio::test(start_paused = true)]
async fn only_a_response_over_http_1_is_waited_for() {
    for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3] {
        let frames = futures_util::stream::iter([Ok::<_, Lost>(http_body::Frame::data(Bytes::from(DONE)))]);
        let response = Response::builder().version(version).header("content-type", "text/event-stream");
        let response = response.body(StreamBody::new(frames.chain(futures_util::stream::pending()))).unwrap();
        let mut events = EventStream::from_response(response)
            .unwrap()
            .with_end_mark(EndMark::data("[DONE]"))
            .with_drain(Duration::from_secs(60), sleep);
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        let next = events.next_event().now_or_never();
        assert_eq!(next.is_some(), version >= Version::HTTP_2, "{version:?}");
        assert!(timeout(Duration::from_secs(61), events.next_event()).await.unwrap().unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::GaveUp));
    }
}

struct Answer {
    events: BoxedEventStream,
}

#[test]
fn a_boxed_stream_has_one_type_for_all_sources_and_stays_what_it_was() {
    fn boxed<B: Body<Data = Bytes, Error = Lost> + Send + 'static>(body: B) -> Answer {
        let response =
            Response::builder().header("content-type", "text/event-stream").header("x-request-id", "7");
        let events = EventStream::from_response(response.body(body).unwrap()).unwrap();
        Answer { events: events.with_end_mark(EndMark::data("[DONE]")).into_boxed() }
    }
    let frames = || [Ok::<_, Lost>(http_body::Frame::data(Bytes::from("data: a\n\ndata: b\n\n"))), Err(Lost)];
    let stream = StreamBody::new(futures_util::stream::iter(frames()));
    let more = StreamBody::new(futures_util::stream::iter(frames()).chain(futures_util::stream::pending()));
    for mut answer in [boxed(stream), boxed(more)] {
        assert_eq!(data(&mut answer.events), "a");
        // Also in the middle of a chunk.
        answer.events = answer.events.into_boxed();
        assert_eq!(data(&mut answer.events), "b");
        assert_eq!(answer.events.response_head().unwrap().headers["x-request-id"], "7");
        match error(&mut answer.events) {
            StreamError::Transport { error, bytes, .. } => {
                assert_eq!((error.to_string(), bytes), ("connection reset".into(), 18));
            }
            other => panic!("{other:?}"),
        }
        end(&mut answer.events);
    }
    fn takes<T: Send + Sync + Unpin + 'static>(_: T) {}
    takes(EventStream::from_read(&b""[..]).into_boxed());
}

/// Pieces of bodies with events, blocks without data, comments, other lines, and parts of all of them.
const TOKENS: &[&str] = &[
    "data: a",
    "data",
    ":",
    ": hi",
    "event: x",
    "event: ",
    "id: 7",
    "id",
    "retry: 9",
    "other: line",
    "é",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "data: [DONE]\n\n",
    "event: done\n\n",
    "{\"error\":1}",
];

/// Reads to the end or an error, in chunks of these sizes. Returns what was read, how it ended, and the last event ID.
fn read(
    body: &str,
    sizes: &[usize],
    set: impl Fn(EventStream<Script<Chunk>>) -> EventStream<Script<Chunk>>,
) -> (Vec<String>, String, String) {
    let mut sizes = sizes.iter().cycle();
    let mut steps = Vec::new();
    let mut rest = body.as_bytes();
    while !rest.is_empty() {
        let (chunk, more) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        steps.push(Step::Item(Ok(Bytes::copy_from_slice(chunk))));
        rest = more;
    }
    let mut events = set(EventStream::new(script(steps).0));
    let mut seen = Vec::new();
    let ended = loop {
        match events.next_event().now_or_never().unwrap() {
            Ok(Some(event)) => seen.push(format!("{event:?}")),
            Ok(None) => break "end".to_owned(),
            Err(error) => break error.to_string(),
        }
    };
    (seen, ended, events.last_event_id().to_owned())
}

proptest::proptest! {
    #[test]
    fn a_mark_that_never_comes_and_limits_that_are_never_reached_change_no_event(
        tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..40),
        sizes in proptest::collection::vec(1_usize..30, 1..6),
    ) {
        let body = tokens.concat();
        let plain = read(&body, &sizes, |events| events);
        let whole = read(&body, &[usize::MAX], |events| events);
        proptest::prop_assert_eq!(&plain, &whole);
        let watched = read(&body, &sizes, |events| {
            events
                .with_end_mark(EndMark::event_type("never"))
                .with_event_timeout(Duration::from_secs(60), |_| std::future::pending::<()>())
                .with_progress_when(|_: EventRef<'_>| false)
        });
        proptest::prop_assert_eq!((&plain.0, &plain.2), (&watched.0, &watched.2));
        proptest::prop_assert_ne!(watched.1, "end");
    }

    #[test]
    fn a_mark_ends_a_stream_at_the_same_event_however_it_is_cut(
        tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..40),
        sizes in proptest::collection::vec(1_usize..30, 1..6),
        is_optional in proptest::bool::ANY,
    ) {
        let body = tokens.concat();
        let marked = |events: EventStream<Script<Chunk>>| {
            let mark = EndMark::data("[DONE]");
            let mark = if is_optional { mark.optional() } else { mark };
            events.with_end_mark(EndMark::event_type("done")).with_end_mark(mark)
        };
        let cut = read(&body, &sizes, marked);
        proptest::prop_assert_eq!(&cut, &read(&body, &[usize::MAX], marked));
        let plain = read(&body, &sizes, |events| events);
        proptest::prop_assert!(plain.0.starts_with(&cut.0) || cut.0.last().is_some_and(|last| last.contains("done")));
    }
}
