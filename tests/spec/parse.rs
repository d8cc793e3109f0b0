//! [parse 1] to [parse 10]: bytes become lines, lines become fields.

use crate::support::check;

// [parse 1]
#[test]
fn the_bytes_are_utf_8() {
    let outcome = check("event: größe\ndata: ¢語🚲\nid: ключ\n\n");
    assert_eq!(outcome.types(), ["größe"]);
    assert_eq!(outcome.data(), ["¢語🚲"]);
    assert_eq!(outcome.ids(), [Some("ключ")]);
}

// [parse 2]
#[test]
fn one_leading_byte_order_mark_is_removed() {
    assert_eq!(check("\u{FEFF}data: egg\n\ndata: hen\n\n").data(), ["egg", "hen"]);
}

// [parse 2]
#[test]
fn a_stream_may_be_only_a_byte_order_mark() {
    let outcome = check("\u{FEFF}");
    assert_eq!(outcome.bytes_consumed, 3);
    assert!(outcome.items.is_empty());
}

// [parse 2]
#[test]
fn a_second_byte_order_mark_belongs_to_the_name() {
    assert_eq!(check("\u{FEFF}\u{FEFF}data: no\n\ndata: yes\n\n").data(), ["yes"]);
}

// [parse 2]
#[test]
fn a_byte_order_mark_on_a_later_line_belongs_to_the_name() {
    assert_eq!(check("data: p\n\n\u{FEFF}data: no\n\ndata: q\n\n").data(), ["p", "q"]);
}

// [parse 2]
#[test]
fn a_byte_order_mark_in_a_value_is_text() {
    assert_eq!(check("\u{FEFF}data: \u{FEFF}x\n\n").data(), ["\u{FEFF}x"]);
}

// [parse 2]
#[test]
fn an_incomplete_byte_order_mark_is_part_of_the_line() {
    assert_eq!(check(b"\xEF\xBBdata: no\n\ndata: yes\n\n").data(), ["yes"]);
    assert_eq!(check(b"\xEFdata: no\n\ndata: yes\n\n").data(), ["yes"]);
    assert_eq!(check(b"\xEF\n\ndata: yes\n\n").data(), ["yes"]);
    assert_eq!(check(b"\xEF\xBB\rdata: yes\r\r").data(), ["yes"]);
}

// [parse 3]
#[test]
fn a_line_ends_with_lf() {
    assert_eq!(check("data: a\ndata: b\n\ndata: c\n\n").data(), ["a\nb", "c"]);
}

// [parse 3]
#[test]
fn a_line_ends_with_cr_lf() {
    assert_eq!(check("data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n").data(), ["a\nb", "c"]);
}

// [parse 3]
#[test]
fn a_line_ends_with_cr() {
    assert_eq!(check("data: a\rdata: b\r\rdata: c\r\r").data(), ["a\nb", "c"]);
}

// [parse 3]
#[test]
fn line_ends_may_be_mixed() {
    assert_eq!(check("data:left\r\ndata\ndata:right\r\n\r").data(), ["left\n\nright"]);
    assert_eq!(check("data: a\n\r\ndata: b\r\n\n").data(), ["a", "b"]);
    assert_eq!(check("data: a\r\n\rdata: b\n\r").data(), ["a", "b"]);
}

// [parse 3]
#[test]
fn a_cr_at_the_end_of_a_chunk_swallows_the_next_lf() {
    assert_eq!(check("data: a\r\r\ndata: b\n\n").data(), ["a", "b"]);
    assert_eq!(check(":\r\ndata: a\n\n").data(), ["a"]);
    assert_eq!(check("x\r\ndata\r\n\r\n").data(), [""]);
}

// [parse 3]
#[test]
fn a_cr_swallows_one_lf_only() {
    assert_eq!(check("data: a\r\n\ndata: b\r\n\n").data(), ["a", "b"]);
}

// [parse 3]
#[test]
fn the_cr_of_a_blank_line_dispatches_the_event_at_once() {
    assert_eq!(check("data: solo\r\r").due, [12]);
    assert_eq!(check("data: solo\r\r\n").due, [12]);
    assert_eq!(check("data: A\n\r\ndata: B\n\n").due, [9, 19]);
}

// [parse 3]
#[test]
fn other_line_ends_of_unicode_are_text() {
    let text = "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f";
    assert_eq!(check(format!("data: {text}\n\n")).data(), [text]);
}

