//! Faults of a stream, and unusual contents.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{Drained, EndMark, EventSourceError, StateChange, StreamError};

use crate::peer::{chunked, connect, data, error, serve, silence, silent, stream, End};

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_resumes_after_its_last_event() {
    for end in [End::Closed, End::Reset] {
        for cut in
            ["", "id: 2", "id: 2\n", "id: 2\ndata: lo", "id: 2\ndata: lost\n", "id: 2\ndata: \u{1F600}"]
        {
            let body = format!("id: 1\ndata: a\n\n{cut}");
            // Including the last character.
            let body = body
                .strip_suffix('\u{1F600}')
                .map_or(body.clone().into_bytes(), |body| [body.as_bytes(), b"\xF0\x9F"].concat());
            let (place, log) = serve(vec![stream(body, end), stream("data: b\n\n", End::Silent)]).await;
            let mut source = connect(&place);
            assert_eq!(data(&mut source).await, "a");
            assert_eq!(data(&mut source).await, "b");
            assert_eq!(log.header(1, "last-event-id").as_deref(), Some(&b"1"[..]), "{cut:?}");
            silent(&mut source).await;
        }
    }
}

#[tokio::test]
async fn a_cut_chunked_body_is_a_loss_and_its_regular_end_is_an_end() {
    let changes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&changes);
    let scripts = vec![chunked("data: a\n\nda", End::Reset), chunked("data: b\n\n", End::Closed), silence()];
    let (place, _) = serve(scripts).await;
    let mut source = connect(&place).with_observer(move |change| {
        if let StateChange::Waiting { why, .. } = change {
            seen.lock().unwrap().push(why.map(ToString::to_string));
        }
    });
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    silent(&mut source).await;
    assert_eq!(*changes.lock().unwrap(), [Some("the event stream was lost after 11 bytes".to_owned()), None]);
}

#[tokio::test]
async fn a_silent_stream_times_out_and_one_with_comments_does_not() {
    let mut comments = stream("data: a\n\n", End::Silent);
    comments.says.extend((0..8).map(|_| (200, b":\n".to_vec())));
    let (place, log) = serve(vec![comments, stream("data: b\n\n", End::Silent)]).await;
    let mut source = connect(&place).with_idle_timeout(Duration::from_secs(1));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    // All the comments, and the silence after them.
    let between = log.between(0);
    assert!(between >= Duration::from_millis(2_600), "{between:?}");
}

#[tokio::test]
async fn retry_0_does_not_make_a_storm() {
    let scripts = vec![stream("retry: 0\ndata: a\n\n", End::Closed), stream("data: b\n\n", End::Silent)];
    let (place, log) = serve(scripts).await;
    let mut source = connect(&place).with_reconnect(Policy::new());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    let between = log.between(0);
    assert!(between >= Duration::from_millis(500), "{between:?}");
}

#[tokio::test]
async fn an_absurd_retry_is_clamped_and_not_ignored() {
    for retry in ["99999999999999999999999999", "4294967297"] {
        let first = stream(format!("retry: {retry}\ndata: a\n\n"), End::Closed);
        let (place, log) = serve(vec![first, stream("data: b\n\n", End::Silent)]).await;
        let mut source = connect(&place);
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        // The maximum that this client accepts.
        let between = log.between(0);
        assert!(between >= Duration::from_millis(50), "{between:?}");
    }
}

#[tokio::test]
async fn lines_of_10_mib_arrive() {
    let line = "x".repeat(10 * 1024 * 1024);
    let body = format!("data: {line}\n\ndata: {line}\r\rdata: b\n\n");
    let (place, _) = serve(vec![stream(body, End::Silent)]).await;
    let mut source = connect(&place);
    for _ in 0..2 {
        assert!(data(&mut source).await == line);
    }
    assert_eq!(data(&mut source).await, "b");
}

#[tokio::test]
async fn an_event_larger_than_the_limit_is_an_error_and_not_requested_again() {
    let body = format!("data: {}\n\n", "x".repeat(17 * 1024 * 1024));
    let (place, log) = serve(vec![stream(body, End::Silent)]).await;
    assert!(matches!(error(&mut connect(&place)).await, EventSourceError::Stream(StreamError::Decode(_))));
    assert_eq!(log.heads().len(), 1);
}

#[tokio::test]
async fn an_event_that_ends_with_a_cr_is_returned_immediately() {
    let mut script = stream("data: a\r\r", End::Silent);
    script.says.push((50, b"\ndata: b\r\r".to_vec()));
    let (place, _) = serve(vec![script]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
}

#[tokio::test]
async fn a_byte_order_mark_is_removed_from_each_connection() {
    let with_mark = |data: &str, end| stream(format!("\u{FEFF}data: {data}\n\n"), end);
    let (place, _) = serve(vec![with_mark("a", End::Closed), with_mark("b", End::Silent)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
}

#[tokio::test]
async fn closing_closes_the_connection() {
    let (place, log) = serve(vec![stream("data: a\n\ndata: b\n\n", End::Silent)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    source.close();
    log.is_left().await;
    assert!(source.next_event().await.unwrap().is_none());
}

#[tokio::test]
async fn the_connection_is_dropped_after_an_event_that_ends_the_stream() {
    let (place, log) = serve(vec![stream("data: a\n\nevent: bye\ndata: b\n\n", End::Silent)]).await;
    let mut source = connect(&place).with_end_mark(EndMark::event_type("bye"));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    // The next call drains for 50 ms, so that the connection could be reused, and then drops it.
    assert!(source.next_event().await.unwrap().is_none());
    assert_eq!(source.drained(), Some(Drained::GaveUp));
    log.is_left().await;
}
