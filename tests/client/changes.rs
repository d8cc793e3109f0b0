//! What a source reports about its connection: to an observer, in a log, as items.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire::client::reconnect::{Machine, Policy};
use eventwire::client::{
    CloseReason, EndMark, EventSource, EventSourceError, SourceItem, StateChange, StreamError,
};
use eventwire::EventRef;
use http::Request;
use tokio::time::timeout;

use crate::server::{respond, source, source_of, stream, Answer, End};

const SECOND: Duration = Duration::from_secs(1);

fn plain() -> Policy {
    Policy::new().with_jitter_percent(0)
}

/// Returns the log lines of all changes until the end.
async fn said(source: EventSource) -> Vec<String> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let saying = Arc::clone(&said);
    let mut source = source.with_observer(move |change: &StateChange<'_>| {
        assert!(format!("{change:?}").contains(&change.to_string()));
        saying.lock().unwrap().push(change.to_string());
    });
    while let Ok(Some(_)) = source.next_event().await {}
    let said = said.lock().unwrap();
    said.clone()
}

#[tokio::test(start_paused = true)]
async fn a_log_shows_every_change_and_no_secret() {
    let request = Request::get("http://me:hidden@a.example:81/b?token=hidden")
        .header("authorization", "hidden")
        .body(Bytes::new())
        .unwrap();
    let moved = respond(307, &[("location", "/c?key=hidden"), ("set-cookie", "hidden")], &[], End::Closed);
    let opened = respond(
        200,
        &[("content-type", "text/event-stream"), ("set-cookie", "hidden")],
        &[(0, "id: hidden\u{1}\ndata: hidden\n\n")],
        End::Closed,
    );
    let nowhere = respond(302, &[("location", "mailto:hidden")], &[], End::Closed);
    let (source, _) = source_of(request, [Answer::Refused, moved, opened, nowhere]);
    let said = said(source.with_reconnect(plain())).await;
    assert_eq!(
        said,
        [
            "connecting to http://a.example:81/b",
            "no response; reconnecting in 3s",
            "connecting to http://a.example:81/b, attempt 1 to reconnect",
            "redirected to http://a.example:81/c (307)",
            "connecting to http://a.example:81/c, attempt 1 to reconnect",
            "open (200)",
            "the server closed the connection; reconnecting in 3s",
            "last event ID omitted: it contains control characters",
            "connecting to http://a.example:81/b, attempt 1 to reconnect",
            "closed: redirect that cannot be followed (302)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_closed_source_says_why() {
    let last = |said: Vec<String>| said.last().unwrap().clone();
    let event = || stream(&[(0, "data: a\n\n")], End::Closed);

    let (over, _) = source([respond(204, &[], &[], End::Closed)]);
    assert_eq!(last(said(over).await), "closed: the server has no more events (204)");

    let (marked, _) = source([event()]);
    assert_eq!(last(said(marked.with_end_mark(EndMark::data("a"))).await), "closed: the answer is complete");
    let (marked, _) = source([event()]);
    let mark = EndMark::when(|_: EventRef<'_>| true);
    assert_eq!(last(said(marked.with_end_mark(mark)).await), "closed: the answer is complete");

    let (once, _) = source([event()]);
    assert_eq!(last(said(once.with_reconnect(Policy::never())).await), "closed: the connection has ended");

    let (resumed, _) = source([event()]);
    let resumed = resumed.with_resume(|_: EventRef<'_>| Some(()), |_, _| None);
    assert_eq!(last(said(resumed).await), "closed: there is nothing to resume");

    let (refused, _) = source([Answer::Refused]);
    assert_eq!(last(said(refused.with_reconnect(Policy::never())).await), "closed: no response");

    let (html, _) = source([respond(200, &[("content-type", "text/html")], &[], End::Closed)]);
    assert_eq!(last(said(html).await), "closed: the response is not an event stream");

    let seen = Arc::new(Mutex::new(String::new()));
    let seeing = Arc::clone(&seen);
    let (closed, _) = source([]);
    let mut closed = closed.with_observer(move |change| *seeing.lock().unwrap() = change.to_string());
    closed.close();
    assert_eq!(*seen.lock().unwrap(), "closed: by the user");
}

fn name(item: &SourceItem) -> String {
    match item {
        SourceItem::Event(event) => event.data().to_owned(),
        SourceItem::Connecting { uri, last_event_id, failures, .. } => {
            format!("connecting to {uri} after {last_event_id:?}, {failures}")
        }
        SourceItem::Redirected { status, uri, .. } => format!("{} to {uri}", status.as_u16()),
        SourceItem::IdLeftOut { last_event_id, .. } => format!("left out {last_event_id:?}"),
        SourceItem::Open { response, .. } => format!("open {}", response.status.as_u16()),
        SourceItem::Waiting { why, delay, failures, .. } => {
            format!("waiting {delay:?} because of {:?}, {failures}", why.as_ref().map(ToString::to_string))
        }
        other => panic!("{other:?}"),
    }
}

/// Returns the next item that is not `Connecting`.
async fn next_item(source: &mut EventSource) -> SourceItem {
    loop {
        match source.next_item().await.unwrap().unwrap() {
            SourceItem::Connecting { .. } => {}
            item => return item,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_set_at_the_item_of_a_loss_is_the_time_until_the_next_attempt() {
    let (source, log) = source([
        Answer::Refused,
        Answer::Refused,
        stream(&[(0, "data: a\n\n")], End::Closed),
        stream(&[(0, "data: b\n\n")], End::Silent),
    ]);
    let mut source = source.with_reconnect(plain());
    // Nothing is waiting yet.
    source.set_delay(SECOND * 100);
    assert!(matches!(next_item(&mut source).await, SourceItem::Waiting { .. }));
    source.set_delay(SECOND * 7);
    source.set_delay(SECOND * 5);
    assert!(matches!(next_item(&mut source).await, SourceItem::Waiting { .. }));
    source.set_delay(Duration::ZERO);
    assert!(matches!(next_item(&mut source).await, SourceItem::Open { .. }));
    source.set_delay(SECOND * 100);
    assert_eq!(name(&next_item(&mut source).await), "a");
    assert!(matches!(next_item(&mut source).await, SourceItem::Waiting { why: None, .. }));
    assert!(matches!(next_item(&mut source).await, SourceItem::Open { .. }));
    assert_eq!(log.times(), [0, 5_000, 5_000, 8_000]);
    source.close();
    source.set_delay(SECOND);
    assert!(source.next_item().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_error_of_an_item_belongs_to_its_reader() {
    let (source, _) = source([Answer::Refused, stream(&[], End::Closed)]);
    let mut source = source.with_reconnect(plain().with_max_attempts(1));
    let SourceItem::Waiting { why: Some(EventSourceError::NoResponse { error, .. }), .. } =
        next_item(&mut source).await
    else {
        panic!("a loss with its error")
    };
    assert_eq!(error.to_string(), "connection reset");
    assert!(matches!(next_item(&mut source).await, SourceItem::Open { .. }));
    let last = source.next_item().await.unwrap_err();
    assert!(matches!(last, EventSourceError::Attempts { attempts: 2, last: None, .. }), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn an_item_that_is_an_event_can_be_borrowed_and_then_taken() {
    let (source, _) = source([stream(&[(0, "data: a\n\ndata: b\n\n")], End::Closed)]);
    let mut source = source.with_reconnect(plain());
    let mut items = Vec::new();
    for _ in 0..5 {
        assert!(poll_fn(|cx| source.poll_advance_item(cx)).await.unwrap());
        let borrowed = source.current().map(|event| event.data().to_owned());
        let Some(item) = source.take_item() else { panic!("an item was found") };
        assert_eq!(borrowed.is_some(), matches!(item, SourceItem::Event(_)));
        assert!(source.current().is_none());
        items.push(borrowed.unwrap_or_else(|| name(&item)));
    }
    assert_eq!(items[1..4], ["open 200", "a", "b"]);
    assert!(items[4].starts_with("waiting"), "{items:?}");
    // Nothing was found since, unless one advances again without taking.
    assert!(source.take_item().is_none());
    source.close();
    assert!(!poll_fn(|cx| source.poll_advance_item(cx)).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn changes_and_events_are_items_in_order() {
    let (source, _) = source([
        Answer::Refused,
        respond(307, &[("location", "/c")], &[], End::Closed),
        stream(&[(0, "id: 1\ndata: a\n\nid: \u{1}\ndata: b\n\n")], End::Closed),
        respond(404, &[], &[], End::Closed),
    ]);
    let mut source = source.with_reconnect(plain());
    let mut items = Vec::new();
    let error = loop {
        match source.next_item().await {
            Ok(item) => items.push(name(&item.expect("an error first"))),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, EventSourceError::Rejected(_)), "{error}");
    assert!(source.next_item().await.unwrap().is_none());
    assert_eq!(
        items,
        [
            "connecting to http://a.example/b after \"\", 0",
            "waiting 3s because of Some(\"no response\"), 1",
            "connecting to http://a.example/b after \"\", 1",
            "307 to http://a.example/c",
            "connecting to http://a.example/c after \"\", 1",
            "open 200",
            "a",
            "b",
            "waiting 3s because of None, 1",
            "left out \"\\u{1}\"",
            "connecting to http://a.example/b after \"\\u{1}\", 1",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn no_item_is_returned_after_closing() {
    let (mut source, _) = source([stream(&[(0, "data: a\n\n")], End::Silent)]);
    assert!(matches!(source.next_item().await, Ok(Some(SourceItem::Connecting { .. }))));
    // The future is dropped before the change to open is returned.
    source.close();
    assert!(source.next_item().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_response_head_is_available_during_the_body_and_afterwards() {
    let named = |id: &'static str, says: &'static [(u64, &'static str)]| {
        respond(200, &[("content-type", "text/event-stream"), ("x-request-id", id)], says, End::Closed)
    };
    let (source, _) =
        source([Answer::Refused, named("1", &[(0, "data: a\n\n")]), named("2", &[]), Answer::Hanging]);
    let mut source = source.with_reconnect(plain());
    assert!(source.response_head().is_none());
    source.next_event().await.unwrap();
    assert_eq!(source.response_head().unwrap().headers["x-request-id"], "1");
    assert!(timeout(Duration::from_secs(60), source.next_event()).await.is_err());
    let head = source.response_head().unwrap();
    assert_eq!((head.status.as_u16(), head.headers["x-request-id"].to_str().unwrap()), (200, "2"));
}

#[tokio::test(start_paused = true)]
async fn an_item_of_a_dropped_future_is_not_lost() {
    let (source, _) = source([Answer::Refused, stream(&[(0, "data: a\n\n")], End::Silent)]);
    let mut source = source.with_reconnect(plain());
    let mut items = Vec::new();
    while items.len() < 5 {
        if let Ok(item) = timeout(Duration::from_millis(700), source.next_item()).await {
            items.push(name(&item.unwrap().unwrap()));
        }
    }
    assert_eq!(items[3..], ["open 200", "a"]);
}

#[tokio::test(start_paused = true)]
async fn debug_output_prints_no_secret() {
    let request =
        || Request::get("http://me:hidden@a.example:81/b?token=hidden").body(Bytes::from("hidden")).unwrap();
    let headers = &[("set-cookie", "hidden"), ("location", "mailto:hidden")][..];
    for status in [302, 401] {
        let (mut source, _) = source_of(request(), [respond(status, headers, &[(0, "hidden")], End::Closed)]);
        let before = format!("{source:?}");
        let error = source.next_event().await.unwrap_err();
        for said in [before, format!("{error:?}"), format!("{source:?}")] {
            assert!(!said.contains("hidden"), "{said}");
        }
    }
    let moved = http::Response::builder().header("location", "/c?key=hidden").body(()).unwrap();
    let at = "http://a.example/".parse().unwrap();
    let action = Machine::new(Policy::new()).on_response(http::StatusCode::FOUND, moved.headers(), &at, 0);
    assert!(!format!("{action:?}").contains("hidden"), "{action:?}");
}

#[tokio::test(start_paused = true)]
async fn an_item_prints_as_the_change_it_is() {
    let (mut source, _) = source([stream(&[(0, "data: a\n\n")], End::Closed)]);
    let item = source.next_item().await.unwrap().unwrap();
    assert_eq!(format!("{item:?}"), "StateChange(connecting to http://a.example/b)");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_event_stream_is_the_reason_of_the_loss_and_shows_its_first_line() {
    const PAGE: &[(u64, &str)] = &[(0, "<title>502</title>\n<p>busy\n")];
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    let (source, log) = source([stream(PAGE, End::Closed), stream(PAGE, End::Closed)]);
    let mut source = source.with_reconnect(plain().with_max_attempts(1)).with_observer(move |change| {
        let why = match change {
            StateChange::Waiting { why: Some(why), .. } => why,
            StateChange::Closed { why: CloseReason::Error(why), .. } => why,
            _ => return,
        };
        let EventSourceError::Stream(StreamError::NotAnEventStream { first_line, .. }) = why else { return };
        seen.lock().unwrap().push(first_line.to_string());
        assert!(change.to_string().contains("the body is not an event stream"), "{change}");
    });
    let error = source.next_event().await.unwrap_err();
    assert!(error.to_string().contains("begins with `<title>502</title>`"), "{error}");
    assert_eq!(*lines.lock().unwrap(), ["<title>502</title>", "<title>502</title>"]);
    assert_eq!(log.times(), [0, 3_000]);

    // The same for a request that is sent once, and for one that is sent until its first event: it has been answered.
    for policy in [Policy::never(), Policy::until_first_event()] {
        let request = Request::post("http://a.example/").body(Bytes::new()).unwrap();
        let (source, log) = source_of(request, [stream(&[(0, "{\"error\":\"quota\"}")], End::Closed)]);
        let mut source = source.with_reconnect(policy);
        let error = source.next_event().await.unwrap_err().into_cause();
        assert!(matches!(error, EventSourceError::Stream(StreamError::NotAnEventStream { .. })), "{error}");
        assert!(source.next_event().await.unwrap().is_none());
        assert_eq!((log.times().len(), source.first_line().unwrap().as_str()), (1, "{\"error\":\"quota\"}"));
    }
}
