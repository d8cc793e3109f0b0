//! `Rewrite`: what it changes in a body, and what it keeps.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use eventwire::gateway::{Input, Output, Rewrite, RewriteError};
use eventwire::server::EventBody;
use eventwire::{Decoder, Encoded, Ending, Event, Frame, Unfinished};
use futures_util::StreamExt;
use http::Response;
use http_body::{Body, Frame as BodyFrame};
use http_body_util::BodyExt;

use crate::script::{ask, cut, data, knowing, read, script, trailers, Script, Step};

type Error = &'static str;

/// Rewrites a stream, cut everywhere, and returns the output, which must always be the same.
#[track_caller]
fn rewritten(stream: impl AsRef<[u8]>, function: impl Fn(Input<'_, Error>, &mut Output<'_>)) -> String {
    let stream = stream.as_ref();
    let whole = read(&mut Rewrite::new(script([data(stream)]), &function));
    assert_eq!(whole.error, None);
    for at in 0..=stream.len() {
        let pieces = [data(&stream[..at]), Step::Wait, data(&stream[at..])];
        let cut = read(&mut Rewrite::new(script(pieces), &function));
        assert_eq!(cut.text(), whole.text(), "cut at {at}");
    }
    for size in 1..4 {
        for waits in [Step::Blink, Step::Wait] {
            let pieces = stream.chunks(size).flat_map(|piece| [data(piece), waits.clone()]);
            let cut = read(&mut Rewrite::new(script(pieces), &function));
            assert_eq!(cut.text(), whole.text(), "in pieces of {size}");
        }
    }
    whole.text()
}

/// Counts wake-ups.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn nothing(_: Input<'_, Error>, _: &mut Output<'_>) {}

/// Calls the function for events only.
fn to_events(
    function: impl Fn(eventwire::EventRef<'_>, &mut Output<'_>),
) -> impl Fn(Input<'_, Error>, &mut Output<'_>) {
    move |input, output| {
        if let Some(event) = input.event() {
            function(event, output);
        }
    }
}

const STREAM: &str = "\u{FEFF}: hello\r\nretry: 7\r\rdata: a\ndata:b\n\n:x\nevent: x\n:y\nid:1\ndata\r\n\r\nwhat: ever\nid: 2\n\n\
    retry: never\n\n\ndata: é\n:z\n\n\ndata: cut o";

#[test]
fn a_function_that_does_nothing_changes_no_byte() {
    assert_eq!(rewritten(STREAM, nothing), STREAM);
}

#[test]
fn keeping_each_input_changes_no_byte() {
    assert_eq!(rewritten(STREAM, |_, output| output.keep()), STREAM);
}

#[test]
fn invalid_utf_8_is_kept_unchanged() {
    let stream = b"data: \xFF\n\n:\xE9\n\xC3: x\n\n";
    let read = read(&mut Rewrite::new(cut(stream, 3), nothing));
    assert_eq!(read.bytes(), stream);
}

#[test]
fn a_kept_chunk_is_not_copied() {
    let chunk = Bytes::from_static(b":x\ndata: a\n\ndata: b\n\ndata: c");
    let mut body = Rewrite::new(script([Step::Data(chunk.clone()), Step::Wait]), nothing);
    let read = read(&mut body);
    assert_eq!((read.chunks[0].as_ptr(), read.chunks[0].len()), (chunk.as_ptr(), 21));
    assert_eq!(read.bytes(), chunk);
}

#[test]
fn an_event_is_forwarded_with_its_last_byte_and_a_comment_with_its_line() {
    let steps = ["data: a\n", "\n", ":heart", "beat\n", "event: x\n", ":in between\n", "data: b\n\n"];
    let mut body = Rewrite::new(script(steps.iter().flat_map(|step| [data(step), Step::Wait])), nothing);
    let read = read(&mut body);
    assert_eq!(read.chunks, ["data: a\n\n", ":heartbeat\n", "event: x\n:in between\ndata: b\n\n"]);
}

#[test]
fn the_output_for_a_chunk_is_one_chunk() {
    let shout = to_events(|event, output| output.send_data(&event.data().to_uppercase()));
    let stream = ":x\n\ndata: a\n\nid: 1\ndata: b\n\nretry: 7\n\ndata: c\n\n";
    let read = read(&mut Rewrite::new(script([data(stream)]), shout));
    assert_eq!(read.chunks, [":x\n\ndata: A\n\nid: 1\ndata: B\n\nretry: 7\n\ndata: C\n\n"]);
}

