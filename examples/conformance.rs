//! Exposes the decoder to an external test harness, which sends a line of JSON and gets a line of JSON back.
//!
//! A request is `{"streams":[["hex chunk", ..], ..]}`: the connections of one client, each with its chunks, which are
//! fed as they are. The reply is
//! `{"events":[{"event","data","id"},
//! ..],"last_event_id":"..","retry":null|milliseconds,"comments":[..],"offsets":[..]}`, where an offset is the number
//! of bytes of the connection fed when the event was returned, and `"errors"` is present if there were any.
//!
//! ```sh
//! echo '{"streams":[["646174613a20610a0a"]]}' | cargo run --release --example conformance
//! ```
//!
//! Events are read as frames, which include comments. With `--events` they are read as events, and comments are
//! left out.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use eventwire::{DecodeError, Decoder, EventRef, Frame};
use serde_json::{json, Value};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let only_events = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--events"] => true,
        _ => {
            eprintln!("usage: conformance [--events]");
            return ExitCode::from(2);
        }
    };
    match answer_all(only_events) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_all(only_events: bool) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let answer = answer(&serde_json::from_str(&line?)?, only_events)?;
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(question: &Value, only_events: bool) -> Result<Value, String> {
    let mut decoder = Decoder::new();
    let mut seen = Seen::default();
    for stream in list(&question["streams"])? {
        seen.fed = 0;
        for chunk in list(stream)? {
            let chunk = bytes(chunk)?;
            seen.fed += chunk.len();
            match only_events {
                true => feed(&mut decoder, &chunk, &mut seen),
                false => feed_frames(&mut decoder, &chunk, &mut seen),
            }
        }
        decoder.finish();
    }
    let mut answer = json!({
        "events": seen.events,
        "last_event_id": decoder.last_event_id(),
        "retry": decoder.reconnection_time().map(|time| time.as_millis() as u64),
        "offsets": seen.offsets,
    });
    if !only_events {
        answer["comments"] = seen.comments.into();
    }
    if !seen.errors.is_empty() {
        answer["errors"] = seen.errors.into();
    }
    Ok(answer)
}

fn feed(decoder: &mut Decoder, chunk: &[u8], seen: &mut Seen) {
    let mut feed = decoder.feed(chunk);
    loop {
        match feed.next_ref() {
            Ok(Some(event)) => seen.event(event),
            Ok(None) => return,
            Err(error) => seen.error(error),
        }
    }
}

fn feed_frames(decoder: &mut Decoder, chunk: &[u8], seen: &mut Seen) {
    let mut frames = decoder.feed_frames(chunk);
    loop {
        match frames.next_frame() {
            Ok(Some(Frame::Event(event))) => seen.event(event),
            Ok(Some(Frame::Comment(text))) => seen.comments.push(text.into()),
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => seen.error(error),
        }
    }
}

/// The results so far.
#[derive(Default)]
struct Seen {
    events: Vec<Value>,
    comments: Vec<Value>,
    offsets: Vec<Value>,
    errors: Vec<Value>,
    /// The bytes of this connection, including the current chunk.
    fed: usize,
}

impl Seen {
    fn event(&mut self, event: EventRef<'_>) {
        self.events.push(json!({
            "event": event.event_type(),
            "data": event.data(),
            "id": event.last_event_id(),
        }));
        self.offsets.push(self.fed.into());
    }

    fn error(&mut self, error: DecodeError) {
        self.errors.push(error.to_string().into());
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("expected a list, found {value}"))
}

fn bytes(chunk: &Value) -> Result<Vec<u8>, String> {
    let wrong = || format!("expected a chunk in hex, found {chunk}");
    let digits = chunk.as_str().ok_or_else(wrong)?.as_bytes();
    let digit = |digit: u8| (digit as char).to_digit(16).ok_or_else(wrong);
    match digits.len() % 2 {
        0 => digits.chunks(2).map(|pair| Ok((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect(),
        _ => Err(wrong()),
    }
}
