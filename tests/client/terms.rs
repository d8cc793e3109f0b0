//! End marks and error events set by the user.

use std::panic::{catch_unwind, AssertUnwindSafe};

use eventwire::client::{Drained, EndMark, EventStream, StreamError};
use eventwire::{Decoder, Ending, EventRef, Unfinished};

use crate::chunks::{ask, chunk, data, end, ending, error, lost, staying, Chunk};
use crate::script::{script, Script, Step};

const DONE: &str = "data: a\n\ndata: [DONE]\n\ndata: b\n\n";

#[track_caller]
fn truncated(events: &mut EventStream<Script<Chunk>>) -> (Ending, Option<String>, u64) {
    match error(events) {
        StreamError::Truncated { ending, pending, bytes, .. } => {
            (ending, pending.map(|event| event.data().to_owned()), bytes)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mark_ends_the_stream_and_is_not_returned() {
    let (source, log) = script([chunk(DONE), Step::Silence]);
    let mut events = EventStream::new(source).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert!(log.is_dropped());
    // Polled once more, for the rest of the body.
    assert_eq!((log.polls(), events.ending(), events.bytes_consumed()), (2, Some(Ending::Unread), 23));
    assert_eq!(events.drained(), Some(Drained::GaveUp));
}

#[test]
fn the_last_event_is_returned_and_the_connection_dropped() {
    let (source, log) = script([chunk("event: end\ndata: a\n\n"), Step::Silence]);
    let mut events = EventStream::new(source).with_end_mark(EndMark::event_type("end"));
    assert_eq!(data(&mut events), "a");
    assert_eq!(log.polls(), 1, "the last event waits for nothing");
    end(&mut events);
    assert!(log.is_dropped());
    assert_eq!((log.polls(), events.ending()), (2, Some(Ending::Clean)));
}

#[test]
fn the_last_event_can_be_returned_or_discarded() {
    let mut events = staying(&[DONE]).with_end_mark(EndMark::data("[DONE]").returned());
    assert_eq!(data(&mut events), "a");
    assert_eq!(data(&mut events), "[DONE]");
    end(&mut events);
    let mut events =
        staying(&["event: end\ndata: a\n\n"]).with_end_mark(EndMark::event_type("end").discarded());
    end(&mut events);
}

#[test]
fn a_function_finds_the_last_event() {
    let mut seen = 0;
    let second = move |_: EventRef<'_>| {
        seen += 1;
        seen == 2
    };
    let mut events = staying(&[DONE]).with_end_mark(EndMark::when(second));
    assert_eq!(data(&mut events), "a");
    assert_eq!(data(&mut events), "[DONE]");
    end(&mut events);
}

#[test]
fn the_first_of_several_end_marks_ends_the_stream() {
    let both = |text| {
        staying(&[text]).with_end_mark(EndMark::data("[DONE]")).with_end_mark(EndMark::event_type("end"))
    };
    end(&mut both("data: [DONE]\n\nevent: end\ndata\n\n"));
    let mut events = both("event: end\ndata: a\n\ndata: [DONE]\n\n");
    assert_eq!(data(&mut events), "a");
    end(&mut events);
}

#[test]
fn a_mark_within_an_event_s_data_does_not_end_the_stream() {
    let mut events = ending(&["data: x[DONE]\n\ndata: [DONE]\ndata: x\n\ndata: [done]\n\n"])
        .with_end_mark(EndMark::data("[DONE]"));
    for expected in ["x[DONE]", "[DONE]\nx", "[done]"] {
        assert_eq!(data(&mut events), expected);
    }
    assert_eq!(truncated(&mut events).0, Ending::Clean);
}

#[test]
fn white_space_around_a_mark_does_not_matter() {
    for body in ["data: [DONE] \n\n", "data:  [DONE]\n\n", "data: [DONE]\ndata\n\n", "data:[DONE]\t\r\n\r\n"]
    {
        end(&mut staying(&[body]).with_end_mark(EndMark::data("[DONE]")));
        end(&mut staying(&["data: [DONE]\n\n"]).with_end_mark(EndMark::data(" [DONE]\n")));
    }
    for body in ["event: done \n\n", "event:  done\r\n\r\n", "event:done\t\ndata\n\n"] {
        end(&mut staying(&[body]).with_end_mark(EndMark::event_type(" done").discarded()));
    }
}

#[test]
fn a_block_without_data_ends_a_stream_by_its_type_however_it_is_cut() {
    let body = "event: a\n\ndata: b\n\nid: 7\n\nevent: done\nid: 8\n\ndata: late\n\n";
    for cut in 0..body.len() {
        let mut events = staying(&[&body[..cut], &body[cut..]]).with_end_mark(EndMark::event_type("done"));
        assert_eq!(data(&mut events), "b");
        end(&mut events);
        assert_eq!(events.last_event_id(), "8");
    }
    let bytes: Vec<_> = (0..body.len()).map(|at| &body[at..=at]).collect();
    let mut events = staying(&bytes).with_end_mark(EndMark::event_type("done"));
    assert_eq!(data(&mut events), "b");
    end(&mut events);
}

#[test]
fn an_optional_mark_may_be_absent_but_a_cut_is_still_an_error() {
    let optional = || EndMark::data("[DONE]").optional();
    let mut events = ending(&["data: a\n\n"]).with_end_mark(optional());
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    let mut events = ending(&["data: a\n\ndata: [DONE]\n\ndata: late\n\n"]).with_end_mark(optional());
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    for cut in ["data: a\n\ndata: b", "data: a\n\ndata: b\n"] {
        let mut events = ending(&[cut]).with_end_mark(optional());
        assert_eq!(data(&mut events), "a");
        assert_eq!(truncated(&mut events).1.as_deref(), Some("b"));
    }
}

#[test]
fn an_optional_mark_does_not_hide_a_body_that_is_no_event_stream() {
    for mark in
        [EndMark::data("[DONE]").optional(), EndMark::data("[DONE]").optional_after(|_: EventRef<'_>| true)]
    {
        let mut events = ending(&["{\"error\":{\"message\":\"quota\"}}\n"]).with_end_mark(mark);
        let error = error(&mut events);
        assert!(matches!(error, StreamError::NotAnEventStream { bytes: 30, .. }), "{error}");
        end(&mut events);
    }
    // Comments alone are an event stream.
    end(&mut ending(&[": warming up\n\n"]).with_end_mark(EndMark::data("[DONE]").optional()));
}

#[test]
fn a_mark_in_a_block_that_the_end_of_the_body_cuts_counts_on_request() {
    use Unfinished::{Block, BlockAndLine, Discard};

    for (body, counts) in [
        ("data: [DONE]\n", &[Block, BlockAndLine][..]),
        ("data: [DONE]\r", &[Block, BlockAndLine]),
        ("data: [DONE]", &[BlockAndLine]),
        ("event: done\r\n", &[Block, BlockAndLine]),
        ("event: done", &[BlockAndLine]),
        ("event: done\n\n", &[Discard, Block, BlockAndLine]),
        ("data: [DON", &[]),
    ] {
        for unfinished in [Discard, Block, BlockAndLine] {
            let mut events = ending(&[body])
                .with_decoder(Decoder::new().with_unfinished(unfinished))
                .with_end_mark(EndMark::data("[DONE]"))
                .with_end_mark(EndMark::event_type("done"));
            if counts.contains(&unfinished) {
                end(&mut events);
            } else if unfinished == BlockAndLine {
                assert_eq!(data(&mut events), "[DON");
            } else {
                truncated(&mut events);
            }
        }
    }
}

#[test]
fn a_mark_that_is_optional_after_a_finish_reason_is_required_before_it() {
    let mark =
        || EndMark::data("[DONE]").optional_after(|event: EventRef<'_>| event.data().starts_with("stop"));
    let mut events = ending(&["data: a\n\n"]).with_end_mark(mark());
    assert_eq!(data(&mut events), "a");
    assert_eq!(truncated(&mut events).0, Ending::Clean);
    let mut events = ending(&["data: stop\n\ndata: usage\n\n"]).with_end_mark(mark());
    assert_eq!((data(&mut events), data(&mut events)), ("stop".into(), "usage".into()));
    end(&mut events);
}

#[test]
fn a_body_without_events_shows_its_first_line_in_the_error() {
    for (body, line) in [
        ("{\"error\":{\"message\":\"quota\"}}\n", "{\"error\":{\"message\":\"quota\"}}"),
        ("<!DOCTYPE html>\n<title>502</title>\n\n", "<!DOCTYPE html>"),
        ("{\"error\":\"no line end\"}", "{\"error\":\"no line end\"}"),
    ] {
        let mut events = ending(&[body]).with_end_mark(EndMark::data("[DONE]"));
        let error = error(&mut events);
        assert!(error.to_string().ends_with(&format!("begins with `{line}`")), "{error}");
        assert_eq!(events.first_line().unwrap().as_str(), line);
    }
    // The result is the same wherever the body is cut.
    for chunks in [
        &["{\"err", "or\":", "1}", "\n"][..],
        &["\u{feff}", "{\"error\":1}"],
        &[": hi\n\n", "{\"error\":1}\n"],
    ] {
        let mut events = ending(chunks);
        end(&mut events);
        assert_eq!(events.first_line().unwrap().as_str(), "{\"error\":1}", "{chunks:?}");
    }
    // Whatever precedes it, however long, and whatever its own length.
    for before in
        [": heartbeat\n\n".repeat(2_000), format!(": {}\r\n", "x".repeat(70_000)), "retry: 7\r".repeat(900)]
    {
        let line = format!("{{\"errors\":\"{}\"}}", "é".repeat(3_000));
        let body: &'static str = format!("{before}{line}\n: bye\n").leak();
        let mut bytes = body.as_bytes();
        for size in [1, 7, 100, 5_000, 1_000_000] {
            let chunks: Vec<Step<Chunk>> =
                bytes.chunks(size).map(|chunk| Step::Item(Ok(chunk.into()))).collect();
            let mut events = EventStream::new(script(chunks).0).with_end_mark(EndMark::data("[DONE]"));
            // It yields now and then.
            let error = std::iter::repeat_with(|| ask(&mut events)).find_map(|polled| match polled {
                std::task::Poll::Ready(item) => Some(item.unwrap().unwrap_err()),
                std::task::Poll::Pending => None,
            });
            assert!(matches!(error, Some(StreamError::NotAnEventStream { .. })), "{size}");
            let first = events.first_line().unwrap();
            assert!(line.starts_with(first.as_str()) && first.as_str().len() == 1023, "{size}: {first}");
            // Also in a line that never ends.
            bytes = bytes.strip_suffix(b"\n: bye\n").unwrap_or(bytes);
        }
    }
    // A block without data is not an event either, even if it could be the end mark.
    let mut events = ending(&["event: x\n\n", "{\"error\":1}\n"]).with_end_mark(EndMark::event_type("done"));
    assert!(matches!(error(&mut events), StreamError::NotAnEventStream { .. }));
    let mut events = ending(&[": warming up\n\nretry: 7\n\n"]);
    end(&mut events);
    assert_eq!(events.first_line(), None);
    let mut events = ending(&["data: a\n\nx: y\n\n"]);
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!(events.first_line(), None);
}

#[test]
fn a_transport_that_fails_between_events_leaves_no_ending() {
    let (source, _) = script([chunk("data: a\n\n"), lost()]);
    let mut events = EventStream::new(source);
    assert_eq!(data(&mut events), "a");
    assert!(matches!(error(&mut events), StreamError::Transport { .. }));
    assert_eq!(events.ending(), None);
}

#[test]
fn bytes_after_the_last_event_are_discarded_up_to_a_limit() {
    let mut steps = vec![chunk("data: a\n\ndata: [DONE]\n\n")];
    steps.extend((0..3).map(|_| chunk("data: late\n\n")));
    let (source, log) = script(steps);
    let mut events = EventStream::new(source).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!((events.drained(), log.polls()), (Some(Drained::Complete), 5));

    let endless =
        futures_util::stream::repeat(Ok::<_, std::fmt::Error>(bytes::Bytes::from(vec![b'x'; 1000])));
    let begun = futures_util::stream::once(async { Ok("data: [DONE]\n\n".into()) });
    let mut events = EventStream::new(Box::pin(futures_util::StreamExt::chain(begun, endless)))
        .with_end_mark(EndMark::data("[DONE]"));
    end(&mut events);
    assert_eq!(events.drained(), Some(Drained::GaveUp));

    let (source, log) = script([chunk(DONE), chunk("data: late\n\n")]);
    let mut events = EventStream::new(source).with_end_mark(EndMark::data("[DONE]")).without_drain();
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    assert_eq!(log.polls(), 1);
}

#[test]
fn a_connection_that_ends_before_the_last_event_was_cut() {
    for (body, expected) in [
        ("data: a\n\n", (Ending::Clean, None, 9)),
        ("data: a\n\ndata: {\"b\n", (Ending::InsideEvent, Some("{\"b"), 19)),
        ("data: a\n\ndata: {\"b\ndata: c", (Ending::InsideLine, Some("{\"b\nc"), 26)),
        ("data: a\n\ndata: [DONE]\n", (Ending::InsideEvent, Some("[DONE]"), 22)),
    ] {
        let mut events = ending(&[body]).with_end_mark(EndMark::data("[DONE]"));
        assert_eq!(data(&mut events), "a");
        let (place, pending, bytes) = truncated(&mut events);
        assert_eq!((place, pending.as_deref(), bytes), expected);
        end(&mut events);
        assert_eq!(events.ending(), Some(place));
    }
}

#[test]
fn an_event_that_was_cut_does_not_count() {
    let mut events = ending(&["id: 1\nretry: 5\ndata: a\n\nid: 2\ndata: b\nretry: 60"])
        .with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    assert_eq!(truncated(&mut events).1.as_deref(), Some("b"));
    assert_eq!(events.last_event_id(), "1");
    assert_eq!(events.reconnection_time().unwrap().as_millis(), 5);
}

#[test]
fn a_last_event_without_its_blank_line_counts_on_request() {
    let decoder = || Decoder::new().with_unfinished(Unfinished::Block);
    let mut events =
        ending(&["data: [DONE]\n"]).with_decoder(decoder()).with_end_mark(EndMark::data("[DONE]"));
    end(&mut events);
    let mut events = ending(&["data: a\n"]).with_decoder(decoder()).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    assert_eq!(truncated(&mut events).1, None);
}

#[test]
fn a_lost_connection_is_a_transport_error() {
    let (source, _) = script([chunk("data: a"), lost()]);
    let mut events = EventStream::new(source).with_end_mark(EndMark::data("[DONE]"));
    assert!(matches!(error(&mut events), StreamError::Transport { .. }));
    end(&mut events);
}

#[test]
fn an_error_event_is_an_error_that_keeps_the_event() {
    let (source, log) = script([chunk("data: a\n\nevent: error\nid: 3\ndata: overloaded\n\ndata: b\n\n")]);
    let mut events =
        EventStream::new(source).with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    assert_eq!(data(&mut events), "a");
    let told = error(&mut events);
    assert_eq!(told.to_string(), "the server sent error event \"error\" (at byte 46): overloaded");
    match told {
        StreamError::ErrorEvent { event, .. } => {
            assert_eq!((event.data(), event.event_type()), ("overloaded", "error"));
            assert_eq!(event.id().unwrap(), "3");
        }
        other => panic!("{other:?}"),
    }
    end(&mut events);
    assert!(log.is_dropped());
    assert_eq!(events.drained(), Some(Drained::Complete));
}

#[test]
fn text_from_the_server_forges_no_line_of_a_log() {
    let mut events = staying(&["event: error\ndata: a\ndata: 12:00 all is \u{1b}[31mwell\u{85}\n\n"])
        .with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    let said = error(&mut events).to_string();
    assert!(said.ends_with("): a\\n12:00 all is \\u{1b}[31mwell\\u{85}"), "{said}");
    let mut events = ending(&["<p>\u{7}busy\n"]).with_end_mark(EndMark::data("[DONE]"));
    assert!(error(&mut events).to_string().ends_with("begins with `<p>\\u{7}busy`"));
    assert_eq!(events.first_line().unwrap().as_str(), "<p>\u{7}busy");
    let long: &'static str = format!("data: {}\n\n", "x".repeat(1_000)).leak();
    let mut events = staying(&[long]).with_error_when(|_: EventRef<'_>| true);
    assert!(error(&mut events).to_string().ends_with(&format!(": {}.. (1000 B)", "x".repeat(200))));
}

#[test]
fn each_of_several_functions_finds_error_events() {
    for body in ["event: error\ndata: a\n\n", "data: failed\n\n"] {
        let mut events = staying(&[body])
            .with_error_when(|event: EventRef<'_>| event.event_type() == "error")
            .with_error_when(|event: EventRef<'_>| event.data() == "failed");
        assert!(matches!(error(&mut events), StreamError::ErrorEvent { .. }));
        end(&mut events);
    }
}

#[test]
fn an_error_event_is_an_error_even_if_it_matches_the_end_mark() {
    let mut events = staying(&["event: error\ndata: a\n\n"])
        .with_end_mark(EndMark::event_type("error"))
        .with_error_when(|event: EventRef<'_>| event.event_type() == "error");
    assert!(matches!(error(&mut events), StreamError::ErrorEvent { .. }));
    end(&mut events);
}

#[test]
fn end_marks_and_error_events_apply_to_frames_too() {
    use futures_util::FutureExt;

    let mut events = staying(&[": one\ndata: a\n\n: two\ndata: [DONE]\n\n: three\n"])
        .with_end_mark(EndMark::data("[DONE]"));
    let mut frames = 0;
    while events.next_frame().now_or_never().unwrap().unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, 3);
    end(&mut events);
}

#[test]
fn a_panic_of_a_function_propagates_and_the_stream_continues() {
    let picky = |event: EventRef<'_>| match event.data() {
        "a" => panic!("as planned"),
        data => data == "[DONE]",
    };
    let mut events = staying(&[DONE]).with_end_mark(EndMark::when(picky));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(ask(&mut events)))).is_err());
    assert_eq!(data(&mut events), "[DONE]");
    end(&mut events);
}

#[test]
fn a_decoder_that_looked_for_an_end_mark_finds_all_events_of_the_next_chunk() {
    let mut events = ending(&[DONE]).with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(data(&mut events), "a");
    end(&mut events);
    let mut decoder = events.into_decoder();
    assert_eq!(decoder.feed("event: no data\n\ndata: c\n\n").next_ref().unwrap().unwrap().data(), "c");
}

#[test]
fn a_stream_returns_what_its_decoder_has_not_read_yet_before_it_polls() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed("data: a\n\ndata: b\n\ndata: c").next_ref().unwrap().is_some());
    let (source, log) = script([chunk("\n\n")]);
    let mut events = EventStream::new(source).with_decoder(decoder);
    assert_eq!(data(&mut events), "b");
    assert_eq!(log.polls(), 0);
    assert_eq!(data(&mut events), "c");
}