#[test]
fn replaced_data_keeps_type_id_comments_and_retry() {
    let exclaim = to_events(|event, output| output.send_data(&format!("{}!\n", event.data())));
    let stream = ":one\nid:7\r\nretry: 5\r\nevent:  t\r:two\rdata:a\ndata:b\n\ndata\n\n";
    assert_eq!(
        rewritten(stream, exclaim),
        ":one\nretry: 5\r\n:two\r\nevent:  t\nid: 7\ndata: a\ndata: b!\ndata:\n\ndata: !\ndata:\n\n"
    );
}

#[test]
fn an_event_can_become_none_one_or_many_events_in_order() {
    let many = to_events(|event, output| match event.data() {
        "none" => output.remove(),
        "one" => output.send(&Event::new("1").with_type("number").with_id(1)),
        "many" => {
            output.send(&Event::new("before"));
            output.keep();
            output.send_encoded(&Encoded::comment("after"));
            output.send_data("the same, again");
        }
        _ => {}
    });
    assert_eq!(
        rewritten("data:none\n\ndata:one\n\nid:7\ndata:many\n\ndata:kept\n\n", many),
        "event: number\nid: 1\ndata: 1\n\ndata: before\n\nid:7\ndata:many\n\n:after\n\
         id: 7\ndata: the same, again\n\ndata:kept\n\n"
    );
}

#[test]
fn an_input_kept_twice_is_written_once_before_what_is_sent() {
    let twice = to_events(|_, output| {
        output.keep();
        output.keep();
        output.remove();
        output.send(&Event::new("b"));
    });
    assert_eq!(rewritten("data:a\n\n", twice), "data:a\n\ndata: b\n\n");
}

#[test]
fn a_line_end_cut_by_a_chunk_stays_with_the_kept_line() {
    let more = to_events(|event, output| match event.data() {
        "a" => {
            output.keep();
            output.send(&Event::new("more"));
        }
        _ => output.keep(),
    });
    assert_eq!(
        rewritten("data: a\r\n\r\ndata: b\r\n\r\n", &more),
        "data: a\r\n\r\ndata: more\n\ndata: b\r\n\r\n"
    );
    // When the event is sent, it is unknown whether an LF will follow its CR.
    assert_eq!(rewritten("data: a\r\rdata: b\r\r", &more), "data: a\r\r\ndata: more\n\ndata: b\r\r");
}

#[test]
fn a_removed_event_leaves_its_comments_and_reconnection_times() {
    let remove = to_events(|_, output| output.remove());
    assert_eq!(
        rewritten(":a\ndata: 1\n:b\nretry: 3\nx: y\n\n:c\n\n", remove),
        ":a\n:b\nretry: 3\nx: y\n:c\n\n"
    );
}

#[test]
fn lines_inside_a_block_can_be_changed_one_by_one() {
    let quiet = |input: Input<'_, Error>, output: &mut Output<'_>| match input {
        Input::Frame(Frame::Comment(text)) if text.contains("secret") => output.remove(),
        Input::Frame(Frame::Unknown { name, .. }) => output.send(&Event::new(name).with_type("error")),
        _ => {}
    };
    assert_eq!(
        rewritten(":secret\n:said\nevent: x\n:a secret\n:said too\ndata: a\n{\"error\"}\n\n", quiet),
        ":said\nevent: error\ndata: {\"error\"}\n\nevent: x\n:said too\ndata: a\n\n"
    );
}

#[test]
fn a_removed_line_does_not_join_its_neighbours() {
    let no_comments = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Frame(Frame::Comment(_)) = input {
            output.remove();
        }
    };
    // Without the comment, the CR before it and the LF after it would be one line end.
    assert_eq!(rewritten("data: a\r:x\n\ndata: b\n\n", no_comments), "data: a\r\n\ndata: b\n\n");
    assert_eq!(rewritten("data: a\r\r:x\r\n\ndata: b\n\n", no_comments), "data: a\r\r\n\ndata: b\n\n");
    assert_eq!(
        rewritten("data: a\r\r:x\r\n\r\ndata: b\r\n\r\n", no_comments),
        "data: a\r\r\n\r\ndata: b\r\n\r\n"
    );
}

