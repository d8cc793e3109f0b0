//! Data written in pieces becomes the same bytes as the whole data at once.

use std::fmt::Write as _;
use std::io::Write as _;

use bytes::BytesMut;
use eventwire::{DataEncoder, EventWriter, Head};

use super::drive::Settings;
use super::naive::Naive;
use super::steering::Steering;

/// The input determines the lengths of the pieces and the ways to write them, as for the decoder.
pub fn pieces(input: &[u8]) {
    let Some((steering, data)) = Steering::of(input) else { return };
    let data = match steering.is_strict() {
        true => data.repeat(40), // more than any buffer takes at once
        false => data.to_vec(),
    };
    let mut head = Head::new();
    if steering.leaks_guards() {
        head = head.with_type("type").with_id(7).with_retry(std::time::Duration::from_millis(3));
    }
    // The bytes of the event, or the offset at which its data is not UTF-8.
    let expected = match core::str::from_utf8(&data) {
        Ok(text) => Ok(head.clone().with_data(text).to_bytes().to_vec()),
        Err(error) => Err(error.valid_up_to() as u64),
    };
    encode_to_buffer(&head, steering, &data, &expected);
    write_to_writer(&head, steering, &data, &expected);
}

fn encode_to_buffer(head: &Head, steering: Steering, data: &[u8], expected: &Result<Vec<u8>, u64>) {
    let mut buffer = BytesMut::from(":\n");
    let mut encoder = DataEncoder::new(&mut buffer, head);
    let mut failed_at = None;
    for (number, piece) in steering.pieces(data).enumerate() {
        let is_ok = match core::str::from_utf8(piece) {
            Ok(text) if steering.way(number).is_other => encoder.write_str(text).is_ok(),
            _ if steering.way(number).of_bytes => encoder.write_all(piece).is_ok(),
            _ => {
                let written = encoder.write_bytes(piece);
                let at = written.err().map(|error| error.offset());
                assert!(failed_at.is_none() || failed_at == at, "once failed, always failed");
                failed_at = at;
                written.is_ok()
            }
        };
        assert!(is_ok || expected.is_err());
    }
    if steering.uses_bytes_decoder() {
        drop(encoder);
        assert_eq!(buffer, ":\n", "an event that is not finished is taken back");
        return;
    }
    match (encoder.finish(), expected) {
        (Ok(()), Ok(bytes)) => assert_eq!(&buffer[2..], bytes),
        (Err(error), Err(at)) => {
            assert_eq!(error.offset(), *at);
            assert!(failed_at.map_or(true, |failed_at| failed_at == *at));
            assert_eq!(buffer, ":\n", "an event that is not finished is taken back");
        }
        (found, expected) => panic!("found {found:?}, expected {expected:?}"),
    }
}

fn write_to_writer(head: &Head, steering: Steering, data: &[u8], expected: &Result<Vec<u8>, u64>) {
    let mut writer = EventWriter::new(Vec::new());
    let mut event = writer.begin_data(head).unwrap();
    let mut is_ok = true;
    for (number, piece) in steering.pieces(data).enumerate() {
        let written = event.write_all(piece);
        assert!(is_ok || written.is_err() || piece.is_empty(), "once failed, always failed");
        is_ok &= written.is_ok();
        if steering.way(number).is_other {
            event.flush().unwrap();
        }
    }
    match steering.uses_bytes_decoder() {
        true => drop(event),
        false => is_ok = event.finish().is_ok(),
    }
    let is_whole = !steering.uses_bytes_decoder() && expected.is_ok();
    if !steering.uses_bytes_decoder() {
        assert_eq!(is_ok, is_whole);
    }
    assert_eq!(writer.heartbeat().is_ok(), is_whole, "nothing can follow half an event");
    match expected {
        Ok(bytes) if is_whole => assert_eq!(writer.into_inner(), [bytes, &b":\n"[..]].concat()),
        _ => {
            let outcome = Naive::new(&Settings::default(), false).read(writer.get_ref());
            assert_eq!(outcome.items, [], "no reader takes half an event for an event");
        }
    }
}
