//! Generators for property tests: streams of fragments that matter to the grammar, and of raw bytes.

use proptest::collection::vec;
use proptest::prelude::*;

/// Whole and partial field names, line ends and text.
const TOKENS: &[&[u8]] = &[
    b"data",
    b"data:",
    b"data: ",
    b"event:",
    b"event: ",
    b"id:",
    b"id: ",
    b"id",
    b"event",
    b"retry:",
    b"retry: ",
    b"retry",
    b":",
    b": ",
    b" ",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\r",
    b"\r\n\r\n",
    b"\0",
    b"7",
    b"042",
    b"x",
    b"\t",
    b"message",
    b"\xEF\xBB\xBF",
    b"\xEF",
    b"\xEF\xBB",
    b"\xBB",
    b"\xE2\x82",
    b"\xAC",
    b"\xFF",
    b"\xF0\x9F\x98\x80",
    b"\xF0\x9F",
    b"\xED\xA0\x80",
    b"\xC0\x8A",
    b"dat",
    b"a",
    b"even",
    b"i",
    b"retr",
    b"\xE2\x80\xA8",
    b"\xC3\xA9",
    b"\xE7\x81\xAB",
    b"data: 21.5\n\n",
    b"id: 7\ndata: a\n\n",
    b"id: \0\ndata: c\n\n",
    b"id: 8\n\n",
    b"event: e\r\ndata: b\r\n\r\n",
    b"id\ndata\n\n",
    b"99999999999999999999999",
    b"a longer text that fills a few words of memory, so that it does not fit in one",
];

pub fn stream() -> impl Strategy<Value = Vec<u8>> {
    let token = proptest::sample::select(TOKENS).prop_map(<[u8]>::to_vec);
    let piece = prop_oneof![20 => token, 1 => vec(any::<u8>(), 0..8)];
    prop_oneof![
        8 => vec(piece, 0..30).prop_map(|pieces| pieces.concat()),
        1 => vec(any::<u8>(), 0..64),
    ]
}

/// Any text, with many of the characters that have a meaning on the wire.
pub fn text() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\0",
        ":",
        " ",
        "data: x",
        "event: x",
        "id: 1",
        "retry: 1",
        ": ",
        "data",
        "\u{FEFF}",
        "\u{2028}",
        "\u{85}",
        "\u{B}",
        "\u{C}",
        "é",
        "火",
        "😀",
        "x",
        "message",
        "\\n",
        "a longer piece of text",
        "\t",
    ];
    let part = prop_oneof![12 => proptest::sample::select(PARTS).prop_map(String::from), 1 => ".{0,6}"];
    vec(part, 0..8).prop_map(|parts| parts.concat())
}