#[test]
fn a_byte_order_mark_stays_in_place_and_none_moves_to_the_beginning() {
    let first = to_events(|event, output| {
        if event.data() == "1" {
            output.remove()
        }
    });
    assert_eq!(rewritten("\u{FEFF}data: 1\n\ndata: 2\n\n", &first), "\u{FEFF}data: 2\n\n");
    // This mark is part of an unknown field name. At the start it would be skipped, and the line would become an event.
    assert_eq!(rewritten("data: 1\n\n\u{FEFF}data: 2\n\n", &first), ":\n\u{FEFF}data: 2\n\n");
    assert_eq!(rewritten("data: 1\n\u{FEFF}data: 2\n\n", &first), ":\n\u{FEFF}data: 2\n");
}

#[test]
fn the_function_sees_blocks_without_data() {
    let count = Cell::new(0);
    let removed = read(&mut Rewrite::new(
        cut("id: 7\n\n\nevent: x\n\ndata\n\n", 5),
        |input: Input<'_, _>, output: &mut Output<'_>| {
            if let Input::Frame(Frame::BlockWithoutData(_)) = input {
                count.set(count.get() + 1);
                output.remove();
            }
        },
    ));
    assert_eq!((count.get(), &*removed.text()), (3, "data\n\n"));
}

#[test]
fn the_function_can_add_a_last_event_at_the_end() {
    let bye = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::End(ending) = input {
            let event = Event::new("[DONE]").with_type(if ending == Ending::Clean { "whole" } else { "cut" });
            output.send(&event);
        }
    };
    assert_eq!(rewritten("data: a\n\n", bye), "data: a\n\nevent: whole\ndata: [DONE]\n\n");
    assert_eq!(rewritten("", bye), "event: whole\ndata: [DONE]\n\n");
    // The incomplete event is left out; otherwise the last event would become part of it.
    assert_eq!(rewritten("data: a\n\ndata: {\"b", bye), "data: a\n\nevent: cut\ndata: [DONE]\n\n");
    assert_eq!(rewritten("data: b\n:x\ndata: c", bye), ":x\nevent: cut\ndata: [DONE]\n\n");
}

#[test]
fn the_function_can_end_the_body_at_an_event() {
    // It is called neither for the rest of the chunk nor with the end.
    let until_done = to_events(|event, output| match event.data() {
        "[DONE]" => output.end(),
        "usage" => output.remove(),
        "error" => {
            output.send(&Event::new("sorry"));
            output.end();
        }
        "b" => panic!("called after the end"),
        _ => {}
    });
    let function = &|input: Input<'_, Error>, output: &mut Output<'_>| {
        assert!(matches!(input, Input::Frame(_)));
        until_done(input, output);
    };
    assert_eq!(
        rewritten("data: a\n\ndata: [DONE]\n\n:x\ndata: b\n\n", function),
        "data: a\n\ndata: [DONE]\n\n"
    );
    assert_eq!(rewritten("data: error\n\ndata: b\n\n", function), "data: sorry\n\n");
    // The comment inside the replaced block stays; the LF after the last CR is written in any case.
    assert_eq!(rewritten("id: 1\n:x\ndata: error\n\ndata: b\n\n", function), ":x\ndata: sorry\n\n");
    assert_eq!(rewritten("data: [DONE]\r\n\r\ndata: b\n\n", function), "data: [DONE]\r\n\r\n");
    assert_eq!(rewritten("data: [DONE]\r\rdata: b\n\n", function), "data: [DONE]\r\r\n");
    assert_eq!(rewritten("data: usage\n\ndata: [DONE]\n\ndata: cut o", function), "data: [DONE]\n\n");
}

#[test]
fn a_body_that_is_ended_at_a_comment_omits_the_block_around_it() {
    let at_comments = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Frame(Frame::Comment(_)) = input {
            output.send(&Event::new("bye"));
            output.end();
        }
    };
    assert_eq!(rewritten("data: a\n\ndata: b\n:x\ndata: c\n\n", at_comments), "data: a\n\ndata: bye\n\n");
    let removed = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Frame(Frame::Comment(_)) = input {
            output.remove();
            output.end();
        }
    };
    assert_eq!(rewritten(":x\ndata: c\n\n", removed), "");
}

