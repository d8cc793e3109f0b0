//! A reader gets exactly what a program has sent: nothing is lost or forged.

use std::time::Duration;

use bytes::BytesMut;
use eventwire::{Decoder, Encoded, Event, EventWriter, Frame, Head};

use super::drive::Settings;
use super::naive::Naive;
use super::outcome::{Got, Item};

/// The actions of a program, one for each part of the input; FF, which no text contains, ends a part.
///
/// The first byte of a part selects the action, the others are its argument.
pub fn encode(input: &[u8]) {
    let mut made = Made::default();
    let mut draft = Draft::default();
    for part in input.split(|byte| *byte == 0xFF) {
        let Some((what, with)) = part.split_first() else { continue };
        let text = String::from_utf8_lossy(with).into_owned();
        match what % 8 {
            0 => draft.data = Some(text),
            1 if holds(&text, "\r\n") => assert!(Event::new("").try_with_type(&text).is_err()),
            1 => draft.event_type = text,
            2 if holds(&text, "\r\n\0") => assert!(Event::new("").try_with_id(&text).is_err()),
            2 => draft.id = Some(text),
            3 => draft.retry = Some(duration(with)),
            4 => made.comment(&text),
            5 => made.heartbeat(),
            6 => made.retry(duration(with)),
            _ => made.event(std::mem::take(&mut draft)),
        }
    }
    made.event(draft);
    made.check();
}

/// A proxy reads the frames of any stream and writes them again: the next reader sees the same frames.
pub fn proxy(input: &[u8]) {
    let (mut decoder, mut written) = (Decoder::new(), Vec::new());
    let mut frames = decoder.feed_frames(input);
    let (mut expected, mut adds_comment) = (Vec::new(), false);
    while let Some(frame) = frames.next_frame().unwrap() {
        // A byte order mark in a name is kept out of the first line of the stream by a comment before it.
        if matches!(frame, Frame::Unknown { name, .. } if name.starts_with('\u{FEFF}')) {
            expected.push(Item::Comment(String::new()));
            adds_comment = true;
        }
        expected.push(Item::frame(frame));
        let before = written.len();
        frame.encode(&mut written);
        assert_eq!(Encoded::from(frame).as_bytes(), &written[before..]);
    }
    let outcome = Naive::new(&Settings::default(), true).read(&written);
    assert!(outcome.items == expected, "{}\n{:?}\n{expected:?}", written.escape_ascii(), outcome.items);
    if !adds_comment {
        assert_eq!(proxied(&written), written, "what was written once stays as it is");
    }
}

/// The parts of an event.
#[derive(Clone, Debug, Default)]
struct Draft {
    data: Option<String>,
    event_type: String,
    id: Option<String>,
    retry: Option<Duration>,
}

/// The stream so far, and the expected events.
struct Made {
    stream: Vec<u8>,
    writer: EventWriter<Vec<u8>>,
    expected: Vec<Item>,
    last_event_id: String,
    reconnection_time: Option<Duration>,
    /// Of the block that comes next.
    block_retry: Option<Duration>,
}

impl Default for Made {
    fn default() -> Self {
        Made {
            stream: Vec::new(),
            writer: EventWriter::new(Vec::new()),
            expected: Vec::new(),
            last_event_id: String::new(),
            reconnection_time: None,
            block_retry: None,
        }
    }
}

impl Made {
    fn event(&mut self, draft: Draft) {
        let mut head = Head::new().try_with_type(&draft.event_type).unwrap();
        if let Some(id) = &draft.id {
            head = head.try_with_id(id).unwrap();
        }
        if let Some(retry) = draft.retry {
            head = head.with_retry(retry);
            self.expect_retry(retry);
        }
        let event = draft.data.as_ref().map(|data| head.clone().with_data(data));
        if let Some(id) = &draft.id {
            self.last_event_id.clone_from(id);
        }
        let is_default = matches!(&*draft.event_type, "" | "message");
        let got = Got {
            event_type: if is_default { "message".into() } else { draft.event_type },
            data: draft.data.as_deref().map(one_line_end).unwrap_or_default(),
            id: draft.id,
            last_event_id: self.last_event_id.clone(),
            retry: self.block_retry.take(),
        };
        match draft.data {
            Some(_) => self.expected.push(Item::Event(got)),
            None => self.expected.push(Item::NoData(got)),
        }
        let before = self.stream.len();
        match &event {
            Some(event) => {
                event.encode(&mut self.stream);
                check_all_ways(event, &self.stream[before..]);
            }
            None => {
                head.encode(&mut self.stream);
                assert_eq!(head.to_bytes(), self.stream[before..]);
            }
        }
        match event {
            Some(event) if self.expected.len() % 2 == 0 => self.writer.send(&event).unwrap(),
            Some(event) => self.writer.send_encoded(&event.to_encoded()).unwrap(),
            None => self.writer.send_encoded(&head.to_encoded()).unwrap(),
        }
    }

