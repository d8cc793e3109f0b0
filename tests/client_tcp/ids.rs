//! Where a client resumes after its connection is lost.

use crate::peer::{connect, data, serve, stream, End};

#[tokio::test]
async fn an_id_is_sent_back_as_the_same_bytes() {
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
async fn an_id_with_control_characters_is_omitted_and_the_client_continues() {
    let first = stream("id: a\u{1}b\ndata: a\n\n", End::Closed);
    let (place, log) = serve(vec![first, stream("data: b\n\n", End::Silent)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.last_event_id(), "a\u{1}b");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.header(1, "last-event-id"), None);
}

#[tokio::test]
async fn an_id_persists_until_the_server_clears_it() {
    let says = ["id: 1\ndata: a\n\n", "data: b\n\n", ":\n\n", "data: c\n\nid\ndata: d\n\n", "data: e\n\n"];
    let (place, log) = serve(says.iter().map(|says| stream(says, End::Closed)).collect()).await;
    let mut source = connect(&place);
    for expected in ["a", "b", "c", "d", "e"] {
        assert_eq!(data(&mut source).await, expected);
    }
    let sent: Vec<_> = (0..5).map(|request| log.header(request, "last-event-id")).collect();
    let one = Some(b"1".to_vec());
    assert_eq!(sent, [None, one.clone(), one.clone(), one, None]);
}

#[tokio::test]
async fn the_next_connection_starts_at_an_id_without_data() {
    let (place, log) =
        serve(vec![stream("id: 9\n\n", End::Closed), stream("data: a\n\n", End::Silent)]).await;
    assert_eq!(data(&mut connect(&place)).await, "a");
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"9");
}

#[tokio::test]
async fn an_id_with_nul_is_ignored_and_the_previous_one_is_sent() {
    let first = stream("id: 1\ndata: a\n\nid: x\0y\ndata: b\n\n", End::Closed);
    let (place, log) = serve(vec![first, stream("data: c\n\n", End::Silent)]).await;
    let mut source = connect(&place);
    for expected in ["a", "b", "c"] {
        assert_eq!(data(&mut source).await, expected);
    }
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"1");
}

#[tokio::test]
async fn http_trims_the_spaces_around_an_id() {
    let first = stream("id:  x y \ndata: a\n\n", End::Closed);
    let (place, log) = serve(vec![first, stream("data: b\n\n", End::Silent)]).await;
    let mut source = connect(&place);
    assert_eq!(data(&mut source).await, "a");
    assert_eq!(source.last_event_id(), " x y ");
    assert_eq!(data(&mut source).await, "b");
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"x y");
}
