//! Which redirects are followed, and which are not.

use eventwire::client::EventSourceError;
use http::Request;

use crate::peer::{connect, connect_with, data, error, raw, serve, soon, stream, End, Script};

fn moved(status: u16, to: &str) -> Script {
    let says = format!(
        "HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    raw(says, End::Closed)
}

#[tokio::test]
async fn redirects_lead_to_the_stream_and_are_followed_again_on_reconnect() {
    for status in [301, 302, 303, 307, 308] {
        let (other, asked_other) = serve(vec![stream("data: b\n\n", End::Silent)]).await;
        let (place, log) = serve(vec![
            moved(status, "/x?y"),
            stream("id: 7\ndata: a\n\n", End::Closed),
            moved(status, &other),
        ])
        .await;
        let mut source = connect(&place);
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        let lines: Vec<_> = log.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
        assert_eq!(lines, ["get / http/1.1", "get /x?y http/1.1", "get / http/1.1"]);
        // The place of the stream may be another each time.
        assert_eq!(asked_other.header(0, "last-event-id").unwrap(), b"7");
    }
}

#[tokio::test]
async fn a_redirect_without_a_location_is_an_error_and_not_retried() {
    let says = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n";
    let (place, log) = serve(vec![raw(says, End::Silent)]).await;
    assert!(matches!(error(&mut connect(&place)).await, EventSourceError::Redirect(_)));
    assert_eq!(log.heads().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_an_unusable_uri_is_an_error() {
    for to in ["", "#here", "mailto:a@b.example", "http://", "http://a:b:c/"] {
        let (place, log) = serve(vec![moved(307, to)]).await;
        let EventSourceError::Redirect(response) = error(&mut connect(&place)).await else { panic!("{to}") };
        assert_eq!(response.headers()["location"], to);
        assert_eq!(log.heads().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_loop_ends_after_20_redirects() {
    let (place, log) = serve(vec![moved(302, "/"); 21]).await;
    let failure = error(&mut connect(&place)).await;
    assert_eq!(failure.to_string(), "too many redirects (last: 302 Found to \"/\")");
    assert_eq!(log.heads().len(), 21);
}

#[tokio::test]
async fn credentials_are_not_sent_to_another_origin_but_again_to_their_own() {
    let (other, asked_other) = serve(vec![stream("data: a\n\n", End::Closed)]).await;
    let (place, asked) = serve(vec![moved(302, &other), stream("data: b\n\n", End::Silent)]).await;
    let request = Request::get(&place).header("authorization", "secret").header("cookie", "secret");
    let mut source = connect_with(request.header("x-mine", "1").body("").unwrap()).with_reconnect(soon());
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(data(&mut source).await, "b");
    for name in ["authorization", "cookie"] {
        assert_eq!(asked_other.header(0, name), None);
        for request in 0..2 {
            assert_eq!(asked.header(request, name).unwrap(), b"secret");
        }
    }
    assert_eq!(asked_other.header(0, "x-mine").unwrap(), b"1");
}