// [parse 4]
#[test]
fn an_empty_stream_is_valid() {
    assert!(check("").items.is_empty());
}

// [parse 4]
#[test]
fn any_bytes_are_a_valid_stream() {
    let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    assert!(check(all).items.is_empty());
}

// [parse 5]
#[test]
fn one_space_after_the_colon_is_removed() {
    assert_eq!(check("data:same\n\ndata: same\n\ndata:  same\n\n").data(), ["same", "same", " same"]);
    assert_eq!(check("data: \n\ndata:  \n\n").data(), ["", " "]);
    assert_eq!(check("event:  pad\ndata\nid:  x \n\n").types(), [" pad"]);
}

// [parse 5]
#[test]
fn a_tab_after_the_colon_is_text() {
    assert_eq!(check("data:\tx\ndata: \ty\n\n").data(), ["\tx\n\ty"]);
}

// [parse 5]
#[test]
fn spaces_at_the_end_of_a_value_are_text() {
    assert_eq!(check("data: end  \n\n").data(), ["end  "]);
}

// [parse 5]
#[test]
fn the_name_ends_at_the_first_colon() {
    let outcome = check("data: : a:b: \nid: x:y\n\ndata::\n\n");
    assert_eq!(outcome.data(), [": a:b: ", ":"]);
    assert_eq!(outcome.last_event_id, "x:y");
}

// [parse 5]
#[test]
fn a_line_without_a_colon_is_a_name_with_an_empty_value() {
    let outcome = check("id: r1\nevent: tick\ndata: body\nid\nevent\ndata\n\n");
    assert_eq!(outcome.data(), ["body\n"]);
    assert_eq!(outcome.types(), ["message"]);
    assert_eq!(outcome.ids(), [Some("")]);
}

// [parse 5]
#[test]
fn a_line_that_begins_with_a_colon_is_a_comment() {
    assert_eq!(check("data: a\n: note\n:data: b\n:\n::\ndata: c\n\n").data(), ["a\nc"]);
}

// [parse 6]
#[test]
fn names_are_compared_byte_by_byte() {
    for name in
        ["Data", "DATA", " data", "data ", "data\t", "data\0", "\0data", "dat", "datab", "database", "d"]
    {
        assert_eq!(check(format!("{name}: no\n{name}\ndata: yes\n\n")).data(), ["yes"], "{name:?}");
    }
}

// [parse 6]
#[test]
fn names_that_begin_like_a_field_are_unknown() {
    let input = "events: no\nevent : no\neven: no\nids: 1\ni: 1\nid : 1\nretries: 3\nretr: 3\nretry : 3\ndata: ok\n\n";
    let outcome = check(input);
    assert_eq!((outcome.types(), outcome.ids()), (vec!["message"], vec![None]));
    assert_eq!(outcome.reconnection_time, None);
}

// [parse 6]
#[test]
fn unknown_fields_are_ignored() {
    assert_eq!(check("colour: teal\nwords without colon\n : x\ndata: plum\nerror: {}\n\n").data(), ["plum"]);
}

// [parse 6]
#[test]
fn bytes_that_are_not_utf_8_make_a_name_unknown() {
    assert_eq!(check(b"dat\xFFa: no\n\xFFdata: no\ndata\xFF: no\ndata: yes\n\n").data(), ["yes"]);
}

// [parse 7]
#[test]
fn the_last_event_field_wins() {
    assert_eq!(check("event: first\nevent: second\ndata\n\n").types(), ["second"]);
}

// [parse 7]
#[test]
fn an_empty_event_field_resets_the_type() {
    assert_eq!(check("event: tick\nevent:\ndata\n\n").types(), ["message"]);
    assert_eq!(check("event\ndata\n\n").types(), ["message"]);
}

// [parse 7]
#[test]
fn the_type_may_follow_the_data() {
    assert_eq!(check("data: x\nid: 9\nevent: kind\n\n").types(), ["kind"]);
}

// [parse 7]
#[test]
fn a_type_may_contain_nul() {
    assert_eq!(check("event: a\0b\ndata\n\n").types(), ["a\0b"]);
}

// [parse 8]
#[test]
fn data_lines_are_joined_with_lf() {
    assert_eq!(check("data: ACME\ndata: +7\ndata: 42\n\n").data(), ["ACME\n+7\n42"]);
    assert_eq!(check("data\ndata\ndata:\n\n").data(), ["\n\n"]);
}

// [parse 8]
#[test]
fn data_may_contain_nul() {
    assert_eq!(check("data:\0\n\n").data(), ["\0"]);
}

