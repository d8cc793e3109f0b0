//! Bodies that pass through a gateway: unchanged by a tap, rewritten as the function says.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use eventwire::gateway::{Input, Outcome, Output, Rewrite, RewriteError, Tap, Tapped, Unseen};
use eventwire::{Encoded, Ending, Event, Frame, OwnedFrame};
use futures_core::Stream;
use http_body::Body;

use super::drive::Settings;
use super::naive::Naive;
use super::outcome::{Got, Item};
use super::steering::Steering;

/// The output bytes equal the input bytes, and all events are seen.
pub fn tap(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    let mut settings = Settings { strict: steering.is_strict(), ..steering.settings() };
    if steering.leaks_guards() {
        (settings.limit, settings.block) = steering.limits();
    }
    let expected = Naive::new(&settings, false).read(stream);
    let seen = Rc::new(RefCell::new((Vec::new(), None)));
    let writes = Rc::clone(&seen);
    let mut body = Tap::new(Pieces::of(steering, stream), move |tapped: Tapped<'_>| {
        let (items, summary) = &mut *writes.borrow_mut();
        match tapped {
            Tapped::Event(event) => items.push(Item::Event(Got::borrowed(event))),
            Tapped::End(last) => assert!(summary.replace(last).is_none(), "called once"),
            _ => unreachable!(),
        }
    })
    .with_decoder(settings.decoder());
    // Read to its end, or dropped after some pieces.
    let is_dropped = steering.drops_early();
    let most = if is_dropped { steering.takes(0).min(3) } else { usize::MAX };
    let passed = read(&mut body, most).unwrap();
    let is_at_end = passed.len() == stream.len() && body.is_end_stream();
    drop(body);
    assert_eq!(passed, stream[..passed.len()]);
    let (items, summary) = seen.take();
    let summary = summary.expect("an end");
    assert_eq!(summary.bytes, passed.len() as u64);
    assert_eq!(summary.events, items.len() as u64);
    if !is_at_end {
        assert!(is_dropped && summary.outcome == Outcome::Dropped);
        assert!(expected.items.starts_with(&items));
        return;
    }
    // It stops at the first error.
    let all = expected.items.iter().take_while(|item| matches!(item, Item::Event(_))).count();
    match summary.unseen {
        None if summary.outcome == Outcome::Whole => {
            assert_eq!((items, expected.ending), (expected.items, Ending::Clean));
        }
        None => {
            assert_eq!(summary.outcome, Outcome::Cut);
            assert!(expected.ending != Ending::Clean);
            // What the end cuts off may be an error for the reader.
            assert_eq!(items, expected.items[..all]);
        }
        Some(Unseen::Rejected(error)) => {
            assert_eq!(summary.outcome, Outcome::Whole);
            assert_eq!(items, expected.items[..all]);
            assert_eq!(Item::from(error), expected.items[all]);
        }
        Some(other) => panic!("{other:?}"),
    }
}

/// A function that keeps everything changes no byte; what another one writes decodes to the events it made;
/// and nothing depends on where the stream is cut.
pub fn rewrite(input: &[u8]) {
    let Some((steering, stream)) = Steering::of(input) else { return };
    let no_limits = Settings::limit(usize::MAX);
    let kept = rewrite_all(Pieces::of(steering, stream), &no_limits, keep);
    assert_eq!(kept, (stream.to_vec(), None), "{}", stream.escape_ascii());

    let (written, error) = rewrite_all(Pieces::of(steering, stream), &no_limits, map);
    assert_eq!(error, None);
    let whole = rewrite_all(Pieces::whole(stream), &no_limits, map);
    assert_eq!(written, whole.0, "{}", stream.escape_ascii());
    let found = Naive::new(&Settings::default(), true).read(&written).items;
    let expected = mapped(stream);
    // A byte order mark that has lost what stood before it is kept out of the first line by a comment.
    let is_said = |item: &Item| !matches!(item, Item::Comment(text) if text.is_empty());
    assert!(
        found.iter().filter(|item| is_said(item)).eq(expected.iter().filter(|item| is_said(item))),
        "\n   input {}\n written {}\n   found {found:?}\nexpected {expected:?}",
        stream.escape_ascii(),
        written.escape_ascii(),
    );

    // As a stream of whole lines, with others between the items.
    let lines = in_lines(steering, stream, &no_limits, map);
    let events = |stream: &[u8]| -> Vec<_> {
        Naive::new(&Settings::default(), false).read(stream).items.into_iter().map(sent).collect()
    };
    assert_eq!(
        events(&lines),
        events(&written),
        "\n  input {}\nwritten {}\n  lines {}",
        stream.escape_ascii(),
        written.escape_ascii(),
        lines.escape_ascii()
    );

    // What is sent for each kind of input, and at the end.
    let meddled = rewrite_all(Pieces::of(steering, stream), &no_limits, meddle);
    let whole = rewrite_all(Pieces::whole(stream), &no_limits, meddle);
    assert_eq!(meddled, whole, "{}", stream.escape_ascii());
    assert_eq!(
        events(&whole.0),
        meddled_events(stream),
        "\n  input {}\nwritten {}",
        stream.escape_ascii(),
        whole.0.escape_ascii()
    );

    // The same under limits: what is rejected, and what came before, is the same for every cut.
    let (limit, block) = steering.limits();
    let settings = Settings { limit, block, strict: steering.is_strict(), ..steering.settings() };
    assert_eq!(
        rewrite_all(Pieces::of(steering, stream), &settings, map),
        rewrite_all(Pieces::whole(stream), &settings, map),
        "{} with {settings:?}",
        stream.escape_ascii()
    );
}

