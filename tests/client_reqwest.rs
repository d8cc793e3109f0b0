//! The feature `reqwest`, over real connections.

#[path = "client_tcp/any_client.rs"]
mod any_client;
#[path = "client_tcp/gateways.rs"]
mod gateways;
#[allow(dead_code)]
#[path = "client_tcp/keep_alive.rs"]
mod keep_alive;
#[allow(dead_code)]
#[path = "client_tcp/peer.rs"]
mod peer;

use std::error::Error;
use std::time::Duration;

use eventwire::client::{Answer, Drained, EndMark, EventSource, EventSourceError, EventStream, StreamError};
use eventwire::EventRef;
use keep_alive::{After, KeepAlive};
use peer::{data, end, error, raw, serve, soon, stream, End, STREAM};
use reqwest::{redirect, Body, Client};

mod sender {
    use eventwire::client::EventSource;
    use http::{Request, Response};
    use reqwest::{Body, Client};

    pub(crate) fn source(request: Request<&'static str>) -> EventSource {
        EventSource::from_reqwest(Client::new(), request.try_into().unwrap())
    }

    pub(crate) async fn get(place: &str) -> Response<Body> {
        reqwest::get(place).await.unwrap().into()
    }
}

#[tokio::test]
async fn a_repeated_request_resumes_after_the_last_event() {
    let scripts = vec![stream("id: é\ndata: a\n\nda", End::Reset), stream("data: b\n\n", End::Silent)];
    let (place, log) = serve(scripts).await;
    let request = Client::new().get(&place).header("x-mine", "1").bearer_auth("secret");
    let mut source = EventSource::from(request).with_reconnect(soon());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    for request in 0..2 {
        assert_eq!(log.header(request, "accept").unwrap(), b"text/event-stream");
        assert_eq!(log.header(request, "cache-control").unwrap(), b"no-cache");
        assert_eq!(log.header(request, "authorization").unwrap(), b"Bearer secret");
        assert_eq!(log.header(request, "x-mine").unwrap(), b"1");
    }
    assert_eq!(log.header(0, "last-event-id"), None);
    assert_eq!(log.header(1, "last-event-id").unwrap(), "é".as_bytes());
}

