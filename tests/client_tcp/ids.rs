//! Where a client goes on after its connection is lost.

use crate::peer::{connect, data, serve, silence, silent, stream, End};

#[tokio::test]
async fn an_id_comes_back_as_the_bytes_that_were_sent() {
    for id in ["注文7", "caf\u{e9}", "\u{1F600}", "[{\"offset\":1}]", "a\tb", "%E9"] {
        let first = stream(format!("id: {id}\ndata: a\n\n"), End::Closed);
        let (place, log) = serve(vec![first, stream("data: b\n\n", End::Silent)]).await;
        let mut source = connect(&place);
        assert_eq!(data(&mut source).await, "a");
        assert_eq!(data(&mut source).await, "b");
        assert_eq!(log.header(1, "last-event-id").unwrap(), id.as_bytes());
    }
}

#[tokio::test]
async fn an_id_with_control_characters_is_left_out_and_the_client_goes_on() {
    let first = stream("id: a\u{1}b\ndata: a\n\n", End::Closed);
    let (place, log) = serve(vec![first, stream("id\ndata: b\n\n", End::Closed), silence()]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.last_event_id(), "a\u{1}b");
    assert_eq!(data(&mut source).await, "b");
    silent(&mut source).await;
    assert_eq!((log.header(1, "last-event-id"), log.header(2, "last-event-id")), (None, None));
}