#[test]
fn the_end_and_a_loss_are_what_they_are_even_if_the_function_ends_the_body() {
    let function = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if !matches!(input, Input::Frame(_)) {
            output.end();
        }
    };
    let lost = read(&mut Rewrite::new(script([data("data: a\n\n"), Step::Fail("lost")]), function));
    assert_eq!((&*lost.text(), lost.error.is_some()), ("data: a\n\n", true));
    let whole =
        read(&mut Rewrite::new(script([data("data: a\n\n"), trailers(&[("x-cost", "7")])]), function));
    assert_eq!(whole.trailers.unwrap()["x-cost"], "7");
    // An event without its blank line may be the last one too.
    let decoder = Decoder::new().with_unfinished(Unfinished::Block);
    let at_events = to_events(|_, output| output.end());
    let function = |input: Input<'_, Error>, output: &mut Output<'_>| {
        assert!(!matches!(input, Input::End(_)));
        at_events(input, output);
    };
    let unfinished = read(&mut Rewrite::new(script([data("data: a\n")]), function).with_decoder(decoder));
    assert_eq!(unfinished.text(), "data: a\n\n");
}

#[test]
fn an_unfinished_last_event_is_an_input_on_request() {
    let mark = |input: Input<'_, Error>, output: &mut Output<'_>| match (input.event(), input) {
        (Some(event), _) if event.data() == "b" => output.send_data("B"),
        (_, Input::End(ending)) => output.send(&Event::new(format!("{ending:?}"))),
        _ => {}
    };
    let read = |stream: &str, unfinished| {
        let texts = (1..=stream.len()).map(|size| {
            let decoder = Decoder::new().with_unfinished(unfinished);
            let read = read(&mut Rewrite::new(cut(stream, size), mark).with_decoder(decoder));
            assert_eq!(read.error, None);
            read.text()
        });
        let mut texts: Vec<_> = texts.collect();
        texts.dedup();
        assert_eq!(texts.len(), 1, "{texts:?}");
        texts.remove(0)
    };
    let end = |ending| format!("data: {ending}\n\n");
    for (stream, unfinished, expected, ending) in [
        ("data: a\n", Unfinished::Block, "data: a\n\n", "InsideEvent"),
        ("data: a\r\n", Unfinished::Block, "data: a\r\n\n", "InsideEvent"),
        ("data: a\r", Unfinished::Block, "data: a\r\n\n", "InsideEvent"),
        (":x\nid: 7\n:y\ndata: b\ndata: c", Unfinished::Block, ":x\n:y\nid: 7\ndata: B\n\n", "InsideLine"),
        ("data: a\ndata: c", Unfinished::BlockAndLine, "data: a\ndata: c\n\n", "InsideLine"),
        ("\u{FEFF}data: b", Unfinished::BlockAndLine, "\u{FEFF}data: B\n\n", "InsideLine"),
        ("data: a\n\nid: 7\n", Unfinished::Block, "data: a\n\n", "InsideEvent"),
        ("data: b\n", Unfinished::Discard, "", "InsideEvent"),
    ] {
        assert_eq!(read(stream, unfinished), expected.to_owned() + &end(ending), "{stream:?}");
    }
}

#[test]
fn a_loss_can_become_an_event_and_a_regular_end() {
    let tell = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Lost(RewriteError::Body(error)) = input {
            output.send(&Event::new(*error).with_type("error"));
        }
    };
    let steps = [data("data: a\n\ndata: ha"), Step::Fail("lost")];
    let mut body = Rewrite::new(script(steps), tell);
    let read = read(&mut body);
    assert_eq!((&*read.text(), read.error), ("data: a\n\nevent: error\ndata: lost\n\n", None));
    assert!(body.is_end_stream());
}

#[test]
fn a_kept_loss_is_an_error_after_the_output() {
    let tell = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Lost(_) = input {
            output.keep();
            output.send(&Event::new("lost").with_type("error"));
        }
    };
    let mut body = Rewrite::new(script([data("data: ha"), Step::Fail("lost")]), tell);
    let Poll::Ready(Some(Ok(frame))) = ask(&mut body) else { panic!("expected an event") };
    assert_eq!(frame.into_data().unwrap(), "event: error\ndata: lost\n\n");
    assert!(!body.is_end_stream());
    // A server flushes when a body is pending, but drops its buffer when the body fails.
    assert!(ask(&mut body).is_pending());
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Err(RewriteError::Body("lost"))))));
    assert!(body.is_end_stream());
    assert!(matches!(ask(&mut body), Poll::Ready(None)));
}

