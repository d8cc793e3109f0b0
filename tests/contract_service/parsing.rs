//! Streams and the reports of their events.

use serde_json::Value;

use crate::callbacks::{comment, event, message};
use crate::client::Client;
use crate::service::Service;

struct Case {
    name: &'static str,
    listens: &'static [&'static str],
    pieces: Vec<Vec<u8>>,
    reports: Vec<Value>,
}

fn case<P: AsRef<[u8]>>(name: &'static str, pieces: &[P], reports: &[Value]) -> Case {
    let pieces = pieces.iter().map(|piece| piece.as_ref().to_vec()).collect();
    Case { name, listens: &[], pieces, reports: reports.to_vec() }
}

impl Case {
    fn listening(mut self, types: &'static [&'static str]) -> Self {
        self.listens = types;
        self
    }
}

fn check(cases: Vec<Case>) {
    let service = Service::start();
    for case in cases {
        println!("{}", case.name);
        let mut client = Client::open(&service);
        let mut connection = client.streams.opened();
        for event_type in case.listens {
            client.listen(event_type);
        }
        for piece in &case.pieces {
            connection.send(piece);
        }
        client.reports(&case.reports);
    }
}

#[test]
fn events_are_parsed_and_reported_as_in_the_standard() {
    let bytes: Vec<[u8; 1]> = "data: €豆腐\n\n".bytes().map(|byte| [byte]).collect();
    check(vec![
        case("one line", &["data: a\n\n"], &[message("a")]),
        case("one line in two pieces", &["data: a", "b\n\n"], &[message("ab")]),
        case("two events in one piece", &["data: a\n\ndata: b\n\n"], &[message("a"), message("b")]),
        case(
            "two events in three pieces",
            &["data: ab", "cd\n\ndata:", "ef\n\n"],
            &[message("abcd"), message("ef")],
        ),
        case("two lines", &["data: a\ndata:b\n\n"], &[message("a\nb")]),
        case("empty data", &["data:\n\n"], &[message("")]),
        case("fields without a colon", &["data\n\ndata\ndata\n\n"], &[message(""), message("\n")]),
        case("an ID", &["id: 7\ndata: a\n\n"], &[event("message", "7", "a")]),
        case("an ID with NUL", &["id: a\0bc\ndata: a\n\n"], &[message("a")]),
        case(
            "an ID stays",
            &["id: 7\ndata: a\n\n", "data: b\n\n"],
            &[event("message", "7", "a"), event("message", "7", "b")],
        ),
        case(
            "an empty ID",
            &["id: 7\ndata: a\n\n", "id: \ndata: b\n\n"],
            &[event("message", "7", "a"), message("b")],
        ),
        case("multi-byte characters", &["data: €豆腐\n\n"], &[message("€豆腐")]),
        case("multi-byte characters, byte by byte", &bytes, &[message("€豆腐")]),
        case("a block without data", &["id: 7\n\ndata: a\n\n"], &[event("message", "7", "a")]),
    ]);
}

#[test]
fn events_of_other_types_are_reported_if_listened_for() {
    let greeting = || event("greeting", "", "a");
    check(vec![
        case("a type", &["event: greeting\ndata: a\n\n"], &[greeting()]).listening(&["greeting"]),
        case("a type and an ID", &["event: greeting\nid: 7\ndata: a\n\n"], &[event("greeting", "7", "a")])
            .listening(&["greeting"]),
        case(
            "fields in reverse order",
            &["data: a\nid: 7\nevent: greeting\n\n"],
            &[event("greeting", "7", "a")],
        )
        .listening(&["greeting"]),
        case("an unknown field", &["event: greeting\ncolor: blue\ndata: a\n\n"], &[greeting()])
            .listening(&["greeting"]),
        case("no space", &["event:greeting\ndata:a\n\n"], &[greeting()]).listening(&["greeting"]),
        case("two spaces", &["event:  greeting\ndata:  a\n\n"], &[event(" greeting", "", " a")])
            .listening(&[" greeting"]),
        case("the default by name", &["event: message\ndata: a\n\n"], &[message("a")]),
        case("not listened for", &["event: x\ndata: a\n\ndata: b\n\n"], &[message("b")]),
        case(
            "two types",
            &["event: x\ndata: a\n\nevent: y\ndata: b\n\n"],
            &[event("x", "", "a"), event("y", "", "b")],
        )
        .listening(&["y", "x"]),
    ]);
}

#[test]
fn a_comment_is_reported_as_soon_as_its_line_ends() {
    check(vec![
        case("a comment", &[":a\n"], &[comment("a")]),
        case("two comments", &[":a\n", ":b\n"], &[comment("a"), comment("b")]),
        case("before an event", &[":a\n", "data: b\n\n"], &[comment("a"), message("b")]),
        case("after an event", &["data: b\n\n", ":a\n"], &[message("b"), comment("a")]),
        case("inside an event", &["data: b\n:a\ndata: c\n\n"], &[comment("a"), message("b\nc")]),
        case("spaces are kept", &[": a \n:  b\n"], &[comment(" a "), comment("  b")]),
        case("nothing", &[":\n"], &[comment("")]),
        case("with CR alone", &[":a\r"], &[comment("a")]),
        case("cut, with a colon", &[": €a", "b: c\n"], &[comment(" €ab: c")]),
    ]);
}

#[test]
fn a_byte_order_mark_is_skipped_only_at_the_start_of_a_stream() {
    let mark: &[u8] = b"\xEF\xBB\xBF";
    let marked = |text: &str| [mark, text.as_bytes()].concat();
    check(vec![
        case("before data", &[marked("data: a\n\n")], &[message("a")]),
        case("before a type", &[marked("event: x\nid: 7\ndata: a\n\n")], &[event("x", "7", "a")])
            .listening(&["x"]),
        case("before two events", &[marked("data: a\n\ndata: b\n\n")], &[message("a"), message("b")]),
        case("before two lines", &[marked("data: a\ndata: b\n\n")], &[message("a\nb")]),
        case("before a comment", &[marked(":a\ndata: b\n\n")], &[comment("a"), message("b")]),
        case("before empty data", &[marked("data:\n\n")], &[message("")]),
        case("in two pieces", &[&mark[..2], b"\xBFdata: a\n\n"], &[message("a")]),
        case("in three pieces", &[&mark[..1], &mark[1..2], &mark[2..], b"data: a\n\n"], &[message("a")]),
        case("in data", &["data: a\n\n", "data: \u{FEFF}b\n\n"], &[message("a"), message("\u{FEFF}b")]),
        case("twice", &[marked("data: \u{FEFF}a\n\n")], &[message("\u{FEFF}a")]),
        case("twice at the start", &[marked("\u{FEFF}data: a\n\ndata: b\n\n")], &[message("b")]),
    ]);
}
