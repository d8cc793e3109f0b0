//! `Tap`: it sees events and changes no byte.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use eventwire::gateway::{Outcome, Summary, Tap, Tapped, Unseen};
use eventwire::{Decoder, Unfinished};
use http::{HeaderValue, Response};
use http_body::Body;

use crate::script::{ask, cut, data, knowing, read, script, trailers, Step};

/// What a tap has reported; outlives the tap.
#[derive(Clone, Default)]
struct Seen(Rc<RefCell<(Vec<String>, Vec<Summary>)>>);

impl Seen {
    fn tap(&self) -> impl FnMut(Tapped<'_>) {
        let seen = Rc::clone(&self.0);
        move |tapped| {
            let mut seen = seen.borrow_mut();
            assert!(seen.1.is_empty(), "called after the end");
            match tapped {
                Tapped::Event(event) => seen.0.push(format!("{}: {}", event.event_type(), event.data())),
                Tapped::End(summary) => seen.1.push(summary),
                other => panic!("{other:?}"),
            }
        }
    }

    fn events(&self) -> Vec<String> {
        self.0.borrow().0.clone()
    }

    fn has_ended(&self) -> bool {
        !self.0.borrow().1.is_empty()
    }

    #[track_caller]
    fn end(&self) -> Summary {
        assert_eq!(self.0.borrow().1.len(), 1, "called once");
        self.0.borrow().1[0].clone()
    }

    #[track_caller]
    fn outcome(&self) -> Outcome {
        self.end().outcome
    }
}

const STREAM: &str =
    "\u{FEFF}: hello\r\nretry: 7\r\rdata: a\ndata: b\n\nevent: x\nid: 1\ndata:\n\nwhat: ever\n\n";

#[test]
fn a_tap_forwards_every_byte_and_sees_every_event_however_they_are_cut() {
    for size in 1..=STREAM.len() {
        let seen = Seen::default();
        let mut body = Tap::new(cut(STREAM, size), seen.tap());
        assert_eq!(read(&mut body).bytes(), STREAM.as_bytes(), "in pieces of {size}");
        assert_eq!(seen.events(), ["message: a\nb", "x: "]);
        let end = seen.end();
        assert_eq!((end.outcome, end.bytes, end.events), (Outcome::Whole, STREAM.len() as u64, 2));
        assert_eq!(end.unseen, None);
    }
}

#[test]
fn a_tap_does_not_copy_chunks() {
    let chunk = Bytes::from_static(b"data: a\n\ndata: b");
    let mut body = Tap::new(script([Step::Data(chunk.clone())]), |_| {});
    assert_eq!(read(&mut body).chunks[0].as_ptr(), chunk.as_ptr());
}

#[test]
fn an_event_is_seen_when_its_last_byte_passes() {
    let seen = Seen::default();
    let mut body = Tap::new(script([data("data: a\n"), data("\n"), data("data: b\n\n")]), seen.tap());
    for count in [0, 1, 2] {
        assert!(ask(&mut body).is_ready());
        assert_eq!(seen.events().len(), count);
    }
    assert!(!seen.has_ended());
    assert!(matches!(ask(&mut body), Poll::Ready(None)));
    assert!(seen.has_ended());
}

#[test]
fn a_tap_forwards_other_types_of_data() {
    let text = http_body_util::Full::new(&b"data: a\n\n"[..]);
    let seen = Seen::default();
    let mut body = Tap::new(text, seen.tap());
    assert!(matches!(ask(&mut body), Poll::Ready(Some(Ok(frame))) if frame.data_ref().unwrap().len() == 9));
    assert_eq!(seen.events(), ["message: a"]);
}

#[test]
fn a_body_that_ends_inside_an_event_is_reported_as_cut() {
    for (stream, outcome) in [
        ("", Outcome::Whole),
        ("data: a\n\n: bye\n", Outcome::Whole),
        ("data: a\n\ndata: b\n", Outcome::Cut),
        ("data: a\n\ndata: {\"b", Outcome::Cut),
    ] {
        let seen = Seen::default();
        read(&mut Tap::new(cut(stream, 5), seen.tap()));
        assert_eq!(seen.outcome(), outcome, "{stream:?}");
    }
}

#[test]
fn an_unfinished_event_is_shown_on_request() {
    let decoder = || Decoder::new().with_unfinished(Unfinished::Block);
    let seen = Seen::default();
    read(&mut Tap::new(cut("data: a\n\ndata: b\n", 5), seen.tap()).with_decoder(decoder()));
    assert_eq!(seen.events(), ["message: a", "message: b"]);
    assert_eq!((seen.end().outcome, seen.end().events), (Outcome::Cut, 2));

    let seen = Seen::default();
    let lost = script([data("data: a\n"), Step::Fail("lost")]);
    read(&mut Tap::new(lost, seen.tap()).with_decoder(decoder()));
    assert_eq!((seen.events().len(), seen.outcome()), (0, Outcome::Failed));
}

