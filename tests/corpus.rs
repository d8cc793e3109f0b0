//! Recorded bodies of real services, kept outside the repository, decode to their expected events with any chunking.

use std::fs;
use std::path::{Path, PathBuf};

use eventwire::{events, Decoder, EventReader};
use serde_json::Value;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// Type, data and last event ID.
type Row = (String, String, String);

#[test]
fn every_recorded_body_decodes_to_its_expected_events_in_every_chunking() {
    let bodies = bodies();
    for body in &bodies {
        let bytes = fs::read(body).unwrap();
        let expected = expected(&body.with_extension("expected.jsonl"));
        for size in [bytes.len().max(1), 1, 7, 64, 1_400] {
            assert!(decoded(&bytes, size) == expected, "{} in chunks of {size}", body.display());
        }
        let data = |row: &Row| (row.0.clone(), row.1.clone());
        let expected: Vec<_> = expected.iter().map(data).collect();
        let owned = |event: eventwire::Event| (event.event_type().to_string(), event.data().to_owned());
        let of_body: Vec<_> = events(&bytes).map(|event| owned(event.unwrap())).collect();
        assert!(of_body == expected, "{} as a body", body.display());
        let of_file: Vec<_> = EventReader::new(&bytes[..]).map(|event| owned(event.unwrap())).collect();
        assert!(of_file == expected, "{} as a file", body.display());
    }
    eprintln!("{} recorded bodies", bodies.len());
}

fn bodies() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(CORPUS) else {
        eprintln!("NOTHING WAS TESTED: the recorded bodies are not at {CORPUS}");
        return Vec::new();
    };
    let mut bodies: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    bodies.retain(|path| path.extension().is_some_and(|extension| extension == "sse"));
    bodies.sort();
    assert!(!bodies.is_empty(), "no recorded body in {CORPUS}");
    bodies
}

fn expected(path: &Path) -> Vec<Row> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |line| {
        let row: Value = serde_json::from_str(line).unwrap();
        (text(&row["event"]), text(&row["data"]), text(&row["id"]))
    };
    fs::read_to_string(path).unwrap().lines().map(row).collect()
}

fn decoded(bytes: &[u8], size: usize) -> Vec<Row> {
    let mut decoder = Decoder::new();
    let mut rows = Vec::new();
    for chunk in bytes.chunks(size) {
        let mut feed = decoder.feed(chunk);
        while let Some(event) = feed.next_ref().unwrap() {
            rows.push((event.event_type().into(), event.data().into(), event.last_event_id().into()));
        }
    }
    rows
}
