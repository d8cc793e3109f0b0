//! The end of a stream: its output until then, and the exit status.

use crate::peer::{chunked, raw, serve, stream, End};
use crate::run::{tail, Tail};

fn ended(lines: &[String]) -> &str {
    lines.last().and_then(|line| line.strip_prefix("     ended  ")).unwrap_or_else(|| panic!("{lines:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_that_is_waited_for_ends_it_though_the_connection_stays_open() {
    let body = "event: tick\ndata: a\n\ndata: [DONE]\n\ndata: b\n\n";
    for (until, events) in [("tick", 1), ("[DONE]", 2)] {
        let (place, log) = serve(vec![stream(body, End::Silent)]).await;
        let said = tail(&["--until", until, &place]);
        assert_eq!((said.code, ended(&said.lines)), (Some(0), "with the event that was waited for"));
        assert_eq!(said.lines.iter().filter(|line| line.contains('●')).count(), events);
        log.is_left().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_before_the_event_that_is_waited_for_is_no_success() {
    let (place, _) = serve(vec![stream("data: a\n\n", End::Closed)]).await;
    let said = tail(&["--once", "--until", "[DONE]", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(1), "lost"));

    let (place, log) =
        serve(vec![stream("data: a\n\n", End::Closed), raw("HTTP/1.1 204 No\r\n\r\n", End::Closed)]).await;
    let said = tail(&["--max-wait", "0.01", "--until", "[DONE]", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(1), "by the server, with status 204"));
    assert_eq!(log.heads().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_answers_for_its_server_is_asked_again_where_a_stream_was_open_before() {
    let away = || raw("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", End::Closed);
    let events = |data: &str| stream(format!("data: {data}\n\n"), End::Closed);
    let (place, _) = serve(vec![events("a"), away(), away(), events("b")]).await;
    let said = tail(&["--max-wait", "0.01", "--max-events", "2", &place]);
    assert_eq!(said.code, Some(0), "{said:?}");

    let (place, log) = serve(vec![away()]).await;
    let said = tail(&["--max-wait", "0.01", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(1), "refused"));
    assert_eq!(log.heads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_after_as_many_events_as_were_asked_for() {
    let (place, _) = serve(vec![stream("data: a\n\ndata: b\n\ndata: c\n\n", End::Silent)]).await;
    let said = tail(&["--max-events", "2", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(0), "after as many events as were asked for"));
    assert_eq!(said.lines.iter().filter(|line| line.contains('●')).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_it_with_a_summary_during_a_wait_too() {
    let (place, _) = serve(vec![stream("id: 7\ndata: a\n\n", End::Closed)]).await;
    let mut tail = Tail::start(&[&place]);
    tail.wait_for("waiting");
    let said = tail.interrupt();
    assert_eq!((said.code, ended(&said.lines)), (Some(0), "by Ctrl-C"));
    assert!(said.lines.contains(&"   last id  7".to_owned()), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_sent_once_by_default_and_again_on_request() {
    let cut = || chunked("data: a\n\n", End::Reset);
    let (place, log) = serve(vec![cut()]).await;
    let said = tail(&["-d", "{}", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(1), "lost"));
    assert!(log.heads()[0].starts_with("post / "));

    let (place, _) = serve(vec![stream("data: a\n\n", End::Closed)]).await;
    let said = tail(&["-X", "POST", &place]);
    assert_eq!((said.code, ended(&said.lines)), (Some(0), "by the server"));

    let (place, log) = serve(vec![cut(), cut()]).await;
    let said = tail(&["-d", "{}", "--reconnect", "--max-wait", "0.01", "--max-events", "2", &place]);
    assert_eq!(said.code, Some(0));
    for request in 0..2 {
        assert_eq!(log.header(request, "content-length").unwrap(), b"2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_what_the_command_line_says() {
    let silent = || serve(vec![stream("data: a\n\n", End::Silent)]);
    let (place, log) = silent().await;
    let flags = ["-X", "PUT", "-H", "X-Pet: Miso", "-H", "x-pet:Kiwi", "-d", "{}", "--last-event-id=é"];
    assert_eq!(tail(&[&flags[..], &["--max-events=1", &place]].concat()).code, Some(0));
    let heads = log.heads();
    for line in
        ["put / http/1.1", "x-pet: miso", "x-pet: kiwi", "accept: text/event-stream", "last-event-id: é"]
    {
        assert!(heads[0].lines().any(|found| found == line), "{line}: {heads:?}");
    }
    assert_eq!(log.header(0, "content-type").unwrap(), b"application/json");

    let (place, log) = silent().await;
    let flags = ["-d", "a=b", "-H", "content-type: application/x-www-form-urlencoded", "-H", "accept: a/b"];
    assert_eq!(tail(&[&flags[..], &["--max-events=1", &place]].concat()).code, Some(0));
    assert!(log.heads()[0].starts_with("post / "));
    assert_eq!(log.header(0, "content-type").unwrap(), b"application/x-www-form-urlencoded");
    assert_eq!(log.header(0, "accept").unwrap(), b"a/b");
}