type Written = (Vec<u8>, Option<RewriteError<Infallible>>);

/// The output as an `EventBody` sends it: a comment may come before each item.
fn in_lines(steering: Steering, stream: &[u8], settings: &Settings, function: Function) -> Vec<u8> {
    let body = Rewrite::new(Pieces::of(steering, stream), function).with_decoder(settings.decoder());
    let mut items = body.into_stream();
    let mut context = Context::from_waker(Waker::noop());
    let mut lines = Vec::new();
    loop {
        match Pin::new(&mut items).poll_next(&mut context) {
            Poll::Ready(None) => return lines,
            Poll::Ready(Some(item)) => lines.extend([b":\n", item.unwrap().as_bytes()].concat()),
            Poll::Pending => {}
        }
    }
}

type Function = fn(Input<'_, Infallible>, &mut Output<'_>);

fn rewrite_all(body: Pieces, settings: &Settings, function: Function) -> Written {
    let mut body = Rewrite::new(body, function).with_decoder(settings.decoder());
    let mut written = Vec::new();
    match read_into(&mut body, usize::MAX, &mut written) {
        Ok(()) => (written, None),
        Err(error) => (written, Some(error)),
    }
}

/// Half of it by doing nothing.
fn keep(input: Input<'_, Infallible>, output: &mut Output<'_>) {
    match input {
        Input::Frame(Frame::Event(event)) if event.data().len() % 2 == 0 => output.keep(),
        Input::Frame(Frame::Comment(text)) if text.len() % 2 == 0 => output.keep(),
        _ => {}
    }
}

/// The fate of an event depends on its data, that of a line on its length.
fn map(input: Input<'_, Infallible>, output: &mut Output<'_>) {
    let Input::Frame(frame) = input else {
        if let Input::End(Ending::InsideLine) = input {
            output.send(&Event::new("cut"));
        }
        return;
    };
    match frame {
        Frame::Event(event) => match choice(event.data()) {
            0 => output.remove(),
            1 => output.send_data(&mapped_data(event.data())),
            2 => {
                output.keep();
                output.keep();
                output.send(&Event::new("last").with_type("t").with_id("9"));
            }
            3 => output.send(&Event::new("instead")),
            4 => output.keep(),
            _ => {}
        },
        Frame::BlockWithoutData(_) => {}
        Frame::Comment(text) if text.len() % 2 == 1 => output.remove(),
        Frame::Retry(time) if time.as_millis() % 2 == 1 => output.remove(),
        _ => {}
    }
}

/// Sends, keeps and removes inputs of each kind, also inside a block, and adds an event at the end.
fn meddle(input: Input<'_, Infallible>, output: &mut Output<'_>) {
    let frame = match input {
        Input::Frame(frame) => frame,
        Input::End(_) => {
            output.keep();
            return output.send(&Event::new("end"));
        }
        _ => return,
    };
    match (frame, chosen(&OwnedFrame::from(frame))) {
        (_, 0) => {}
        (_, 1) => output.remove(),
        (Frame::Event(event), 2) => output.send_data(&mapped_data(event.data())),
        (_, 2) => output.send_data("data"),
        (_, 3) => {
            output.send(&Event::new("first").with_id("1"));
            output.keep();
        }
        _ => {
            output.keep();
            output.send_encoded(&Encoded::comment("said"));
            output.send(&Event::new("then").with_type("t"));
        }
    }
}

