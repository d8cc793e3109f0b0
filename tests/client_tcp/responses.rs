//! Answers other than a stream, and the headers of the request.

use std::error::Error;
use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSourceError, StreamError};
use http::Request;
use tokio::net::TcpListener;

use crate::peer::{connect, connect_with, data, end, error, raw, serve, soon, stream, End, STREAM};

#[tokio::test]
async fn the_request_has_exactly_these_headers() {
    let (place, log) = serve(vec![stream("data: a\n\n", End::Silent)]).await;
    assert_eq!(data(&mut connect(&place)).await, "a");
    let heads = log.heads();
    let mut lines: Vec<_> = heads[0].split("\r\n").filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    let host = format!("host: {}", place.trim_start_matches("http://"));
    assert_eq!(lines, ["accept: text/event-stream", "cache-control: no-cache", "get / http/1.1", &host]);
}

#[tokio::test]
async fn a_wrong_status_is_returned_with_its_body() {
    let says = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"error\":\"token\"}";
    let (place, _) = serve(vec![raw(says, End::Silent)]).await;
    let EventSourceError::Rejected(rejected) = error(&mut connect(&place)).await else { panic!() };
    assert_eq!(rejected.to_string(), "expected status 200, got 401 Unauthorized");
    assert_eq!(rejected.into_response().body_mut().text(1000).await.unwrap(), "{\"error\":\"token\"}");
}

#[tokio::test]
async fn a_wrong_status_ends_the_source_on_a_reconnect_too() {
    let gone = "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n";
    let (place, log) = serve(vec![stream("data: a\n\n", End::Closed), raw(gone, End::Closed)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert!(matches!(error(&mut source).await, EventSourceError::Rejected(_)));
    assert_eq!(log.heads().len(), 2);
}

#[tokio::test]
async fn a_wrong_media_type_is_not_a_stream() {
    for content_type in ["content-type: text/html\r\n", "content-type: text/event-streamx\r\n", ""] {
        let says = format!("HTTP/1.1 200 OK\r\n{content_type}\r\ndata: a\n\n");
        let (place, _) = serve(vec![raw(says, End::Closed)]).await;
        let EventSourceError::Rejected(rejected) = error(&mut connect(&place)).await else { panic!() };
        assert_eq!(rejected.into_response().body_mut().text(1000).await.unwrap(), "data: a\n\n");
    }
}

#[tokio::test]
async fn a_wrong_media_type_ends_the_source_on_a_reconnect_too() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>";
    let (place, log) = serve(vec![stream("data: a\n\n", End::Closed), raw(page, End::Closed)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert!(matches!(error(&mut source).await, EventSourceError::Rejected(_)));
    assert_eq!(log.heads().len(), 2);
}

#[tokio::test]
async fn a_media_type_may_have_any_case_and_any_charset_and_is_read_as_utf_8() {
    for content_type in
        ["Text/EVENT-Stream", "text/event-stream;", "text/event-stream ; charset=iso-8859-1; x=\"y;\""]
    {
        let says = format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\n\r\ndata: \u{e9}\n\n");
        let (place, _) = serve(vec![raw(says, End::Silent)]).await;
        assert_eq!(data(&mut connect(&place)).await, "\u{e9}");
    }
}

#[tokio::test]
async fn any_media_type_is_a_stream_on_request() {
    for content_type in ["content-type: text/plain\r\n", ""] {
        let says = format!("HTTP/1.1 200 OK\r\n{content_type}\r\ndata: a\n\n");
        let (place, _) = serve(vec![raw(says, End::Silent)]).await;
        let mut source = connect(&place).with_reconnect(soon().with_any_media_type());
        assert_eq!(data(&mut source).await, "a");
    }
}

#[tokio::test]
async fn a_post_is_sent_once_by_default_and_again_on_request() {
    let cut = || stream("data: a\n\n", End::Reset);
    let post = |place: &str| connect_with(Request::post(place).body("hi").unwrap());
    let (place, log) = serve(vec![cut()]).await;
    let mut once = post(&place);
    assert_eq!(data(&mut once).await, "a");
    assert!(matches!(error(&mut once).await, EventSourceError::Stream(StreamError::Transport { .. })));
    assert_eq!(log.heads().len(), 1);

    let (place, log) = serve(vec![cut(), stream("data: b\n\n", End::Silent)]).await;
    let mut again = post(&place).with_reconnect(soon());
    assert_eq!(data(&mut again).await, "a");
    assert_eq!(data(&mut again).await, "b");
    assert!(log.heads().iter().all(|head| head.starts_with("post / ") && head.contains("content-length: 2")));
}

#[tokio::test]
async fn status_204_is_the_end_without_an_error_on_the_first_request_and_later() {
    let stop = || raw("HTTP/1.1 204 No Content\r\n\r\n", End::Silent);
    let (place, _) = serve(vec![stop()]).await;
    end(&mut connect(&place)).await;

    let (place, log) = serve(vec![stream("data: a\n\n", End::Closed), stop()]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    end(&mut source).await;
    assert_eq!(log.heads().len(), 2);
}

#[tokio::test]
async fn an_unreachable_server_is_retried_up_to_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = error(&mut connect(&place)).await;
    assert_eq!(failure.to_string(), "no response (failure 6 in a row)");
    assert!(failure.source().is_some());
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_retried_up_to_the_limit() {
    let (place, log) = serve(vec![raw("SSH-2.0-x\r\n", End::Closed); 6]).await;
    assert!(matches!(error(&mut connect(&place)).await, EventSourceError::NoResponse { attempts: 6, .. }));
    assert_eq!(log.heads().len(), 6);
}

#[tokio::test]
async fn a_server_that_never_answers_is_abandoned() {
    let (place, log) = serve(vec![
        raw("", End::Silent),
        raw("HTTP/1.1 200", End::Silent),
        stream("data: a\n\n", End::Silent),
    ])
    .await;
    let mut source = connect(&place).with_idle_timeout(Duration::from_secs(1));
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(log.heads().len(), 3);
}

#[tokio::test]
async fn an_overloaded_server_is_retried_on_request() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 4\r\n\r\nbusy";
    let (place, _) =
        serve(vec![raw(busy, End::Closed), raw(format!("{STREAM}data: a\n\n"), End::Silent)]).await;
    let mut source =
        connect(&place).with_reconnect(soon().with_retry_on(|status, _| Policy::is_transient(status)));
    assert_eq!(data(&mut source).await, "a");
}