#[test]
fn an_untouched_loss_is_the_original_error() {
    let mut body =
        Rewrite::new(script([data("data: a\n\ndata: ha"), Step::Wait, Step::Fail("lost")]), nothing);
    let read = read(&mut body);
    assert_eq!((&*read.text(), read.error), ("data: a\n\ndata: ha", Some(RewriteError::Body("lost"))));
}

#[test]
fn a_block_over_the_limit_is_a_loss_at_the_same_place_however_it_is_cut() {
    let stream = "data: a\n\n:b\n\ndata: 345678901\n:c\n\ndata: d\n\n";
    let mut all = Vec::new();
    for size in 1..=stream.len() {
        let decoder = Decoder::new().with_max_event_size(16);
        let mut body = Rewrite::new(cut(stream, size), nothing).with_decoder(decoder);
        let read = read(&mut body);
        let Some(RewriteError::Decode(error)) = read.error else { panic!("{read:?}") };
        all.push((read.text(), error));
    }
    all.dedup();
    let [(text, error)] = &all[..] else { panic!("{all:?}") };
    assert_eq!((&**text, error.to_string().contains("limit of 16 bytes")), ("data: a\n\n:b\n\n", true));
}

#[test]
fn text_that_is_not_utf8_in_a_block_over_the_limit_is_the_same_error_however_it_is_cut() {
    let stream = b"data: a\n\nid: 7\r\ndata: \xFF23456789\r\ndata: x\r\n\r\n";
    let error_at = |limit, size| {
        let decoder = Decoder::new().with_max_event_size(limit).with_strict_utf8();
        let read = read(&mut Rewrite::new(cut(stream, size), nothing).with_decoder(decoder));
        assert_eq!(read.text(), "data: a\n\n");
        let Some(RewriteError::Decode(error)) = read.error else { panic!("{limit}, {size}") };
        error.offset()
    };
    for limit in 9..30 {
        // The text is checked at the end of its line: 23 bytes, without the LF.
        let expected = if limit < 23 { 9 + limit as u64 } else { 22 };
        for size in 1..=stream.len() {
            assert_eq!(error_at(limit, size), expected, "{limit}, {size}");
        }
    }
}

#[test]
fn a_limit_of_all_bytes_of_a_block_counts_its_comments_too() {
    for (event, block, expected) in [
        (16, 100, ("event exceeds", 15, 31)),
        (16, 23, ("event exceeds", 15, 31)),
        (16, 22, ("block exceeds", 9, 31)),
        (100, 16, ("block exceeds", 9, 25)),
        (usize::MAX, 16, ("block exceeds", 9, 25)),
    ] {
        for size in 1..40 {
            let decoder = Decoder::new().with_max_event_size(event).with_max_block_size(block);
            let stream = cut("data: a\n\n:b\n:c\nid: 34567\nid: 8901234567\n\n", size);
            let read = read(&mut Rewrite::new(stream, nothing).with_decoder(decoder));
            let Some(RewriteError::Decode(error)) = read.error else { panic!("{read:?}") };
            let text = error.to_string();
            assert_eq!((&text[..13], error.event_offset(), error.offset()), expected, "{size}");
        }
    }
}

#[test]
fn the_limit_of_a_rewrite_counts_all_lines_of_a_block() {
    let endless = ":\nid:\n".repeat(1_000);
    let decoder = || Decoder::new().with_max_event_size(100);
    let read = read(
        &mut Rewrite::new(cut(format!("data: a\n\nevent: x\n{endless}"), 7), nothing).with_decoder(decoder()),
    );
    assert!(matches!(read.error, Some(RewriteError::Decode(_))));
    assert_eq!(read.text(), "data: a\n\n");
    // Comments between blocks are not held back, so they do not count.
    let comments = ":\n".repeat(1_000);
    assert_eq!(
        crate::script::read(&mut Rewrite::new(cut(&comments, 7), nothing).with_decoder(decoder())).text(),
        comments
    );
}

