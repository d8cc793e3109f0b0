//! JSON values over connections that break.

use eventwire::client::JsonStreamError;
use futures_util::StreamExt;

use crate::peer::{chunked, connect, serve, stream, End};

#[tokio::test]
async fn values_continue_after_a_cut_and_after_invalid_json() {
    let (place, log) = serve(vec![
        stream("id: 1\ndata: {\"n\":1}\n\nid: 2\ndata: {\"n\"", End::Reset),
        chunked("id: 2\ndata: {\"n\":}\n\nid: 3\ndata: {\"n\":3}\n\n", End::Silent),
    ])
    .await;
    let mut values = connect(&place).json::<serde_json::Value>();
    assert_eq!(values.next().await.unwrap().unwrap()["n"], 1);
    match values.next().await.unwrap().unwrap_err() {
        JsonStreamError::Json { error, last_event_id, bytes, .. } => {
            assert_eq!((error.offset(), &*last_event_id, bytes), (5, "2", 20));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(values.next().await.unwrap().unwrap()["n"], 3);
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"1");
}