#[tokio::test]
async fn a_post_is_repeated_with_its_body_only_on_request() {
    let cut = || stream("data: a\n\n", End::Reset);
    let (place, log) = serve(vec![cut()]).await;
    let mut once = EventSource::from(Client::new().post(&place).body("hi"));
    assert_eq!(data(&mut once).await, "a");
    assert!(matches!(error(&mut once).await, EventSourceError::Stream(StreamError::Transport { .. })));
    assert!(log.heads()[0].starts_with("post / "));

    let (place, log) = serve(vec![cut(), stream("data: b\n\n", End::Silent)]).await;
    let mut again = EventSource::from(Client::new().post(&place).body("hi")).with_reconnect(soon());
    assert_eq!(data(&mut again).await, "a");
    assert_eq!(data(&mut again).await, "b");
    for request in 0..2 {
        assert_eq!(log.header(request, "content-length").unwrap(), b"2");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_sent_twice_is_sent_once() {
    let body = || Body::wrap(http_body_util::Full::new(bytes::Bytes::from("hi")));
    let (place, log) = serve(vec![stream("data: a\n\n", End::Closed)]).await;
    let mut source = EventSource::from(Client::new().get(&place).body(body()));
    assert_eq!(data(&mut source).await, "a");
    end(&mut source).await;
    assert_eq!(log.heads().len(), 1);

    let (place, _) = serve(vec![stream("data: a\n\n", End::Closed)]).await;
    let mut source = EventSource::from(Client::new().post(&place).body(body()))
        .with_reconnect(soon().with_max_attempts(1));
    assert_eq!(data(&mut source).await, "a");
    let failure = error(&mut source).await;
    assert_eq!(failure.source().unwrap().to_string(), "the body of the request cannot be sent again");
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_the_first_item() {
    let mut source = EventSource::from(Client::new().get("no url"));
    assert!(matches!(error(&mut source).await, EventSourceError::NoResponse { attempts: 1, .. }));
}

#[tokio::test]
async fn redirects_are_followed_with_and_without_the_policy_of_reqwest() {
    for policy in [redirect::Policy::default(), redirect::Policy::none()] {
        let moved = "HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let (place, log) = serve(vec![raw(moved, End::Closed), stream("data: a\n\n", End::Silent)]).await;
        let client = Client::builder().redirect(policy).build().unwrap();
        let mut source = EventSource::from(client.post(&place).body("hi")).with_reconnect(soon());
        assert_eq!(data(&mut source).await, "a");
        assert!(log.heads()[1].starts_with("get /x http/1.1"), "{:?}", log.heads());
        assert_eq!(log.header(1, "content-length"), None);
    }
}

#[tokio::test]
async fn a_rejected_response_comes_back_with_its_body() {
    let says = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 9\r\n\r\nslow down";
    let (place, _) = serve(vec![raw(says, End::Closed), raw(says, End::Closed)]).await;
    let EventSourceError::Rejected(rejected) = error(&mut EventSource::from(Client::new().get(&place))).await
    else {
        panic!()
    };
    assert_eq!(rejected.into_response().body_mut().text(100).await.unwrap(), "slow down");

    let rejected = EventStream::from_reqwest(reqwest::get(&place).await.unwrap()).unwrap_err();
    assert_eq!(rejected.to_string(), "expected status 200, got 429 Too Many Requests");
    let response = reqwest::Response::from(rejected.into_response());
    assert_eq!(response.url(), &place.parse::<reqwest::Url>().unwrap());
    assert_eq!(response.text().await.unwrap(), "slow down");
}

#[tokio::test]
async fn a_response_is_read_until_its_last_event() {
    let (place, log) = serve(vec![raw(format!("{STREAM}data: a\n\ndata: [DONE]\n\n"), End::Silent)]).await;
    let mut events = EventStream::from_reqwest(reqwest::get(&place).await.unwrap())
        .unwrap()
        .with_end_mark(EndMark::data("[DONE]"));
    assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
    assert!(events.next_event().await.unwrap().is_none());
    log.is_left().await;
}

#[tokio::test]
async fn ten_responses_share_one_connection() {
    let server = KeepAlive::answering("data: a\n\ndata: [DONE]\n\n", After::End).await;
    let client = Client::new();
    // Longer than the default: this machine may be busy.
    let patient = Duration::from_secs(20);
    for _ in 0..10 {
        let response = client.get(&server.place).send().await.unwrap();
        let mut events = EventStream::from_reqwest(response)
            .unwrap()
            .with_end_mark(EndMark::data("[DONE]"))
            .with_drain(patient, tokio::time::sleep);
        assert_eq!(events.next_event().await.unwrap().unwrap().data(), "a");
        assert!(events.next_event().await.unwrap().is_none());
        assert_eq!(events.drained(), Some(Drained::Complete));
    }
    for _ in 0..10 {
        let source = EventSource::from(client.get(&server.place)).with_drain(patient);
        let mut source = source.with_end_mark(EndMark::data("[DONE]"));
        assert_eq!(data(&mut source).await, "a");
        end(&mut source).await;
        assert_eq!(source.drained(), Some(Drained::Complete));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_response_waits_for_the_end_of_its_body_by_default() {
    let server = KeepAlive::answering("data: [DONE]\n\n", After::Silence).await;
    let response = reqwest::get(&server.place).await.unwrap();
    let mut events = EventStream::from_reqwest(response).unwrap().with_end_mark(EndMark::data("[DONE]"));
    assert!(futures_util::FutureExt::now_or_never(events.next_event()).is_none());
    assert!(events.next_event().await.unwrap().is_none());
    assert_eq!(events.drained(), Some(Drained::GaveUp));
    server.is_left().await;
}

#[tokio::test]
async fn a_response_is_a_stream_or_another_by_its_media_type_and_keeps_its_url() {
    let json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let (place, _) = serve(vec![raw(json, End::Closed)]).await;
    match EventStream::from_reqwest_or_other(reqwest::get(&place).await.unwrap()).unwrap() {
        Answer::Other(response) => {
            let response = reqwest::Response::from(response);
            assert_eq!(response.url(), &place.parse::<reqwest::Url>().unwrap());
            assert_eq!(response.text().await.unwrap(), "{}");
        }
        Answer::Events(_) => panic!("expected JSON, got a stream"),
    }
    // Has the timer that waits for the end of the body.
    let server = KeepAlive::answering("data: [DONE]\n\n", After::Silence).await;
    match EventStream::from_reqwest_or_other(reqwest::get(&server.place).await.unwrap()).unwrap() {
        Answer::Events(events) => {
            let mut events = events.with_end_mark(EndMark::data("[DONE]"));
            assert!(futures_util::FutureExt::now_or_never(events.next_event()).is_none());
        }
        Answer::Other(_) => panic!("expected a stream, got another answer"),
    }
}

#[tokio::test]
async fn silence_is_a_loss() {
    let (place, _) =
        serve(vec![stream("data: a\n\n", End::Silent), stream("data: b\n\n", End::Silent)]).await;
    let source = EventSource::from(Client::new().get(&place)).with_reconnect(soon());
    let mut source = source.with_idle_timeout(Duration::from_millis(100));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
}

#[tokio::test]
async fn each_attempt_gets_a_fresh_token() {
    let (place, log) =
        serve(vec![stream("data: a\n\n", End::Closed), stream("data: b\n\n", End::Silent)]).await;
    let mut tokens = 0;
    let source = EventSource::from(Client::new().get(&place)).with_request_hook(move |request| {
        tokens += 1;
        request.headers_mut().insert("authorization", format!("Bearer {tokens}").parse().unwrap());
    });
    let mut source = source.with_reconnect(soon());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.header(0, "authorization").unwrap(), b"Bearer 1");
    assert_eq!(log.header(1, "authorization").unwrap(), b"Bearer 2");
}

#[tokio::test]
async fn a_hook_can_change_the_body_and_another_request_can_resume() {
    let (place, log) =
        serve(vec![stream("data: 1\n\n", End::Closed), stream("data: 2\n\n", End::Silent)]).await;
    let source = EventSource::from(Client::new().post(&place).body("hi")).with_request_hook(|request| {
        if request.method() == "POST" {
            *request.body_mut() = "longer".into();
        }
    });
    let source = source.with_resume(
        |event: EventRef<'_>| Some(event.data().to_owned()),
        |cursor, mut request| {
            *request.uri_mut() = format!("{}?after={}", request.uri(), cursor?).parse().ok()?;
            *request.method_mut() = http::Method::GET;
            *request.body_mut() = bytes::Bytes::new();
            Some(request)
        },
    );
    let mut source = source.with_reconnect(soon());
    assert_eq!(data(&mut source).await, "1");
    assert_eq!(data(&mut source).await, "2");
    assert_eq!(log.header(0, "content-length").unwrap(), b"6");
    assert!(log.heads()[1].starts_with("get /?after=1 http/1.1"), "{:?}", log.heads());
    assert_eq!(log.header(1, "content-length"), None);
}

#[tokio::test]
async fn a_body_that_the_client_has_not_decoded_is_rejected() {
    let gzip = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n?";
    let (place, _) = serve(vec![raw(gzip, End::Closed), raw(gzip, End::Closed)]).await;
    let message = "expected a body without content encoding, got \"gzip\"";
    assert_eq!(error(&mut EventSource::from(Client::new().get(&place))).await.to_string(), message);
    let rejected = EventStream::from_reqwest(reqwest::get(&place).await.unwrap()).unwrap_err();
    assert_eq!(rejected.to_string(), message);
}
