//! Streams that are resumed by a request other than the first one.

use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSource, EventSourceError, StreamError};
use http::Request;

use crate::peer::{chunked, connect_with, data, end, error, raw, serve, soon, stream, End, Log};

#[path = "../../examples/resume/cursors.rs"]
mod cursors;

fn post(place: &str, body: &'static str) -> EventSource {
    let request = Request::post(place)
        .header("content-type", "application/json")
        .header("authorization", "Bearer secret");
    connect_with(request.body(body).unwrap())
}

/// The request lines.
fn lines(log: &Log) -> Vec<String> {
    log.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect()
}

fn numbered(numbers: std::ops::Range<u32>) -> String {
    let created = r#"event: response.created
data: {"response":{"id":"resp_1"},"sequence_number":0}

"#;
    let event = |number| {
        match number {
        0 => created.to_owned(),
        6 => "event: response.completed\ndata: {\"response\":{\"id\":\"resp_1\"},\"sequence_number\":6}\n\n".into(),
        _ => format!("event: response.output_text.delta\ndata: {{\"delta\":\"{number}\",\"sequence_number\":{number}}}\n\n"),
    }
    };
    numbers.map(event).collect()
}

#[tokio::test]
async fn an_openai_response_is_read_completely_although_its_connection_is_cut_twice() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (place, log) = serve(vec![
        raw(busy, End::Closed),
        stream(
            numbered(0..3) + "event: response.output_text.delta\ndata: {\"delta\":\"3\",\"sequ",
            End::Reset,
        ),
        chunked(&numbered(3..5), End::Closed),
        stream(numbered(5..7), End::Silent),
    ])
    .await;
    let retried = soon().with_retry_on(|status, _| Policy::is_transient(status));
    let mut source =
        cursors::openai(post(&format!("{place}/v1/responses"), r#"{"background":true,"stream":true}"#))
            .with_reconnect(retried);
    let mut numbers = Vec::new();
    while let Some(event) = source.next_event().await.unwrap() {
        let data: serde_json::Value = serde_json::from_str(event.data()).unwrap();
        numbers.push(data["sequence_number"].as_u64().unwrap());
    }
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(
        lines(&log),
        [
            "post /v1/responses http/1.1",
            "post /v1/responses http/1.1",
            "get /v1/responses/resp_1?stream=true&starting_after=2 http/1.1",
            "get /v1/responses/resp_1?stream=true&starting_after=4 http/1.1",
        ]
    );
    for request in 0..4 {
        assert_eq!(log.header(request, "authorization").unwrap(), b"Bearer secret");
        assert_eq!(log.header(request, "content-type").is_some(), request < 2);
    }
}

#[tokio::test]
async fn an_mcp_call_is_resumed_by_a_get_once_there_is_an_id() {
    let (place, log) = serve(vec![
        stream("id: 7\ndata:\n\n", End::Closed),
        stream("id: 8\ndata: {\"result\":1}\n\n", End::Silent),
    ])
    .await;
    let mut source = cursors::mcp(post(&place, "{}")).with_reconnect(soon());
    assert_eq!(data(&mut source).await, "");
    assert_eq!(data(&mut source).await, "{\"result\":1}");
    assert_eq!(lines(&log), ["post / http/1.1", "get / http/1.1"]);
    assert_eq!(log.header(1, "last-event-id").unwrap(), b"7");
}

#[tokio::test]
async fn an_mcp_call_without_an_id_is_never_sent_again() {
    let (place, log) = serve(vec![chunked("data: a\n\n", End::Closed)]).await;
    let mut closed = cursors::mcp(post(&place, "{}")).with_reconnect(soon());
    assert_eq!(data(&mut closed).await, "a");
    end(&mut closed).await;
    assert_eq!(log.heads().len(), 1);

    let (place, log) = serve(vec![stream("data: a\n\n", End::Reset)]).await;
    let mut lost = cursors::mcp(post(&place, "{}")).with_reconnect(soon());
    assert_eq!(data(&mut lost).await, "a");
    assert!(matches!(error(&mut lost).await, EventSourceError::Stream(StreamError::Transport { .. })));
    assert_eq!(log.heads().len(), 1);
}

#[tokio::test]
async fn an_a2a_task_is_resumed_by_another_method() {
    let task = r#"data: {"jsonrpc":"2.0","id":1,"result":{"kind":"task","id":"t-1"}}

data: {"jsonrpc":"2.0","id":1,"result":{"kind":"status-update","taskId":"t-1","final":false}}

"#;
    let (place, log) = serve(vec![stream(task, End::Reset), stream("data: {}\n\n", End::Silent)]).await;
    let mut source = cursors::a2a(post(&place, r#"{"method":"message/stream"}"#)).with_reconnect(soon());
    for _ in 0..3 {
        data(&mut source).await;
    }
    assert_eq!(lines(&log), ["post / http/1.1", "post / http/1.1"]);
    let resubscribe = r#"{"id":2,"jsonrpc":"2.0","method":"tasks/resubscribe","params":{"id":"t-1"}}"#;
    let len = log.header(1, "content-length").unwrap();
    assert_eq!(String::from_utf8(len).unwrap(), resubscribe.len().to_string());
}

#[tokio::test]
async fn a_durable_stream_is_resumed_at_the_offset_of_its_last_control_event() {
    let control =
        |offset| format!("data: [1]\n\nevent: control\ndata: {{\"streamNextOffset\":\"{offset}\"}}\n\n");
    let (place, log) = serve(vec![
        stream("", End::Closed),
        stream(control("5_0") + "data: [2]\n\n", End::Reset),
        stream("data: [3]\n\n", End::Silent),
    ])
    .await;
    let request = Request::get(format!("{place}/log?offset=-1&live=sse")).body("").unwrap();
    let mut source = cursors::durable(connect_with(request)).with_reconnect(soon());
    for _ in 0..4 {
        data(&mut source).await;
    }
    assert_eq!(
        lines(&log),
        [
            "get /log?offset=-1&live=sse http/1.1",
            "get /log?offset=-1&live=sse http/1.1",
            "get /log?offset=5_0&live=sse http/1.1",
        ]
    );
}
