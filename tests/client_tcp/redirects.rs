//! Where a redirect leads, and where it does not.

use eventwire::SourceError;

use crate::peer::{connect, data, error, raw, serve, stream, End};

#[tokio::test]
async fn redirects_lead_to_the_stream_and_are_gone_through_again() {
    for status in [301, 302, 303, 307, 308] {
        let (other, _) = serve(vec![stream("data: b\n\n", End::Silent)]).await;
        let moved = |to: &str| {
            let says = format!(
                "HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            raw(says, End::Closed)
        };
        let (place, log) =
            serve(vec![moved("/x?y"), stream("id: 7\ndata: a\n\n", End::Closed), moved(&other)]).await;
        let mut source = connect(&place);
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        let lines: Vec<_> = log.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
        assert_eq!(lines, ["get / http/1.1", "get /x?y http/1.1", "get / http/1.1"]);
    }
}

#[tokio::test]
async fn a_redirect_without_a_location_is_an_error_and_no_loop() {
    let says = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n";
    let (place, log) = serve(vec![raw(says, End::Silent)]).await;
    assert!(matches!(error(&mut connect(&place)).await, SourceError::Redirect(_)));
    assert_eq!(log.heads().len(), 1);
}