#[test]
fn an_error_is_forwarded_and_reported() {
    let seen = Seen::default();
    let mut body = Tap::new(script([data("data: a\n\n"), Step::Wait, Step::Fail("lost")]), seen.tap());
    assert_eq!(read(&mut body).error, Some("lost"));
    let end = seen.end();
    assert_eq!((end.outcome, end.bytes, end.events), (Outcome::Failed, 9, 1));
    drop(body);
    seen.end();
}

#[test]
fn a_dropped_body_is_reported_once() {
    let seen = Seen::default();
    let mut body = Tap::new(script([data("data: a\n\n"), data("data: b\n\n")]), seen.tap());
    assert!(ask(&mut body).is_ready());
    assert!(!seen.has_ended());
    drop(body);
    let end = seen.end();
    assert_eq!((end.outcome, end.bytes, end.events), (Outcome::Dropped, 9, 1));

    let seen = Seen::default();
    drop(Tap::new(script([data("data: a\n\n")]), seen.tap()));
    assert_eq!((seen.end().outcome, seen.end().bytes), (Outcome::Dropped, 0));
}

#[test]
fn a_body_that_panics_is_reported_as_dropped() {
    let seen = Seen::default();
    let mut body = Tap::new(script([data("data: a\n\n"), Step::Panic]), seen.tap());
    assert!(ask(&mut body).is_ready());
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(&mut body).is_ready()));
    assert!(polled.is_err());
    drop(body);
    assert_eq!(seen.outcome(), Outcome::Dropped);
}

#[test]
fn trailers_are_forwarded_and_end_the_body() {
    let seen = Seen::default();
    let steps = [data("data: a\n\n"), trailers(&[("grpc-status", "0"), ("etag", "\"x\"")])];
    let mut body = Tap::new(script(steps), seen.tap());
    assert!(ask(&mut body).is_ready());
    let Poll::Ready(Some(Ok(frame))) = ask(&mut body) else { panic!("expected trailers") };
    let passed = frame.into_trailers().unwrap();
    assert_eq!(
        (passed.len(), &passed["grpc-status"], &passed["etag"]),
        (2, &"0".parse().unwrap(), &"\"x\"".parse().unwrap())
    );
    // Servers do not poll after trailers.
    assert_eq!(seen.outcome(), Outcome::Whole);
}

#[test]
fn a_body_that_knows_its_end_is_complete_without_another_poll() {
    let seen = Seen::default();
    let mut body = Tap::new(knowing([data("data: a\n\n")]), seen.tap());
    assert!(!body.is_end_stream());
    assert!(ask(&mut body).is_ready());
    assert!(body.is_end_stream());
    assert_eq!(seen.outcome(), Outcome::Whole);
    drop(body);
    seen.end();

    // Servers do not poll a body whose `is_end_stream` is true.
    let seen = Seen::default();
    drop(Tap::new(knowing([]), seen.tap()));
    assert_eq!(seen.outcome(), Outcome::Whole);
}

