//! What read badly in code: numbers 22 to 32.

use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{EndMark, EventSource, EventStream, NothingToResume, StateChange};
use eventwire::server::{EventBody, LastEventId};
use eventwire::{Event, EventId, EventType};
use futures_util::{stream, Stream, StreamExt};
use http::{Request, Response};

use crate::chunks::Lost;
use crate::peer::{serve, stream as answers, End};
use crate::server::{respond, source};

/// 22
#[test]
fn the_type_and_the_id_of_an_event_are_text() {
    let event = Event::new("x").with_type("a").with_id(42);
    let number = match event.event_type() {
        "a" => 1,
        _ => 2,
    };
    assert_eq!(number, 1);
    assert_eq!(event.id(), Some("42"));
}

/// 23
#[test]
fn an_event_is_rewritten_with_the_head_of_another() {
    let event = Event::new("x").with_type("a").with_id(42);
    let other = event.clone().with_data("y");
    assert_eq!(other.to_bytes(), "event: a\nid: 42\ndata: y\n\n");
    assert_eq!(Event::new("y").with_head(event.head().clone()), other);
    let checked = Event::new("y").try_with_type(event.event_type()).unwrap();
    assert_eq!(checked.try_with_id(event.id().unwrap()).unwrap(), other);
}

/// 24
#[test]
fn text_from_outside_is_checked_and_the_compiler_says_how() {
    let kind = String::from("a");
    let event = Event::new("x").try_with_type(&kind).unwrap();
    assert_eq!(event, Event::new("x").with_type(EventType::try_from(kind).unwrap()));
    let hint = "note = \"text from outside is checked: `event.try_with_type(text)?`";
    assert!(include_str!("../../src/event/event_type.rs").contains(hint));
    let hint = "note = \"text from outside is checked: `event.try_with_id(text)?`";
    assert!(include_str!("../../src/event/event_id.rs").contains(hint));
}

/// 25
#[tokio::test]
async fn the_first_line_of_a_handler_s_test_takes_a_boxed_error() {
    async fn first() -> Result<Event, Box<dyn std::error::Error + Send + Sync>> {
        let body = axum::body::Body::from("data: a\n\n");
        let response = Response::builder().header("content-type", "text/event-stream").body(body)?;
        let mut events = EventStream::from_response(response)?;
        Ok(events.next_event().await?.ok_or("no event")?)
    }
    assert_eq!(first().await.unwrap().data(), "a");
}

/// 26
#[test]
fn the_adapters_say_what_to_do_when_a_handler_does_not_compile() {
    // However its lines are broken.
    let page = include_str!("../../src/adapters/mod.rs").replace("//!", " ");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for cause in [
        "# When it does not compile",
        "--features axum",
        "`Into<Box<dyn Error + Send + Sync>>`",
        "bare `LastEventId`",
    ] {
        assert!(page.contains(cause), "{cause}");
    }
    async fn handler(_: Option<LastEventId>) -> EventBody<impl Stream<Item = Result<Event, String>>> {
        EventBody::new(stream::iter([Ok(Event::new("a"))]))
    }
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(handler));
}

/// 27
#[tokio::test]
async fn a_channel_is_a_body_and_an_id_is_parsed() {
    let (sender, body) = EventBody::channel(4);
    sender.send(Event::new("a")).await.unwrap();
    sender.finish();
    let chunks: Vec<_> = body.into_stream().map(Result::unwrap).collect().await;
    assert_eq!(chunks.concat(), b":\ndata: a\n\n");
    assert_eq!("41".parse::<LastEventId>().unwrap(), "41");
    assert_eq!("41".parse::<EventId>().unwrap().as_str(), "41");
    let page = include_str!("../../src/adapters/mod.rs");
    assert!(page.contains("ReceiverStream") && page.contains("E0283"));
}

/// 28
#[tokio::test]
async fn each_attempt_of_reqwest_gets_a_fresh_token() {
    let (place, log) =
        serve(vec![answers("data: a\n\n", End::Closed), answers("data: b\n\n", End::Silent)]).await;
    let mut tokens = 0;
    let mut source = EventSource::from(reqwest::Client::new().get(&place))
        .with_reconnect(Policy::new().with_delay(Duration::from_millis(1)))
        .with_request_hook(move |request| {
            tokens += 1;
            request.headers_mut().insert("authorization", format!("Bearer {tokens}").parse().unwrap());
        });
    for data in ["a", "b"] {
        assert_eq!(source.next_event().await.unwrap().unwrap().data(), data);
    }
    assert_eq!(log.header(0, "authorization").unwrap(), b"Bearer 1");
    assert_eq!(log.header(1, "authorization").unwrap(), b"Bearer 2");
}

/// 29
#[tokio::test(start_paused = true)]
async fn changes_have_a_display_and_neither_it_nor_debug_prints_a_header_value() {
    let headers = [("content-type", "text/event-stream"), ("set-cookie", "secret"), ("x-token", "secret")];
    let (source, _) = source([
        respond(200, &headers, &[(0, "data: a\n\n")], crate::server::End::Closed),
        respond(204, &headers, &[], crate::server::End::Closed),
    ]);
    let (say, said) = std::sync::mpsc::channel();
    let mut source = source
        .with_observer(move |change: &StateChange<'_>| say.send(format!("{change} {change:?}")).unwrap());
    while source.next_event().await.unwrap().is_some() {}
    let said: Vec<_> = said.try_iter().collect();
    assert!(said.iter().all(|line| !line.contains("secret")), "{said:#?}");
    let closed = said.last().unwrap();
    assert!(closed.starts_with("closed: ") && closed.contains("204"), "{closed}");
}

/// 30
#[tokio::test]
async fn an_end_without_data_ends_a_stream_that_stays_open() {
    let open = stream::iter([Ok::<_, Lost>("data: a\n\nevent: done\n\n")]).chain(stream::pending());
    let mut events = EventStream::new(open).with_end_mark(EndMark::event_type("done")).without_drain();
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    assert!(events.next_event().await.unwrap().is_none());
}

/// 31
#[tokio::test]
async fn a_space_after_the_end_mark_does_not_hide_it() {
    let mut events = EventStream::new(stream::iter([Ok::<_, Lost>("data: [DONE] \n\n")]))
        .with_end_mark(EndMark::data("[DONE]"));
    assert!(events.next_event().await.unwrap().is_none());
}

/// 32
#[tokio::test(start_paused = true)]
async fn the_function_that_sends_says_that_there_is_nothing_to_resume() {
    let mut sent = 0;
    let send = move |request: Request<bytes::Bytes>| {
        sent += 1;
        assert!(sent < 3 && request.method() == "POST");
        async move {
            if sent > 1 {
                return Err(NothingToResume);
            }
            let response = Response::builder().header("content-type", "text/event-stream");
            Ok(response.body(String::from("data: a\n\n")).unwrap())
        }
    };
    let request = Request::post("http://a.example/b").body("call").unwrap();
    let mut source = EventSource::new(request, send, tokio::time::sleep).with_reconnect(Policy::new());
    assert_eq!(source.next_event().await.unwrap().unwrap().data(), "a");
    assert!(source.next_event().await.unwrap().is_none());
}