/// The slow twin of [`meddle`]: type, data and ID of the events.
fn meddled_events(stream: &[u8]) -> Vec<Sent> {
    let message =
        |data: &str, id: Option<&str>| ("message".to_owned(), data.to_owned(), id.map(str::to_owned));
    let mut events = Vec::new();
    for item in Naive::new(&Settings::default(), true).read(stream).items {
        let choice = match &item {
            Item::Event(got) => choice(&got.data) % 5,
            Item::NoData(got) => got.event_type.len() % 5,
            Item::Comment(text) => text.len() % 5,
            Item::Retry(time) => time.as_millis() as usize % 5,
            Item::Unknown(name, _) => name.len() % 5,
            Item::Error(_) => unreachable!("no limits"),
        };
        let kept = matches!(item, Item::Event(_)).then(|| sent(item));
        match (choice, kept) {
            (1, _) => {}
            (2, Some((event_type, data, id))) => events.push((event_type, mapped_data(&data), id)),
            (2, None) => events.push(message("data", None)),
            (0, kept) => events.extend(kept),
            (3, kept) => events.extend([message("first", Some("1"))].into_iter().chain(kept)),
            (_, kept) => {
                let then = ("t".to_owned(), "then".to_owned(), None);
                events.extend(kept.into_iter().chain([then]));
            }
        }
    }
    events.push(message("end", None));
    events
}

type Sent = (String, String, Option<String>);

fn sent(item: Item) -> Sent {
    match item {
        Item::Event(Got { event_type, data, id, .. }) => (event_type, data, id),
        other => panic!("{other:?}"),
    }
}

fn chosen(frame: &OwnedFrame) -> usize {
    let number = match frame {
        OwnedFrame::Event(event) => choice(event.data()),
        OwnedFrame::BlockWithoutData(head) => head.event_type().len(),
        OwnedFrame::Comment(text) => text.len(),
        OwnedFrame::Retry(time) => time.as_millis() as usize,
        OwnedFrame::Unknown { name, .. } => name.len(),
        _ => unreachable!(),
    };
    number % 5
}

fn choice(data: &str) -> usize {
    data.bytes().fold(data.len(), |sum, byte| sum + usize::from(byte)) % 6
}

fn mapped_data(data: &str) -> String {
    format!("{data}\n+")
}

/// The slow twin of [`map`].
fn mapped(stream: &[u8]) -> Vec<Item> {
    let read = Naive::new(&Settings::default(), true).read(stream);
    let mut items = Vec::new();
    let mut last_event_id = String::new();
    for item in read.items {
        match item {
            Item::Event(mut got) => {
                let choice = choice(&got.data);
                if choice == 1 {
                    got.data = mapped_data(&got.data);
                }
                if choice == 0 {
                    continue;
                }
                if choice == 3 {
                    items.push(plain("instead", last_event_id.clone()));
                    continue;
                }
                if let Some(id) = &got.id {
                    last_event_id.clone_from(id);
                }
                got.last_event_id.clone_from(&last_event_id);
                items.push(Item::Event(got));
                if choice == 2 {
                    last_event_id = "9".into();
                    items.push(Item::Event(Got {
                        event_type: "t".into(),
                        data: "last".into(),
                        id: Some("9".into()),
                        last_event_id: "9".into(),
                        retry: None,
                    }));
                }
            }
            Item::NoData(mut got) => {
                if let Some(id) = &got.id {
                    last_event_id.clone_from(id);
                }
                got.last_event_id.clone_from(&last_event_id);
                items.push(Item::NoData(got));
            }
            Item::Comment(text) if text.len() % 2 == 1 => {}
            Item::Retry(time) if time.as_millis() % 2 == 1 => {}
            other => items.push(other),
        }
    }
    if read.ending == Ending::InsideLine {
        items.push(plain("cut", last_event_id));
    }
    // A reconnection time is one of the block that it is written into.
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

fn plain(data: &str, last_event_id: String) -> Item {
    Item::Event(Got { event_type: "message".into(), data: data.into(), id: None, last_event_id, retry: None })
}

/// A body in pieces.
struct Pieces {
    pieces: VecDeque<Bytes>,
    /// How often it is pending before each piece.
    waits: u8,
    waited: u8,
}

impl Pieces {
    fn of(steering: Steering, stream: &[u8]) -> Self {
        Pieces {
            pieces: steering.pieces(stream).map(Bytes::copy_from_slice).collect(),
            waits: steering.waits(),
            waited: 0,
        }
    }

    fn whole(stream: &[u8]) -> Self {
        Pieces { pieces: [Bytes::copy_from_slice(stream)].into(), waits: 0, waited: 0 }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        if self.waited < self.waits {
            self.waited += 1;
            return Poll::Pending;
        }
        self.waited = 0;
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(http_body::Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// This many frames, joined.
fn read<B>(body: &mut B, most: usize) -> Result<Vec<u8>, B::Error>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut bytes = Vec::new();
    read_into(body, most, &mut bytes)?;
    Ok(bytes)
}

fn read_into<B>(body: &mut B, most: usize, bytes: &mut Vec<u8>) -> Result<(), B::Error>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut left = most;
    while left > 0 {
        match Pin::new(&mut *body).poll_frame(&mut context) {
            Poll::Ready(None) => break,
            Poll::Ready(Some(frame)) => bytes.extend(frame?.into_data().expect("no trailers")),
            // Between pieces, and once before an error.
            Poll::Pending => continue,
        }
        left -= 1;
    }
    Ok(())
}