#[test]
fn the_function_sees_a_rejected_block() {
    let tell = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Lost(RewriteError::Decode(_)) = input {
            output.send(&Event::new("too large").with_type("error"));
        }
    };
    let mut body = Rewrite::new(cut("data: a\n\ndata: far too large\n\n", 4), tell)
        .with_decoder(Decoder::new().with_max_event_size(10));
    let read = read(&mut body);
    assert_eq!((&*read.text(), read.error), ("data: a\n\nevent: error\ndata: too large\n\n", None));
}

#[test]
fn trailers_follow_the_last_event_without_digests_of_the_original_bytes() {
    let bye = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::End(_) = input {
            output.send(&Event::new("bye"));
        }
    };
    let steps = [data("data: a\n\n"), trailers(&[("x-cost", "7"), ("content-digest", "sha-256=:AA==:")])];
    let mut body = Rewrite::new(script(steps), bye);
    let read = read(&mut body);
    assert_eq!(read.text(), "data: a\n\ndata: bye\n\n");
    let trailers = read.trailers.unwrap();
    assert_eq!((trailers.len(), &trailers["x-cost"]), (1, &"7".parse().unwrap()));
    assert!(body.is_end_stream());
}

#[test]
fn a_rewrite_reports_its_end_after_all_output_and_never_a_size() {
    let bye = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::End(_) = input {
            output.send(&Event::new("bye"));
        }
    };
    let mut body = Rewrite::new(knowing([data("data: a\n\n")]), bye);
    for is_end in [false, true] {
        assert_eq!(body.is_end_stream(), is_end);
        assert_eq!((body.size_hint().lower(), body.size_hint().upper()), (0, None));
        let _ = ask(&mut body);
    }
}

#[test]
fn a_response_loses_the_headers_that_describe_its_original_bytes() {
    let response = Response::builder()
        .status(200)
        .header("content-type", "text/event-stream")
        .header("content-length", "9")
        .header("etag", "\"x\"")
        .header("digest", "sha-256=AA==")
        .header("content-digest", "sha-256=:AA==:")
        .header("repr-digest", "sha-256=:AA==:")
        .header("content-md5", "AA==")
        .header("x-request-id", "7")
        .body(cut("data: a\n\n", 9))
        .unwrap();
    let response = Rewrite::response(response, nothing).unwrap();
    let mut names: Vec<_> = response.headers().keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-type", "x-request-id"]);
}

#[test]
fn an_encoded_body_or_another_media_type_is_refused_and_the_response_returned() {
    for (name, value, content_type) in
        [("content-encoding", "gzip", "text/event-stream"), ("content-length", "9", "application/json")]
    {
        let response = Response::builder().header("content-type", content_type).header(name, value);
        let refused = Rewrite::response(response.body(cut("data: a\n\n", 9)).unwrap(), nothing).unwrap_err();
        assert_eq!(refused.headers()[name], value);
        assert_eq!(read(&mut refused.into_body()).text(), "data: a\n\n");
    }
    let plain = Response::builder()
        .header("content-type", "text/event-stream")
        .header("content-encoding", "identity");
    assert!(Rewrite::response(plain.body(cut("", 1)).unwrap(), nothing).is_ok());
}

#[test]
fn output_that_is_ready_is_one_chunk_even_after_a_turn_of_another_task() {
    let shout = to_events(|event, output| output.send_data(&event.data().to_uppercase()));
    let stream = ["data: a\n\n", ":x\ndata: b\n", "\n", "data: c\n\n"];
    for wait in [None, Some(Step::Blink)] {
        let steps = stream.iter().flat_map(|piece| [Some(data(piece)), wait.clone()]).flatten();
        let read = read(&mut Rewrite::new(script(steps), &shout));
        assert_eq!(read.chunks, ["data: A\n\n:x\ndata: B\n\ndata: C\n\n"]);
    }
}

