//! The examples do what their first lines promise.
//!
//! `UPDATE_TIMELINES=1 cargo test --test examples` rewrites the stored timelines, for a look at the
//! difference.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[path = "support/built.rs"]
mod built;

use built::example;
use serde_json::{json, Value};

#[test]
fn inspect_prints_the_events_of_every_sample_as_json_however_it_is_fed() {
    for sample in samples() {
        let expected = fs::read_to_string(sample.with_extension("expected.jsonl")).unwrap();
        for chunk in ["1", "7", "4096", "65536", "16777216"] {
            let output = inspect(&["--json", "--chunk", chunk, name(&sample)]);
            assert_eq!(text(&output.stdout), expected, "{} in pieces of {chunk}", sample.display());
            assert_eq!(text(&output.stderr), "");
            assert!(output.status.success());
        }
    }
}

#[test]
fn inspect_shows_the_stored_timeline_of_every_sample_however_it_is_fed() {
    for sample in samples() {
        let stored = sample.with_extension("timeline.txt");
        if std::env::var_os("UPDATE_TIMELINES").is_some() {
            fs::write(&stored, inspect(&[name(&sample)]).stdout).unwrap();
        }
        let expected = fs::read_to_string(&stored).unwrap();
        for chunk in ["1", "7", "4096"] {
            let output = inspect(&["--chunk", chunk, name(&sample)]);
            assert_eq!(text(&output.stdout), expected, "{} in pieces of {chunk}", sample.display());
            assert_eq!(text(&output.stderr), "");
        }
    }
}

#[test]
fn inspect_prints_the_expected_events_of_every_recorded_body() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        println!("NOT RUN: the recorded bodies are absent, they were looked for in {}", corpus.display());
        return;
    }
    let bodies = streams_in(&corpus);
    assert!(!bodies.is_empty());
    for body in bodies {
        let expected = fs::read_to_string(body.with_extension("expected.jsonl")).unwrap();
        for chunk in ["65536", "7"] {
            let output = inspect(&["--json", "--chunk", chunk, body.to_str().unwrap()]);
            assert_eq!(parsed(text(&output.stdout)), parsed(&expected), "{}", body.display());
        }
        let timeline = inspect(&[body.to_str().unwrap()]);
        // One of them is JSON despite its media type: not an event stream, and so a failure.
        let is_json = body.to_str().unwrap().contains("not-sse");
        assert_eq!(timeline.status.success(), !is_json, "{}", body.display());
        assert!(text(&timeline.stdout).contains("\n     ended  "));
    }
}

#[test]
fn inspect_continues_after_a_rejected_event_and_reports_its_offset() {
    let stream = b"data: a\n\ndata: much too long\ndata: x\n\n: c\n\ndata: b\xff\n\ndata: d\n\n";
    for chunk in ["1", "7", "4096"] {
        let flags = ["--max-event-size=8", "--strict", "--chunk", chunk, "-"];
        let timeline = fed(&flags, stream);
        assert!(timeline.status.success());
        let shown = text(&timeline.stdout).to_owned();
        let rows = [
            "         0  ● 1      message                     1 B",
            "         9  ✗        given up              event exceeds the limit of 8 bytes at byte 23, in the event starting at byte 9",
            "        43  ✗        given up              invalid UTF-8 at byte 50, in the event starting at byte 43",
            "        53  ● 2      message                     1 B",
            "  given up        2",
            "     ended  clean, after a blank line",
        ];
        for row in rows {
            assert!(shown.contains(row), "{row:?} in pieces of {chunk}:\n{shown}");
        }

        let lines = fed(&[&["--json"][..], &flags].concat(), stream);
        assert_eq!(lines.status.code(), Some(1), "events were left out");
        assert_eq!(parsed(text(&lines.stdout)).len(), 2);
        assert_eq!(text(&lines.stderr).lines().count(), 2);
    }
}

