//! Properties of all events: they are read back unchanged, and no text in them can forge anything.

mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use eventwire::{DataEncoder, Decoder, Encoded, Event, EventWriter, Head};
use proptest::collection::vec;
use proptest::prelude::*;
use support::streams::{stream, text};
use support::{Chunking, Got, Item, Outcome, Settings, Way};

/// Everything that a program can put into an event.
#[derive(Clone, Debug)]
struct Parts {
    data: Option<String>,
    event_type: String,
    id: Option<String>,
    retry: Option<Duration>,
}

fn parts() -> impl Strategy<Value = Parts> {
    let one_line = || text().prop_map(|text| text.replace(['\r', '\n'], ""));
    let id = one_line().prop_map(|id| id.replace('\0', ""));
    let retry =
        prop_oneof![Just(Duration::MAX), any::<u64>().prop_map(Duration::from_nanos), any::<Duration>()];
    let (data, id) = (proptest::option::weighted(0.9, text()), proptest::option::of(id));
    let event_type = prop_oneof![Just(String::new()), one_line()];
    (data, event_type, id, proptest::option::of(retry)).prop_map(|(data, event_type, id, retry)| Parts {
        data,
        event_type,
        id,
        retry,
    })
}

impl Parts {
    fn head(&self) -> Head {
        let mut head = Head::new().try_with_type(&self.event_type).unwrap();
        if let Some(id) = &self.id {
            head = head.try_with_id(id).unwrap();
        }
        if let Some(retry) = self.retry {
            head = head.with_retry(retry);
        }
        head
    }

    fn event(&self) -> Option<Event> {
        self.data.as_ref().map(|data| self.head().with_data(data))
    }

    /// The event, or the block without data.
    fn encoded(&self) -> Encoded {
        self.event().map_or_else(|| self.head().into(), Encoded::from)
    }

    /// Returns what a reader decodes it to.
    fn canonical(&self, last_event_id: &mut String) -> Vec<Item> {
        if let Some(id) = &self.id {
            last_event_id.clone_from(id);
        }
        let got = Got {
            event_type: if self.event_type.is_empty() { "message".into() } else { self.event_type.clone() },
            data: joined(self.data.as_deref().unwrap_or("")),
            id: self.id.clone(),
            last_event_id: last_event_id.clone(),
            retry: self.retry.map(whole_millis),
        };
        let retry = self.retry.map(|time| Item::Retry(whole_millis(time)));
        let block = match &self.data {
            Some(_) => Item::Event(got),
            None => Item::NoData(got),
        };
        retry.into_iter().chain([block]).collect()
    }
}

fn joined(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn whole_millis(time: Duration) -> Duration {
    let millis = (time.as_nanos() + 999_999) / 1_000_000;
    Duration::from_millis(millis.try_into().unwrap_or(u64::MAX))
}

/// Returns all frames of the bytes, read in one chunk and in small ones.
fn frames(bytes: &[u8]) -> Outcome {
    let read = |size| Way::Frames.read(&Settings::default(), &Chunking::Every(size), &[bytes]).remove(0);
    let (small, whole) = (read(5), read(bytes.len().max(1)));
    assert_eq!(small.items, whole.items);
    whole
}

/// Decodes the bytes and encodes the result.
fn proxied(bytes: &[u8], chunk: usize) -> Vec<u8> {
    let mut decoder = Decoder::new();
    let mut out = Vec::new();
    for chunk in bytes.chunks(chunk) {
        let mut frames = decoder.feed_frames(chunk);
        while let Some(frame) = frames.next_frame().unwrap() {
            frame.encode(&mut out);
        }
    }
    out
}

/// Anything that can be sent over one connection.
#[derive(Clone, Debug)]
enum Sent {
    Event(Parts),
    Encoded(Parts),
    /// The data in pieces that end at these bytes.
    InPieces(Parts, Vec<usize>),
    Comment(String),
    EncodedComment(String),
    Heartbeat,
    Retry(Duration),
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        3 => parts().prop_map(Sent::Event),
        1 => parts().prop_map(Sent::Encoded),
        2 => (parts(), vec(0..60_usize, 0..6)).prop_map(|(parts, at)| Sent::InPieces(parts, at)),
        1 => text().prop_map(Sent::Comment),
        1 => text().prop_map(Sent::EncodedComment),
        1 => Just(Sent::Heartbeat),
        1 => any::<Duration>().prop_map(Sent::Retry),
    ]
}

/// The pieces of a text that end at these bytes, wherever characters and line ends lie.
fn pieces<'t>(text: &'t str, at: &[usize]) -> Vec<&'t [u8]> {
    Chunking::At({
        let mut at = at.to_vec();
        at.sort_unstable();
        at
    })
    .pieces(text.as_bytes())
}

fn send(all: &[Sent]) -> Vec<u8> {
    let mut writer = EventWriter::new(Vec::new());
    for sent in all {
        match sent {
            Sent::Event(parts) => match parts.event() {
                Some(event) => writer.send(&event),
                None => writer.send_encoded(&parts.encoded()),
            },
            Sent::Encoded(parts) => writer.send_encoded(&parts.encoded()),
            Sent::InPieces(parts, at) => {
                let mut data = writer.begin_data(&parts.head()).unwrap();
                for piece in pieces(parts.data.as_deref().unwrap_or(""), at) {
                    data.write_all(piece).unwrap();
                }
                data.finish()
            }
            Sent::Comment(text) => writer.comment(text),
            Sent::EncodedComment(text) => writer.send_encoded(&Encoded::comment(text)),
            Sent::Heartbeat => writer.heartbeat(),
            Sent::Retry(time) => writer.retry(*time),
        }
        .unwrap();
    }
    writer.into_inner()
}