#[test]
fn output_waits_for_two_more_polls_of_a_pending_body_and_wakes_for_them() {
    struct Once(Option<Bytes>);
    impl Body for Once {
        type Data = Bytes;
        type Error = Error;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<BodyFrame<Bytes>, Error>>> {
            self.0.take().map_or(Poll::Pending, |data| Poll::Ready(Some(Ok(BodyFrame::data(data)))))
        }
    }
    let mut body = Rewrite::new(Once(Some(Bytes::from("data: a\n\n"))), nothing);
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut polls = Vec::new();
    for _ in 0..5 {
        let polled = Pin::new(&mut body).poll_frame(&mut Context::from_waker(&waker));
        polls.push((polled.is_ready(), wakes.0.load(Relaxed)));
    }
    // After that it sleeps: the body wakes it.
    assert_eq!(polls, [(false, 1), (false, 2), (true, 2), (false, 2), (false, 2)]);
}

#[test]
fn no_more_is_read_than_fits_into_one_chunk() {
    let polls = Rc::new(Cell::new(0));
    struct Endless(Bytes, Rc<Cell<usize>>);
    impl Body for Endless {
        type Data = Bytes;
        type Error = Error;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<BodyFrame<Bytes>, Error>>> {
            self.1.set(self.1.get() + 1);
            Poll::Ready(Some(Ok(BodyFrame::data(self.0.clone()))))
        }
    }
    // Of a chunk that is large enough, nothing is copied either.
    for (len, most) in [(3_000, 3), (8 << 10, 1), (100_000, 1)] {
        polls.set(0);
        let chunk = Bytes::from(format!("data: {}\n\n", "x".repeat(len - 8)));
        let mut body = Rewrite::new(Endless(chunk.clone(), Rc::clone(&polls)), nothing);
        assert_eq!(polls.get(), 0);
        for count in 1..3 {
            let Poll::Ready(Some(Ok(frame))) = ask(&mut body) else { panic!("nothing came") };
            let bytes = frame.into_data().unwrap();
            assert_eq!((polls.get(), bytes.len()), (count * most, most * len));
            assert_eq!(bytes.as_ptr() == chunk.as_ptr(), most == 1);
        }
    }
}

#[test]
fn output_does_not_wait_for_the_rest_of_a_large_event_or_for_what_is_removed() {
    /// Has an event, and then the same chunk for ever: at every poll, or after each turn of another task.
    struct Busy {
        event: Option<Bytes>,
        chunk: Bytes,
        blinks: bool,
        polls: Rc<Cell<usize>>,
    }
    impl Body for Busy {
        type Data = Bytes;
        type Error = Error;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<BodyFrame<Bytes>, Error>>> {
            self.polls.set(self.polls.get() + 1);
            if self.blinks && self.polls.get() % 2 == 0 {
                return Poll::Pending;
            }
            let chunk = self.event.take().unwrap_or_else(|| self.chunk.clone());
            Poll::Ready(Some(Ok(BodyFrame::data(chunk))))
        }
    }
    let quiet = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Frame(Frame::Comment(_)) = input {
            output.remove();
        }
    };
    for (chunk, most) in [
        ("data: part of a large event ".repeat(50), 10),
        (": removed\n".repeat(100), 10),
        ("".into(), 8 << 10),
    ] {
        for blinks in [false, true] {
            let polls = Rc::new(Cell::new(0));
            let chunk = Bytes::from(chunk.clone());
            let event = Some(Bytes::from("data: a\n\n"));
            let mut body = Rewrite::new(Busy { event, chunk, blinks, polls: Rc::clone(&polls) }, quiet);
            let first = loop {
                assert!(polls.get() <= 2 * most + 2, "{} polls", polls.get());
                if let Poll::Ready(frame) = ask(&mut body) {
                    break frame.unwrap().unwrap().into_data().unwrap();
                }
            };
            assert_eq!(first, "data: a\n\n");
        }
    }
}

#[test]
fn a_panic_of_the_function_ends_the_body() {
    let mut body = Rewrite::new(cut("data: a\n\ndata: b\n\n", 9), to_events(|_, _| panic!("as planned")));
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(&mut body).is_ready()));
    assert!(polled.is_err());
    assert!(matches!(ask(&mut body), Poll::Ready(None)));
    assert!(body.is_end_stream());
}

#[test]
fn a_new_connection_drops_what_an_earlier_one_left_in_the_decoder() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed(b"data: old\n").advance().is_ok_and(|is_event| !is_event));
    let shout = to_events(|event, output| output.send_data(&event.data().to_uppercase()));
    let mut body = Rewrite::new(cut("data: new\n\n", 4), shout).with_decoder(decoder);
    assert_eq!(read(&mut body).text(), "data: NEW\n\n");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Collects all items of a stream.