    fn comment(&mut self, text: &str) {
        self.expected.extend(one_line_end(text).split('\n').map(|line| Item::Comment(line.into())));
        self.stream.extend_from_slice(Encoded::comment(text).as_bytes());
        self.writer.comment(text).unwrap();
    }

    fn heartbeat(&mut self) {
        self.expected.push(Item::Comment(String::new()));
        self.stream.extend_from_slice(Encoded::heartbeat().as_bytes());
        self.writer.heartbeat().unwrap();
    }

    fn retry(&mut self, retry: Duration) {
        self.expect_retry(retry);
        self.stream.extend_from_slice(Encoded::retry(retry).as_bytes());
        self.writer.retry(retry).unwrap();
    }

    fn expect_retry(&mut self, retry: Duration) {
        let millis = (retry.as_nanos() + 999_999) / 1_000_000;
        let retry = Duration::from_millis(millis.try_into().unwrap_or(u64::MAX));
        self.expected.push(Item::Retry(retry));
        self.reconnection_time = Some(retry);
        self.block_retry = Some(retry);
    }

    fn check(self) {
        assert_eq!(self.writer.into_inner(), self.stream);
        let outcome = Naive::new(&Settings::default(), true).read(&self.stream);
        assert!(
            outcome.items == self.expected,
            "\n  stream {}\n   found {:?}\nexpected {:?}\n",
            self.stream.escape_ascii(),
            outcome.items,
            self.expected
        );
        assert_eq!(outcome.ending, eventwire::Ending::Clean);
        assert_eq!(outcome.last_event_id, self.last_event_id);
        assert_eq!(outcome.reconnection_time, self.reconnection_time);
        assert!(proxied(&self.stream) == *self.stream);
    }
}

/// All ways to encode an event must give the same bytes.
fn check_all_ways(event: &Event, bytes: &[u8]) {
    assert_eq!(event.encoded_len(), bytes.len());
    assert_eq!(event.to_bytes(), bytes);
    assert_eq!(event.to_encoded().as_bytes(), bytes);
    let mut buffer = BytesMut::new();
    event.encode(&mut buffer);
    assert_eq!(buffer, bytes);
    let mut slice = vec![b'?'; bytes.len() + 1];
    assert_eq!(event.encode_to_slice(&mut slice[..bytes.len() - 1]), None);
    assert!(slice.iter().all(|byte| *byte == b'?'), "what does not fit is not begun");
    assert_eq!(event.encode_to_slice(&mut slice), Some(bytes.len()));
    assert_eq!(slice, [bytes, b"?"].concat());
}

/// The stream after a proxy that forwards all frames.
fn proxied(stream: &[u8]) -> Vec<u8> {
    let (mut decoder, mut written) = (Decoder::new(), Vec::new());
    let mut frames = decoder.feed_frames(stream);
    while let Some(frame) = frames.next_frame().unwrap() {
        let before = written.len();
        frame.encode(&mut written);
        if let Frame::Event(event) = frame {
            // A reconnection time is a frame of its own.
            if event.retry().is_none() {
                assert_eq!(event.encoded_len(), written.len() - before);
                assert_eq!(event.to_event().to_bytes(), written[before..]);
            }
        }
    }
    written
}

fn one_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn holds(text: &str, any: &str) -> bool {
    text.contains(|c| any.contains(c))
}

/// Eight bytes of seconds and four of nanoseconds, as far as they are there.
fn duration(bytes: &[u8]) -> Duration {
    let mut all = [0; 12];
    let len = bytes.len().min(all.len());
    all[..len].copy_from_slice(&bytes[..len]);
    let nanos = u32::from_le_bytes(all[..4].try_into().unwrap());
    let seconds = u64::from_le_bytes(all[4..].try_into().unwrap());
    Duration::new(seconds, nanos % 1_000_000_000)
}
