//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

pub(crate) const USAGE: &str =
    "usage: inspect [--json] [--full] [--chunk N] [--strict] [--max-event-size N] FILE
       inspect --help";

pub(crate) const HELP: &str = "\
Shows the contents of a recorded event stream (text/event-stream).

usage: inspect [options] FILE        (- reads standard input, as it arrives)

  --json              print each event as a line of JSON: event, data, id (the current last event ID)
  --full              do not shorten long strings and lines in the timeline
  --chunk N           feed the decoder in chunks of N bytes, at most 16 MiB; the result is the same
  --strict            reject events that are not valid UTF-8 instead of repairing them
  --max-event-size N  reject events larger than N bytes (16 MiB)
  --help              show this

Colour is used on a terminal only, and not when NO_COLOR is set.
The exit status is 1 if the input is no event stream or cannot be read, or if --json had to leave out an event.
";

/// 16 MiB: larger than any chunk of a real connection.
const LARGEST_CHUNK: usize = 16 * 1024 * 1024;

#[derive(Debug, PartialEq)]
pub(crate) enum Show {
    Stream(Arguments),
    Help,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) input: Input,
    pub(crate) json: bool,
    pub(crate) full: bool,
    pub(crate) strict: bool,
    pub(crate) chunk: Option<usize>,
    pub(crate) max_event_size: Option<usize>,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) enum Input {
    #[default]
    Standard,
    File(PathBuf),
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Show, String> {
    let mut rest = arguments.into_iter();
    let mut parsed = Arguments::default();
    let mut input = None;
    let mut only_files = false;
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy().into_owned();
        if only_files || text == "-" || !text.starts_with('-') {
            if input.replace(input_of(argument)).is_some() {
                return Err(format!("expected one file, found another: {text}"));
            }
            continue;
        }
        let (flag, value) = match text.split_once('=') {
            Some((flag, value)) => (flag, Some(OsString::from(value))),
            None => (&*text, None),
        };
        match (flag, value) {
            ("--", None) => only_files = true,
            ("--help" | "-h", None) => return Ok(Show::Help),
            ("--json", None) => parsed.json = true,
            ("--full", None) => parsed.full = true,
            ("--strict", None) => parsed.strict = true,
            ("--chunk", value) => {
                parsed.chunk = Some(number(flag, value.or_else(|| rest.next()), LARGEST_CHUNK)?);
            }
            ("--max-event-size", value) => {
                parsed.max_event_size = Some(number(flag, value.or_else(|| rest.next()), usize::MAX)?);
            }
            _ => return Err(format!("unknown option: {text}")),
        }
    }
    parsed.input = input.ok_or("expected a file, or - for standard input")?;
    Ok(Show::Stream(parsed))
}

fn input_of(argument: OsString) -> Input {
    match argument == OsStr::new("-") {
        true => Input::Standard,
        false => Input::File(argument.into()),
    }
}

fn number(flag: &str, value: Option<OsString>, largest: usize) -> Result<usize, String> {
    let found = value.ok_or_else(|| format!("expected a number after {flag}"))?;
    let found = found.to_string_lossy();
    match found.parse() {
        Ok(number) if (1..=largest).contains(&number) => Ok(number),
        _ if largest == usize::MAX => Err(format!("expected a number from 1 after {flag}, found {found}")),
        _ => Err(format!("expected a number from 1 to {largest} after {flag}, found {found}")),
    }
}
