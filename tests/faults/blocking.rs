//! Clients that block: number 20. In a file of its own, since `StreamExt` has methods of `Iterator`'s names.

use eventwire::client::{EndMark, EventStream, StreamError};
use eventwire::Event;
use http::Response;

/// 20
#[test]
fn a_reader_that_blocks_has_end_marks_error_events_and_rejections() {
    let done = || EndMark::data("[DONE]");
    let page = &b"<html>\n<p>busy</p>\n</html>\n"[..];
    let mut events = EventStream::from_read(page).with_end_mark(done());
    assert!(matches!(events.next(), Some(Err(StreamError::NotAnEventStream { .. }))));
    assert!(events.next().is_none());
    let mut cut = EventStream::from_read(&b"data: a\n\ndata: b"[..]).with_end_mark(done());
    assert_eq!(cut.next().unwrap().unwrap().data(), "a");
    assert!(matches!(cut.next(), Some(Err(StreamError::Truncated { .. }))));
    let whole = EventStream::from_read(&b"data: a\n\ndata: [DONE]\n\ndata: b\n\n"[..]).with_end_mark(done());
    assert_eq!(whole.map(|event| event.unwrap()).collect::<Vec<_>>(), [Event::new("a")]);
    let mut failed = EventStream::from_read(&b"event: error\ndata: x\n\n"[..])
        .with_error_when(|event| event.event_type() == "error");
    assert!(matches!(failed.next(), Some(Err(StreamError::ErrorEvent { .. }))));
    let html = Response::builder().header("content-type", "text/html").body(page).unwrap();
    assert!(EventStream::from_read_response(html).unwrap_err().to_string().contains("text/html"));
}
