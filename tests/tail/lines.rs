//! `--json`: the same lines as those of `inspect`, and nothing else.

use std::fs;
use std::path::Path;

use crate::peer::{chunked, raw, serve, stream, End};
use crate::run::{tail, Tail};

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_gives_the_lines_that_inspect_gives() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/samples");
    let mut served = 0;
    for sample in fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path()) {
        if sample.extension().is_some_and(|extension| extension == "sse") {
            let (place, _) = serve(vec![stream(fs::read(&sample).unwrap(), End::Closed)]).await;
            let said = tail(&["--json", "--once", &place]);
            let expected = fs::read_to_string(sample.with_extension("expected.jsonl")).unwrap();
            assert_eq!(said.lines, expected.lines().collect::<Vec<_>>(), "{}", sample.display());
            assert_eq!(said.code, Some(0));
            served += 1;
        }
    }
    assert_eq!(served, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_printed_before_the_next_one_comes() {
    let (place, _) = serve(vec![stream("id: 7\ndata: a\n\n", End::Silent)]).await;
    let mut tail = Tail::start(&["--json", &place]);
    assert_eq!(tail.next().unwrap(), r#"{"event": "message", "data": "a", "id": "7"}"#);
    let said = tail.interrupt();
    assert_eq!((said.code, said.lines.len()), (Some(0), 0));
    assert_eq!(said.errors, "tail: events: 1, connections: 1, last event ID: 7\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_the_connection_is_told_on_standard_error() {
    let scripts = vec![
        stream(": c\ndata: a\n\n", End::Closed),
        chunked("data: b\n\n", End::Reset),
        raw("HTTP/1.1 410 Gone\r\ncontent-length: 12\r\n\r\nmoved\n\x1b[2Jon", End::Closed),
    ];
    let (place, _) = serve(scripts).await;
    let said = tail(&["--json", "--max-wait", "0.01", &place]);
    assert_eq!((said.code, said.lines.len()), (Some(1), 2));
    let told: Vec<_> = said.errors.lines().collect();
    assert!(told[0].starts_with("tail: the server closed the connection; coming back in "), "{told:?}");
    assert!(told[1].starts_with("tail: the event stream was lost after 9 bytes: "), "{told:?}");
    let rest = [
        "tail: expected status 200, got 410 Gone",
        "tail: moved",
        "tail: ␛[2Jon",
        "tail: events: 2, connections: 2",
    ];
    assert_eq!(told[2..], rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_quietly_when_nobody_reads_on() {
    let (place, _) = serve(vec![stream("data: a\n\n".repeat(100_000), End::Silent)]).await;
    let said = Tail::start(&["--json", &place]).unheard();
    assert_eq!((said.code, &*said.errors), (Some(0), ""));
}
