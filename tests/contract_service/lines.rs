//! Line ends, and long lines.

use crate::callbacks::{event, message};
use crate::client::Client;
use crate::service::Service;

#[test]
fn every_kind_of_line_end_counts_as_one_wherever_the_stream_is_cut() {
    let service = Service::start();
    let blocks: [(&str, &[&str]); 6] = [
        ("data: event 1||", &["event 1"]),
        ("data: event 1||data: line 1|data: line 2||", &["event 1", "line 1\nline 2"]),
        ("data:|data: line 2|data: line 3||", &["\nline 2\nline 3"]),
        ("data: line 1|data:|data: line 3||", &["line 1\n\nline 3"]),
        ("data: event 1|||data: event 2||", &["event 1", "event 2"]),
        ("data: event 1||||data: event 2||", &["event 1", "event 2"]),
    ];
    for end in ["\n", "\r\n", "\r"] {
        for (block, expected) in blocks {
            let stream = block.replace('|', end);
            for size in [stream.len(), 1, 2] {
                println!("{stream:?} in pieces of {size}");
                let mut client = Client::open(&service);
                let mut connection = client.streams.opened();
                for piece in stream.as_bytes().chunks(size) {
                    connection.send(piece);
                }
                client.reports(&expected.iter().map(|data| message(data)).collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn a_crlf_that_is_split_between_pieces_is_one_line_end() {
    let service = Service::start();
    let mut client = Client::open(&service);
    let mut connection = client.streams.opened();
    for piece in ["data: a\r", "\ndata: b\r", "\n\r\ndata: c\r", "\n", "\r", "\n", "data: d\r\n\r"] {
        connection.send(piece);
    }
    client.reports(&[message("a\nb"), message("c"), message("d")]);
}

#[test]
fn an_event_is_reported_as_soon_as_its_blank_line_arrives() {
    let service = Service::start();
    let mut client = Client::open(&service);
    let mut connection = client.streams.opened();
    // Each report arrives before the server sends more.
    for (id, end) in ["\r", "\n", "\r\n", "\r"].into_iter().enumerate() {
        connection.send(format!("id: {id}{end}data: a{end}{end}"));
        client.reports(&[event("message", &id.to_string(), "a")]);
    }
}

#[test]
fn a_line_of_several_megabytes_is_one_event() {
    let service = Service::start();
    let mib = 1024 * 1024;
    // In base64, 5 MiB are almost 7 MiB.
    for pieces in [&[5 * mib][..], &[5 * mib, 5 * mib], &[10 * mib], &[7 * mib, 7 * mib]] {
        let mut client = Client::open(&service);
        let mut connection = client.streams.opened();
        connection.send("data: ");
        let mut expected = String::new();
        for len in pieces {
            let piece = noise(*len);
            connection.send(&piece);
            expected += &piece;
        }
        connection.send("\n\n");
        let report = client.report();
        // No assert_eq!, which would print megabytes.
        assert!(report["event"]["data"] == *expected, "{pieces:?}: the data differ");
    }
}

/// Text without repetition.
fn noise(len: usize) -> String {
    let mut state = 1_u64;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        char::from(b'!' + (state >> 33) as u8 % 90)
    });
    letters.take(len).collect()
}
