//! Events read as JSON, from one connection and from many.

use std::convert::Infallible;
use std::error::Error;

use eventwire::client::reconnect::Policy;
use eventwire::client::{EventSourceError, EventStream, JsonStreamError, StreamError};
use futures_util::{stream, FutureExt, StreamExt};
use serde_json::Value;

use crate::local;
use crate::server::{source, stream as respond, End};

type Pair = [u32; 2];

/// Events with IDs, so that the next request shows which event was read last.
const MIXED: &[(u64, &str)] = &[(
    0,
    "id: 1\ndata: [1, 2]\n\nid: 2\ndata:\n\nid: 3\nevent: tick\ndata: [1, x]\n\nid: 4\nevent: error\ndata: [3, 4]\n\n",
)];

#[tokio::test(start_paused = true)]
async fn a_source_continues_after_invalid_json_and_after_a_loss() {
    let (source, log) =
        source([respond(MIXED, End::Reset), respond(&[(0, "data: [5, 6]\n\n")], End::Silent)]);
    let mut pairs = source.json::<Pair>();
    assert_eq!(pairs.next().await.unwrap().unwrap(), [1, 2]);
    match pairs.next().await.unwrap().unwrap_err() {
        JsonStreamError::Json { error, last_event_id, bytes, .. } => {
            assert_eq!((error.event_type(), error.offset(), error.around()), ("tick", 4, "[1, x]"));
            let read = MIXED[0].1.find("id: 4").unwrap();
            assert_eq!((&*last_event_id, bytes), ("3", read as u64));
        }
        other => panic!("{other:?}"),
    }
    // Without a setting, an error event is an ordinary event, and a loss is not an item.
    assert_eq!(pairs.next().await.unwrap().unwrap(), [3, 4]);
    assert_eq!(pairs.next().await.unwrap().unwrap(), [5, 6]);
    assert_eq!(log.ids(), [None, Some("4".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_error_event_ends_a_source_on_request() {
    let says = &[(0, "data: [1, 2]\n\ndata: {\"error\": \"busy\"}\n\ndata: [3, 4]\n\n")];
    let (source, log) = source([respond(says, End::Closed)]);
    let mut pairs = source.with_json_errors().json::<Pair>();
    assert_eq!(pairs.next().await.unwrap().unwrap(), [1, 2]);
    let error = pairs.next().await.unwrap().unwrap_err();
    let JsonStreamError::Stream(EventSourceError::Stream(StreamError::ErrorEvent { event, .. })) = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(event.data(), "{\"error\": \"busy\"}");
    assert!(pairs.next().await.is_none());
    assert_eq!(log.ids().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_gives_up_returns_the_reason_and_ends() {
    let (source, _) = source([respond(&[(0, "data: 1\n\n")], End::Reset)]);
    let mut values = source.with_reconnect(Policy::never()).json::<Value>();
    assert_eq!(values.next().await.unwrap().unwrap(), 1);
    let error = values.next().await.unwrap().unwrap_err();
    assert!(matches!(&error, JsonStreamError::Stream(EventSourceError::Stream(_))), "{error:?}");
    // The message of an error does not repeat that of its source.
    assert_ne!(error.source().unwrap().to_string(), error.to_string());
    assert!(values.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_source_of_values_can_be_closed() {
    let (source, _) = source([respond(&[(0, "data: 1\n\ndata: 2\n\n")], End::Silent)]);
    let mut values = source.json::<Value>();
    assert_eq!(values.next().await.unwrap().unwrap(), 1);
    values.get_mut().close();
    assert!(values.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_source_on_one_thread_reads_values_too() {
    let (source, asked) = local::source(vec![("id: 1\ndata: 1\n\n", false), ("data: 2\n\n", true)]);
    let mut values = source.json::<u32>();
    assert_eq!(values.next().await.unwrap().unwrap(), 1);
    assert_eq!(values.next().await.unwrap().unwrap(), 2);
    assert_eq!((asked.get(), values.into_inner().last_event_id()), (2, "1"));
}

#[test]
fn a_stream_of_one_connection_yields_the_same_values() {
    let chunks = stream::iter([Ok::<_, Infallible>(MIXED[0].1)]);
    let mut pairs = EventStream::new(chunks).json::<Pair>();
    let mut next = || pairs.next().now_or_never().unwrap();
    assert_eq!(next().unwrap().unwrap(), [1, 2]);
    assert!(
        matches!(next(), Some(Err(JsonStreamError::Json { last_event_id, .. })) if &*last_event_id == "3")
    );
    assert_eq!(next().unwrap().unwrap(), [3, 4]);
    assert!(next().is_none());
}

#[test]
fn data_that_is_no_json_forges_no_line_of_a_log() {
    #[derive(Debug, serde::Deserialize)]
    enum Choice {}

    for data in
        ["data: [1\ndata: 12:00 all is \u{1b}[31mwell\n\n", "data: \"\\n12:00 all is \u{7f}well\"\n\n"]
    {
        let chunks = stream::iter([Ok::<_, Infallible>(data)]);
        let said =
            EventStream::new(chunks).json::<Choice>().next().now_or_never().unwrap().unwrap().unwrap_err();
        assert!(!said.to_string().contains(char::is_control), "{said}");
        assert!(said.to_string().contains("12:00 all is"), "{said}");
    }
}

#[test]
fn a_flood_of_events_without_data_yields_to_other_tasks() {
    let flood = stream::repeat(Ok::<_, Infallible>("data:\n\ndata:\n\n"));
    let mut values = EventStream::new(flood).json::<Pair>();
    assert!(values.next().now_or_never().is_none());

    let flood = std::iter::repeat("data:\n\n").take(10_000).chain(["data: [1,2]\n\n"]);
    let mut values = EventStream::new(stream::iter(flood.map(Ok::<_, Infallible>))).json::<Pair>();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(values.next()).unwrap().unwrap(), [1, 2]);
}

#[test]
fn a_block_of_type_error_is_an_error_even_without_data() {
    const BODY: &str = "data: [1, 2]\n\nevent: ping\n\nid: 7\nevent: error\n\ndata: [3, 4]\n\n";
    for size in 1..BODY.len() {
        let chunks = BODY.as_bytes().chunks(size).map(Ok::<_, Infallible>);
        let mut pairs = EventStream::new(stream::iter(chunks)).with_json_errors().json::<Pair>();
        assert_eq!(pairs.next().now_or_never().unwrap().unwrap().unwrap(), [1, 2]);
        let error = pairs.next().now_or_never().unwrap().unwrap().unwrap_err();
        let JsonStreamError::Stream(StreamError::ErrorEvent { event, .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!((event.event_type(), event.data(), event.id()), ("error", "", Some("7")), "{size}");
        assert!(pairs.next().now_or_never().unwrap().is_none());
    }
    // Without the setting, it is no event, as the standard says.
    let mut pairs = EventStream::new(stream::iter([Ok::<_, Infallible>(BODY)])).json::<Pair>();
    let read: Vec<_> =
        std::iter::from_fn(|| pairs.next().now_or_never().unwrap()).collect::<Result<_, _>>().unwrap();
    assert_eq!(read, [[1, 2], [3, 4]]);
}

#[tokio::test(start_paused = true)]
async fn a_source_fails_at_an_error_without_data_too() {
    let (source, log) = source([respond(&[(0, "event: error\n\n")], End::Silent)]);
    let mut source = source.with_json_errors();
    let error = source.next_event().await.unwrap_err();
    assert!(matches!(error, EventSourceError::Stream(StreamError::ErrorEvent { .. })), "{error:?}");
    assert_eq!(log.ids().len(), 1);
}