#[test]
fn inspect_shows_an_event_of_standard_input_before_the_next_one_arrives() {
    let mut child = Command::new(example("inspect"))
        .args(["--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in 0..3 {
        write!(stdin, "id: {number}\ndata: tick\n\n").unwrap();
        stdin.flush().unwrap();
        let line = lines.next().unwrap().unwrap();
        assert_eq!(line, format!("{{\"event\": \"message\", \"data\": \"tick\", \"id\": \"{number}\"}}"));
    }
    drop(stdin);
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn inspect_ends_quietly_when_its_output_is_closed() {
    let mut child = Command::new(example("inspect"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // It may exit before everything is written.
    let _ = child.stdin.take().unwrap().write_all(&b"data: a\n\n".repeat(100_000));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert!(child.wait().unwrap().success());
}

#[test]
fn inspect_never_sends_controls_of_the_stream_to_the_terminal() {
    let output =
        fed(&["-"], "event: \x1b[2J\nid: \x07\ndata: \x1b]0;title\x07 \u{9b}31m \u{202e}\n\n".as_bytes());
    let shown = text(&output.stdout);
    assert!(!shown.chars().any(|char| char.is_control() && char != '\n'), "{shown:?}");
    assert!(shown.contains("␛]0;title␇ \\u009b31m \\u202e"), "{shown}");
}

#[test]
fn inspect_shortens_long_data_unless_full_is_given() {
    let stream = format!("data: {{\"png\": \"{}\"}}\n\n", "A".repeat(5_000));
    let short = fed(&["-"], stream.as_bytes());
    assert!(text(&short.stdout).contains("AAA… (+4,002 B)"), "{}", text(&short.stdout));
    let full = fed(&["--full", "-"], stream.as_bytes());
    assert!(text(&full.stdout).contains(&"A".repeat(5_000)));
}

#[test]
fn inspect_keeps_numbers_order_and_escapes_of_json() {
    let data = r#"{"z":1.10,"a":123456789012345678901234567890,"z":1e999,"e":"\u00e9\/\"","o":{},"l":[ ]}"#;
    let output = fed(&["-"], format!("data: {data}\n\n").as_bytes());
    let laid_out: String = text(&output.stdout)
        .lines()
        .filter_map(|line| line.split_once("│"))
        .map(|(_, json)| json.trim())
        .collect();
    assert_eq!(laid_out.replace(' ', ""), data.replace(' ', ""));
}

#[test]
fn inspect_does_not_lay_out_json_that_is_too_deep() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let output = fed(&["-"], format!("data: {deep}\n\n").as_bytes());
    assert!(output.status.success());
    assert!(output.stdout.len() < 10_000);
}

#[test]
fn inspect_reports_a_file_that_cannot_be_read() {
    let missing = inspect(&["no-such-file.sse"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(text(&missing.stderr), "inspect: cannot read no-such-file.sse: there is no such file\n");
    assert_eq!(text(&missing.stdout), "");

    let directory = inspect(&["--json", "."]);
    assert_eq!(directory.status.code(), Some(1));
    assert_eq!(text(&directory.stderr), "inspect: cannot read .: it is a directory\n");
}

#[test]
fn inspect_fails_on_input_that_is_not_an_event_stream() {
    let said = "inspect: expected an event stream, found nothing that belongs into one\n";
    for input in [
        "root:x:0:0:root:/root:/bin/bash\n",
        "{\"error\": \"quota\"}\n\n",
        "<!doctype html>\n<p>data: no</p>\n",
    ] {
        for arguments in [&["-"][..], &["--json", "-"]] {
            let output = fed(arguments, input.as_bytes());
            assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), said), "{input}");
        }
    }
    for input in
        ["", "\n", ": comment\n", "other: field\ndata: pending", "retry: 7\n", "other: field\nid: 7\n\n"]
    {
        for arguments in [&["-"][..], &["--json", "-"]] {
            let output = fed(arguments, input.as_bytes());
            assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{input}");
        }
    }
}

#[test]
fn inspect_reports_wrong_arguments() {
    let wrong: [(&[&str], &str); 8] = [
        (&[], "expected a file, or - for standard input"),
        (&["chat.sse", "rough.sse"], "expected one file, found another: rough.sse"),
        (&["--jsno", "chat.sse"], "unknown option: --jsno"),
        (&["--json=yes", "chat.sse"], "unknown option: --json=yes"),
        (&["chat.sse", "--chunk"], "expected a number after --chunk"),
        (&["--chunk", "0", "chat.sse"], "expected a number from 1 to 16777216 after --chunk, found 0"),
        (&["--chunk=-1", "chat.sse"], "expected a number from 1 to 16777216 after --chunk, found -1"),
        (&["--max-event-size", "x", "chat.sse"], "expected a number from 1 after --max-event-size, found x"),
    ];
    for (arguments, words) in wrong {
        let output = inspect(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stderr).lines().next(), Some(&*format!("inspect: {words}")));
        assert!(text(&output.stderr).contains("usage: inspect"));
    }
    let help = inspect(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("--chunk N"));
}

#[test]
fn conformance_gives_the_same_answer_by_frames_and_by_events() {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let streams = |streams: &[&[&str]]| {
        let streams: Vec<Vec<String>> =
            streams.iter().map(|chunks| chunks.iter().map(|chunk| hex(chunk)).collect()).collect();
        json!({ "streams": streams })
    };
    let event = |data: &str, id: &str| json!({ "event": "message", "data": data, "id": id });
    let questions = [
        (
            streams(&[&["data: a\n", "", "\n"]]),
            json!({ "events": [event("a", "")], "last_event_id": "", "retry": null, "comments": [], "offsets": [9] }),
        ),
        (
            streams(&[&["retry: 10\nid: 7\ndata: a\n\ndata: cut"], &["\u{feff}: c\ndata: b\n\n"]]),
            json!({
                "events": [event("a", "7"), event("b", "7")],
                "last_event_id": "7", "retry": 10, "comments": [" c"], "offsets": [34, 16],
            }),
        ),
        (
            streams(&[]),
            json!({ "events": [], "last_event_id": "", "retry": null, "comments": [], "offsets": [] }),
        ),
    ];
    for flags in [&[][..], &["--events"]] {
        let asked: String = questions.iter().map(|(question, _)| format!("{question}\n")).collect();
        let answers = run(Command::new(example("conformance")).args(flags), asked.as_bytes());
        let answers = parsed(text(&answers.stdout));
        assert_eq!(answers.len(), questions.len());
        for (answer, (_, expected)) in answers.iter().zip(&questions) {
            let mut expected = expected.clone();
            if !flags.is_empty() {
                expected.as_object_mut().unwrap().remove("comments");
            }
            assert_eq!(answer, &expected);
        }
    }
}

#[test]
fn conformance_rejects_invalid_requests() {
    for wrong in
        ["{}", "{\"streams\":[[\"6\"]]}", "{\"streams\":[[\"+f\"]]}", "{\"streams\":[[\"é\"]]}", "nothing"]
    {
        let output = run(&mut Command::new(example("conformance")), wrong.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        assert!(text(&output.stderr).starts_with("conformance: "), "{wrong}");
    }
}

/// Runs `inspect` in the folder of the samples, so that the timelines name them without a folder.
fn inspect(arguments: &[&str]) -> Output {
    fed(arguments, b"")
}

fn fed(arguments: &[&str], input: &[u8]) -> Output {
    run(Command::new(example("inspect")).args(arguments).current_dir(samples_dir()), input)
}

fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program that rejects its arguments exits before it reads anything.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

fn samples_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/samples")
}

fn samples() -> Vec<PathBuf> {
    let samples = streams_in(&samples_dir());
    assert_eq!(samples.len(), 6);
    samples
}

fn streams_in(folder: &Path) -> Vec<PathBuf> {
    let mut streams: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sse"))
        .collect();
    streams.sort();
    streams
}

fn name(sample: &Path) -> &str {
    sample.file_name().unwrap().to_str().unwrap()
}

fn text(output: &[u8]) -> &str {
    std::str::from_utf8(output).unwrap()
}

fn parsed(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