// [parse 8]
#[test]
fn other_lines_may_separate_data_lines() {
    assert_eq!(check("data: a\nid: 1\n: c\nx\nretry: 1\ndata: b\nevent: e\ndata: c\n\n").data(), ["a\nb\nc"]);
}

// [parse 9]
#[test]
fn the_last_id_field_wins() {
    assert_eq!(check("id: 1\ndata\nid: 2\n\n").last_event_id, "2");
}

// [parse 9]
#[test]
fn an_empty_id_clears_the_last_event_id() {
    let outcome = check("id: 1\ndata: a\n\nid\ndata: b\n\nid:\ndata: c\n\n");
    assert_eq!(outcome.last_event_ids(), ["1", "", ""]);
    assert_eq!(outcome.ids(), [Some("1"), Some(""), Some("")]);
}

// [parse 9]
#[test]
fn an_id_that_contains_nul_is_ignored() {
    assert_eq!(check("id: 7\0\ndata\n\n").ids(), [None]);
    assert_eq!(check("id: \0\ndata\n\n").ids(), [None]);
    assert_eq!(check("id: 7\0\ndata: x\n\n").ids(), [None]);
    assert_eq!(
        check("id: 1\n\nevent: e\ndata: x\nid: 7\0\n\nid: 2\ndata: y\n\n").last_event_ids(),
        ["1", "2"]
    );
    assert_eq!(check("id: keep\nid: lo\0st\ndata\n\n").ids(), [Some("keep")]);
    assert_eq!(check("id: lo\0st\nid: later\ndata\n\n").ids(), [Some("later")]);
}

// [parse 10]
#[test]
fn retry_is_milliseconds() {
    assert_eq!(check("retry: 700\ndata\n\n").retry_millis(), Some(700));
    assert_eq!(check("retry:0700\ndata\n\n").retry_millis(), Some(700));
    assert_eq!(check("retry: 0\n").retry_millis(), Some(0));
    assert_eq!(check("data\n\n").retry_millis(), None);
}

#[test]
fn an_event_has_the_reconnection_time_of_its_own_block() {
    let body = b"retry: 5\n: comment\nretry: 7\nretry: soon\ndata: a\n\nretry: 8\n\ndata: b\n\ndata: c\nretry: 9\ndata: d\n\n";
    for cut in 1..=body.len() {
        let mut decoder = eventwire::Decoder::new();
        let mut found = Vec::new();
        for chunk in body.chunks(cut) {
            let mut events = decoder.feed(chunk);
            while let Some(event) = events.next_event().unwrap() {
                found.push((event.data().to_string(), event.retry().map(|time| time.as_millis())));
            }
        }
        let expected = [("a", Some(7)), ("b", None), ("c\nd", Some(9))];
        assert_eq!(found, expected.map(|(data, retry)| (data.to_string(), retry)), "{cut}");
    }
}

// [parse 10]
#[test]
fn retry_takes_effect_as_soon_as_its_line_is_read() {
    assert_eq!(check("retry: 700\n").retry_millis(), Some(700));
    assert_eq!(check("retry: 700\r").retry_millis(), Some(700));
    assert_eq!(check("retry: 700\nretry: 900").retry_millis(), Some(700));
}

// [parse 10]
#[test]
fn retry_with_anything_but_digits_is_ignored() {
    let values = ["", " ", "+7", "-5", " 5", "1.5", "1e3", "0x10", "1_0", "9 ", "100x", "x", "٣", "7\0"];
    for value in values {
        assert_eq!(check(format!("retry: 700\nretry: {value}\n\n")).retry_millis(), Some(700), "{value:?}");
    }
    assert_eq!(check("retry: 700\nretry\nretry:\n\n").retry_millis(), Some(700));
}

// [parse 10]
#[test]
fn retry_keeps_64_bits_and_saturates() {
    assert_eq!(check("retry: 4294967296\n").retry_millis(), Some(1 << 32));
    assert_eq!(check("retry: 18446744073709551615\n").retry_millis(), Some(u64::MAX.into()));
    assert_eq!(check("retry: 18446744073709551616\n").retry_millis(), Some(u64::MAX.into()));
    assert_eq!(check(format!("retry: 1{}\n", "0".repeat(80))).retry_millis(), Some(u64::MAX.into()));
    assert_eq!(check(format!("retry: {}7\n", "0".repeat(80))).retry_millis(), Some(7));
}