#[test]
fn the_size_hint_is_that_of_the_body() {
    let mut body = Tap::new(script([data("data: a\n\n"), data("12")]), |_: Tapped<'_>| {});
    for exact in [11, 2, 0] {
        assert_eq!(body.size_hint().exact(), Some(exact));
        let _ = ask(&mut body);
    }
}

#[test]
fn a_tapped_response_keeps_its_head() {
    let response = Response::builder()
        .status(206)
        .header("content-type", "Text/Event-Stream; charset=utf-8")
        .header("content-length", "9")
        .header("etag", "\"x\"")
        .body(cut("data: a\n\n", 9))
        .unwrap();
    let seen = Seen::default();
    let (head, mut body) = Tap::response(response, seen.tap()).into_parts();
    assert_eq!((head.status.as_u16(), head.headers.len()), (206, 3));
    read(&mut body);
    assert_eq!((seen.events().len(), seen.end().unseen), (1, None));
}

#[test]
fn an_encoded_body_is_forwarded_unread_and_reported() {
    let events = "data: a\n\n";
    for (encodings, unseen) in [
        (&["gzip"][..], Some("gzip")),
        (&["identity", "br"], Some("br")),
        (&["IDENTITY"], None),
        (&[""], None),
    ] {
        let mut response = Response::builder().header("content-type", "text/event-stream");
        for encoding in encodings {
            response = response.header("content-encoding", *encoding);
        }
        let seen = Seen::default();
        let response = Tap::response(response.body(cut(events, 3)).unwrap(), seen.tap());
        // A decoder passed later does not change that.
        let mut body = response.into_body().with_decoder(Decoder::new());
        assert_eq!(read(&mut body).bytes(), events.as_bytes());
        let end = seen.end();
        let unseen = unseen.map(|value| Unseen::Encoded(HeaderValue::from_static(value)));
        assert_eq!((end.events, end.bytes), (u64::from(unseen.is_none()), 9), "{encodings:?}");
        assert_eq!((end.outcome, end.unseen), (Outcome::Whole, unseen), "{encodings:?}");
    }
}

#[test]
fn another_media_type_is_forwarded_unread_and_reported() {
    let seen = Seen::default();
    let page = Response::builder().header("content-type", "application/json").body(cut("data: a\n\n", 9));
    read(&mut Tap::response(page.unwrap(), seen.tap()).into_body());
    assert_eq!((seen.end().bytes, seen.end().unseen), (9, Some(Unseen::NotEventStream)));
}

#[test]
fn over_the_limit_a_tap_stops_reading_and_forwards_everything() {
    let stream = "data: a\n\ndata: far too long\n\ndata: b\n\n";
    for size in 1..=stream.len() {
        let seen = Seen::default();
        let decoder = Decoder::new().with_max_event_size(8);
        let mut body = Tap::new(cut(stream, size), seen.tap()).with_decoder(decoder);
        assert_eq!(read(&mut body).text(), stream);
        assert_eq!(seen.events(), ["message: a"]);
        let Some(Unseen::Rejected(error)) = seen.end().unseen else { panic!("{:?}", seen.end()) };
        assert_eq!((error.to_string().contains("limit of 8 bytes"), seen.end().bytes), (true, 38));
        assert_eq!(seen.outcome(), Outcome::Whole);
    }
}

#[test]
fn after_invalid_utf8_in_strict_mode_a_tap_stops_reading() {
    let seen = Seen::default();
    let body = cut(b"data: \xFF\n\ndata: b\n\n", 3);
    let mut body = Tap::new(body, seen.tap()).with_decoder(Decoder::new().with_strict_utf8());
    assert_eq!(read(&mut body).bytes(), b"data: \xFF\n\ndata: b\n\n");
    assert!(matches!(seen.end().unseen, Some(Unseen::Rejected(_))));
    assert_eq!(seen.end().events, 0);
}

#[test]
fn a_new_connection_drops_what_an_earlier_one_left_in_the_decoder() {
    let mut decoder = Decoder::new();
    assert!(decoder.feed(b"data: old\n").advance().is_ok_and(|is_event| !is_event));
    let seen = Seen::default();
    read(&mut Tap::new(cut("data: new\n\n", 4), seen.tap()).with_decoder(decoder));
    assert_eq!(seen.events(), ["message: new"]);
}

#[test]
fn a_panic_of_the_function_is_its_last_call_and_stops_no_byte() {
    let calls = Rc::new(Cell::new(0));
    let counts = Rc::clone(&calls);
    let tap = move |_: Tapped<'_>| {
        counts.set(counts.get() + 1);
        assert!(counts.get() < 2, "as planned");
    };
    let stream = "data: a\n\ndata: b\n\ndata: c\n\n";
    let mut body = Tap::new(cut(stream, 4), tap);
    assert_eq!(read(&mut body).text(), stream);
    drop(body);
    assert_eq!(calls.get(), 2);
}

#[test]
fn a_panic_at_the_end_stops_no_byte() {
    let mut body = Tap::new(cut("data: a\n\n", 4), |tapped: Tapped<'_>| {
        assert!(matches!(tapped, Tapped::Event(_)), "as planned");
    });
    assert_eq!(read(&mut body).text(), "data: a\n\n");
}

#[test]
fn a_tap_is_send_sync_and_unpin_if_its_body_is() {
    fn anywhere<T: Send + Sync + Unpin>(_: &T) {}
    let cell = Cell::new(0);
    anywhere(&Tap::new(cut("", 1), move |_: Tapped<'_>| cell.set(1)));
}

#[test]
fn debug_shows_the_progress_of_a_tap() {
    let mut body = Tap::new(cut("data: a\n\n", 9), |_: Tapped<'_>| {});
    read(&mut body);
    assert_eq!(format!("{body:?}"), "Tap { bytes: 9, events: 1, has_ended: true, .. }");
}