fn items(body: Script, function: impl Fn(Input<'_, Error>, &mut Output<'_>)) -> Vec<Result<String, Error>> {
    let items = Rewrite::new(body, function).into_stream().map(|item| match item {
        Ok(encoded) => Ok(String::from_utf8(encoded.as_bytes().to_vec()).unwrap()),
        Err(RewriteError::Body(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    });
    block_on(items.collect())
}

#[test]
fn its_stream_yields_whole_lines_and_no_trailers() {
    let steps = [data(":x\ndata: a\n\nda"), data("ta: b"), trailers(&[("x-cost", "7")])];
    assert_eq!(items(script(steps), nothing), [Ok(":x\ndata: a\n\n".into())]);
    let steps = [data("data: a\n"), data("\ndata: b"), Step::Wait, data("\n\nid: 7")];
    assert_eq!(items(script(steps), nothing), [Ok("data: a\n\n".into()), Ok("data: b\n\n".into())]);
}

#[test]
fn its_stream_leaves_a_byte_order_mark_out_because_other_lines_may_come_first() {
    let stream = "\u{FEFF}data: a\n\n\u{FEFF}data: no event\n\ndata: b\n\n";
    let upper = to_events(|event, output| output.send_data(&event.data().to_uppercase()));
    for size in 1..=stream.len() {
        for (is_changed, expected) in [(false, "ab"), (true, "AB")] {
            let change = |input: Input<'_, Error>, output: &mut Output<'_>| {
                if is_changed {
                    upper(input, output);
                }
            };
            // An `EventBody` begins with a comment.
            let body = EventBody::new(Rewrite::new(cut(stream, size), change).into_stream());
            let bytes = block_on(body.collect()).unwrap().to_bytes();
            let data: String =
                eventwire::events(&bytes).map(|event| event.unwrap().data().to_owned()).collect();
            assert_eq!(data, expected, "{size}: {bytes:?}");
        }
    }
}

#[test]
fn its_stream_ends_as_the_body_does() {
    let steps = [data("data: a\n\ndata: b\n"), Step::Wait, Step::Fail("lost")];
    let mut events = Rewrite::new(script(steps), nothing).into_stream();
    assert_eq!(block_on(events.next()).unwrap().unwrap().as_bytes(), b"data: a\n\n");
    assert_eq!(block_on(events.next()), Some(Err(RewriteError::Body("lost"))));
    assert_eq!(block_on(events.next()), None);
    let tell = |input: Input<'_, Error>, output: &mut Output<'_>| {
        if let Input::Lost(_) = input {
            output.send(&Event::new("lost"));
        }
    };
    let steps = [data("data: a\n\ndata: b\n"), Step::Fail("lost")];
    assert_eq!(items(script(steps), tell), [Ok("data: a\n\ndata: lost\n\n".into())]);
}

#[test]
fn a_rewrite_is_send_sync_and_unpin_if_its_body_is() {
    fn anywhere<T: Send + Sync + Unpin>(_: &T) {}
    let cell = Cell::new(0);
    let body = http_body_util::Empty::<Bytes>::new();
    anywhere(&Rewrite::new(body, move |_: Input<'_, Infallible>, _: &mut Output<'_>| cell.set(1)));
}

#[test]
fn errors_name_the_fault_and_have_a_source() {
    let error = RewriteError::Body(std::io::Error::other("reset"));
    assert_eq!(error.to_string(), "the event stream was lost");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "reset");
}

#[test]
fn a_body_that_is_always_ready_and_rewritten_to_nothing_lets_other_tasks_run() {
    let flood = futures_util::stream::repeat_with(|| {
        Ok::<_, Infallible>(BodyFrame::data(Bytes::from_static(b"data: a\n\n")))
    });
    let rewrite = Rewrite::new(
        http_body_util::StreamBody::new(flood),
        |_: Input<'_, Infallible>, output: &mut Output<'_>| {
            output.remove();
        },
    );
    let mut body = std::pin::pin!(rewrite);
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    for turn in 1..4 {
        assert!(body.as_mut().poll_frame(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(wakes.0.load(Relaxed), turn);
    }
}