fn received(all: &[Sent]) -> Vec<Item> {
    let mut id = String::new();
    let lines = |text: &String| joined(text).split('\n').map(|line| Item::Comment(line.into())).collect();
    let each = |sent: &Sent| match sent {
        Sent::Event(parts) | Sent::Encoded(parts) => parts.canonical(&mut id),
        Sent::InPieces(parts, _) => {
            let data = Some(parts.data.clone().unwrap_or_default());
            Parts { data, ..parts.clone() }.canonical(&mut id)
        }
        Sent::Comment(text) | Sent::EncodedComment(text) => lines(text),
        Sent::Heartbeat => vec![Item::Comment(String::new())],
        Sent::Retry(time) => vec![Item::Retry(whole_millis(*time))],
    };
    let mut items: Vec<_> = all.iter().flat_map(each).collect();
    // A reconnection time that is sent alone belongs to the next block.
    let mut retry = None;
    for item in &mut items {
        match item {
            Item::Retry(time) => retry = Some(*time),
            Item::Event(got) | Item::NoData(got) => got.retry = retry.take(),
            _ => {}
        }
    }
    items
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_decoded_unchanged(parts in parts()) {
        let bytes = bytes::Bytes::from(parts.encoded());
        prop_assert_eq!(parts.event().map_or(parts.head().encoded_len(), |event| event.encoded_len()), bytes.len());
        prop_assert_eq!(frames(&bytes).items, parts.canonical(&mut String::new()));

        // A second round trip changes nothing.
        let mut decoder = Decoder::new();
        let mut feed = decoder.feed(&bytes);
        if let Some(again) = feed.next_event().unwrap() {
            let bytes = again.to_bytes();
            prop_assert_eq!(eventwire::events(&bytes).next().unwrap().unwrap(), again);
        }
    }

    #[test]
    fn exactly_the_sent_items_are_received(all in vec(sent(), 0..8)) {
        prop_assert_eq!(frames(&send(&all)).items, received(&all));
    }

    #[test]
    fn no_text_can_forge_a_field(name in text(), id in text(), data in text()) {
        let breaks = |text: &str| text.contains(['\r', '\n']);
        let event = Event::new(&data).try_with_type(&name);
        prop_assert_eq!(event.is_err(), breaks(&name));
        let event = event.unwrap_or_else(|_| Event::new(&data));
        let with_id = event.clone().try_with_id(&id);
        prop_assert_eq!(with_id.is_err(), breaks(&id) || id.contains('\0'));
        let bytes = with_id.unwrap_or(event).to_bytes();
        let outcome = frames(&bytes);
        prop_assert_eq!(outcome.items.len(), 1);
        prop_assert_eq!(outcome.data(), [joined(&data)]);
        prop_assert_eq!(outcome.reconnection_time, None);
    }

    #[test]
    fn data_in_pieces_is_the_same_as_data_at_once(parts in parts(), at in vec(0..60_usize, 0..8)) {
        let data = parts.data.clone().unwrap_or_default();
        let head = parts.head();
        let whole = head.clone().with_data(&*data).to_bytes();

        let mut buffer = b"before".to_vec();
        let mut encoder = DataEncoder::new(&mut buffer, &head);
        for piece in pieces(&data, &at) {
            encoder.write_bytes(piece).unwrap();
        }
        encoder.finish().unwrap();
        prop_assert_eq!(buffer.strip_prefix(b"before").unwrap(), &whole);

        let mut buffer = bytes::BytesMut::new();
        let mut encoder = DataEncoder::new(&mut buffer, &head);
        data.chars().try_for_each(|character| encoder.write_char(character)).unwrap();
        encoder.finish().unwrap();
        prop_assert_eq!(&buffer, &whole);

    }

    #[test]
    fn an_event_whose_data_is_not_utf_8_is_removed_from_the_buffer(
        data in vec(any::<u8>(), 0..20),
        at in vec(0..20_usize, 0..4),
    ) {
        let mut at = at;
        at.sort_unstable();
        let mut buffer = b"before".to_vec();
        let mut encoder = DataEncoder::new(&mut buffer, &Head::new());
        let mut failed = false;
        for piece in Chunking::At(at).pieces(&data) {
            failed |= encoder.write_bytes(piece).is_err();
        }
        failed |= encoder.finish().is_err();
        prop_assert_eq!(failed, std::str::from_utf8(&data).is_err());
        prop_assert_eq!(failed, buffer == b"before");
    }

    #[test]
    fn a_proxy_changes_no_byte_of_an_encoded_stream(all in vec(sent(), 0..8), chunk in 1..40_usize) {
        let bytes = send(&all);
        prop_assert_eq!(proxied(&bytes, chunk), bytes);
    }

    #[test]
    fn a_reader_behind_a_proxy_sees_the_same_events(input in stream(), chunk in 1..40_usize) {
        let proxied = frames(&proxied(&input, chunk));
        let shown = |items: &[Item]| -> Vec<Item> {
            let is_seen = |item: &&Item| match item {
                // A comment keeps a name that begins like a byte order mark away from the start of the stream.
                Item::Comment(text) => !text.is_empty(),
                _ => true,
            };
            items.iter().filter(is_seen).cloned().collect()
        };
        let direct = frames(&input);
        prop_assert_eq!(shown(&proxied.items), shown(&direct.items));
        prop_assert_eq!(proxied.last_event_id, direct.last_event_id);
        prop_assert_eq!(proxied.reconnection_time, direct.reconnection_time);
    }
}
