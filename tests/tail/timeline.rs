//! The timeline.

use crate::peer::{chunked, raw, serve, stream, End};
use crate::run::{tail, Said};

/// The rows, without when they came, and the spaces that set them out; `PLACE` for where the server is.
fn rows(said: &Said, place: &str) -> Vec<String> {
    let host = place.trim_start_matches("http://");
    let beyond_time = |line: &String| line.chars().skip(12).collect::<String>();
    let rows = said.lines.iter().take_while(|line| !line.contains('╵')).map(beyond_time);
    let words = rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ").replace(host, "PLACE"));
    words.filter(|row| !row.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_comes_and_each_change_of_the_connection_has_a_row() {
    let scripts = vec![
        raw(
            "HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            End::Closed,
        ),
        stream("retry: 10\n: hello\n\nevent: tick\nid: 7\ndata: {\"a\":1}\n\nx: y\ndata: cut", End::Closed),
        chunked("data: b\n\n", End::Reset),
        raw("HTTP/1.1 204 No Content\r\n\r\n", End::Closed),
    ];
    let (place, _) = serve(scripts).await;
    let said = tail(&["--max-wait", "0.01", &place]);
    let expected = [
        "http://PLACE/ GET",
        "◇ connecting to PLACE",
        "◇ redirected 302 Found, to http://PLACE/x",
        "◇ connecting to PLACE",
        "◆ open HTTP/1.1 200 OK",
        "○ retry 10ms",
        "○ comment hello",
        "● 1 tick 7 B id 7",
        "│ {\"a\": 1}",
        "○ unknown x: y",
        "◇ closed by the server",
        "◇ waiting ",
        "◇ connecting to PLACE, behind id 7",
        "◆ open HTTP/1.1 200 OK",
        "● 2 message 1 B",
        "│ b",
        "◇ lost the event stream was lost after 9 bytes: ",
        "◇ waiting ",
        "◇ connecting to PLACE, behind id 7",
    ];
    let rows = rows(&said, &place);
    assert!(
        rows.len() == expected.len()
            && rows.iter().zip(expected).all(|(row, expected)| row.starts_with(expected)),
        "{rows:#?}"
    );
    let summary: Vec<_> = said.lines.iter().skip_while(|line| !line.contains('╵')).skip(2).collect();
    let expected = [
        "    events        2  in 66 B",
        "                  1  message                             1 B",
        "                  1  tick                                7 B",
        "  comments        1",
        "   retries        1",
        "   unknown        1",
        " connected        2",
        "   last id  7",
        "     ended  by the server, with status 204",
    ];
    assert_eq!(summary, expected);
    assert_eq!((said.code, &*said.errors), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_tried_again_and_each_failure_says_why() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut tail = crate::run::Tail::start(&["--max-wait", "0.01", &place]);
    tail.wait_for("no response: ");
    tail.wait_for("no response (failure 2 in a row): ");
    tail.wait_for(", attempt 3");
    assert_eq!(tail.interrupt().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_that_is_too_long_is_a_loss() {
    // A busy machine may be silent for that long too.
    let mut scripts = vec![stream("data: a\n\n", End::Silent); 20];
    scripts[0] = stream(": c\n\n", End::Silent);
    let (place, _) = serve(scripts).await;
    let said = tail(&["--idle", "0.2", "--max-wait", "0.01", "--max-events", "1", &place]);
    let row = "◇ lost no data for 200ms (after ";
    assert!(rows(&said, &place).iter().any(|found| found.starts_with(row)), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_stream_is_told_and_shown() {
    let json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"models\":[\"a\",\"b\"]}";
    let refusal = "HTTP/1.1 401 Unauthorized\r\n\r\nexpected\n\x1b[2Ja token";
    let moved = "HTTP/1.1 301 Moved\r\ncontent-length: 5\r\n\r\nwhere";
    let answers = [
        (
            json,
            "✗ no event stream expected content type text/event-stream, got \"application/json\"",
            &["│ {\"models\": [\"a\", \"b\"]}"][..],
        ),
        (refusal, "✗ refused expected status 200, got 401 Unauthorized", &["│ expected", "│ ␛[2Ja token"]),
        (moved, "✗ refused unusable redirect: 301 Moved Permanently without Location", &["│ where"]),
    ];
    for (answer, row, body) in answers {
        let (place, log) = serve(vec![raw(answer, End::Closed)]).await;
        let said = tail(&[&place]);
        let rows = rows(&said, &place);
        assert_eq!(rows[2], row);
        assert_eq!(rows[3..], *body);
        assert_eq!((said.code, log.heads().len()), (Some(1), 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_does_not_bury_why_it_is_shown() {
    let lines: String = (0..149).map(|line| format!("<p>{line}</p>\n")).collect();
    let page = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n{lines}");
    let why = "✗ no event stream expected content type text/event-stream, got \"text/html\"";
    let (place, _) = serve(vec![raw(&*page, End::Closed)]).await;
    let shown = rows(&tail(&[&place]), &place);
    assert_eq!(shown[2..], [why, "│ <p>0</p>", "│ <p>1</p>", "│ …"]);
    let (place, _) = serve(vec![raw(&*page, End::Closed)]).await;
    let shown = rows(&tail(&["--full", &place]), &place);
    assert_eq!((&*shown[2], shown.len()), (why, 3 + 149));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_is_told_in_few_words() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let said = tail(&["--once", &place]);
    let row = "✗ given up no response: Connection refused (os error 111)";
    assert!(rows(&said, &place).iter().any(|found| found == row), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_shown_as_far_as_it_has_come() {
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nfirst\n";
    for (body, last) in [(String::new(), "│ first"), ("long\n".repeat(100_000), "│ …")] {
        let (place, _) = serve(vec![raw(format!("{endless}{body}"), End::Silent)]).await;
        let said = tail(&[&place]);
        let rows = rows(&said, &place);
        assert_eq!((&*rows[3], &**rows.last().unwrap()), ("│ first", last));
        assert!(rows.len() < 5_000, "{}", rows.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_http_cannot_carry_is_left_out_and_that_is_told() {
    let scripts = vec![stream("id: a\u{1}\ndata: a\n\n", End::Closed), stream("data: b\n\n", End::Silent)];
    let (place, log) = serve(scripts).await;
    let said = tail(&["--max-wait", "0.01", "--max-events", "2", &place]);
    assert!(
        rows(&said, &place).contains(&"◇ id left out HTTP cannot carry the id a␁".to_owned()),
        "{said:#?}"
    );
    assert_eq!(log.header(1, "last-event-id"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_stream_steers_the_terminal_and_a_pipe_has_no_colours() {
    let body = "event: \x1b[2J\nid: \x07\ndata: \x1b]0;title\x07\n: \x1b[1m\n\n";
    let (place, _) = serve(vec![stream(body, End::Closed)]).await;
    let said = tail(&["--once", &place]);
    assert!(said.lines.iter().any(|line| line.contains('●')));
    assert!(!said.lines.iter().any(|line| line.chars().any(char::is_control)), "{said:#?}");
}
