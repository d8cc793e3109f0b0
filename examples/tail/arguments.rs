//! The command line.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::http_client;

pub(crate) const USAGE: &str = "usage: tail [options] URL
       tail --help";

pub(crate) const HELP: &str = "\
Follows an event stream (text/event-stream): shows its events and the changes of the connection.

usage: tail [options] URL

  -X METHOD           the method (default: GET, or POST with -d)
  -H 'NAME: VALUE'    a header of the request; may be repeated
  -d BODY             the body of the request; JSON unless a Content-Type header is given
  --last-event-id ID  resume after this event
  --until TYPE|DATA   end with the first event of this type, or with exactly this data
  --max-events N      end after N events
  --json              print each event as a line of JSON: event, data, id (the current last event ID);
                      everything else goes to standard error
  --full              do not shorten long strings and lines in the timeline
  --once              do not reconnect when the connection ends
  --reconnect         reconnect with a POST too; by default it is sent only once
  --max-wait SECONDS  the longest wait before a reconnect, whatever the server asks for
  --idle SECONDS      reconnect after this long without data
  --help              show this

Ctrl-C ends it with a summary. Colour is used on a terminal only, unless NO_COLOR is set.
The exit status is 1 if the stream failed, or ended before the event of --until.
";

#[derive(Debug)]
pub(crate) enum Asked {
    Follow(Box<Arguments>),
    Help,
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) url: Url,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<String>,
    pub(crate) last_event_id: Option<String>,
    /// The event type or the data that ends it.
    pub(crate) until: Option<String>,
    pub(crate) max_events: Option<u64>,
    pub(crate) max_wait: Option<Duration>,
    pub(crate) idle: Option<Duration>,
    pub(crate) flags: Flags,
}

#[derive(Debug, Default)]
pub(crate) struct Flags {
    pub(crate) json: bool,
    pub(crate) full: bool,
    pub(crate) once: bool,
    pub(crate) reconnect: bool,
}

impl Arguments {
    /// Whether it ends with the first connection: a request that may have an effect is not repeated by default.
    pub(crate) fn is_one_shot(&self) -> bool {
        self.flags.once || !(self.flags.reconnect || self.method.is_safe())
    }
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut rest = arguments.into_iter().map(|argument| {
        argument.into_string().map_err(|found| format!("expected UTF-8, found {}", found.to_string_lossy()))
    });
    let mut headers = HeaderMap::new();
    let mut flags = Flags::default();
    let (mut url, mut method, mut body) = (None, None, None);
    let (mut last_event_id, mut until) = (None, None);
    let (mut max_events, mut max_wait, mut idle) = (None, None, None);
    while let Some(argument) = rest.next() {
        let argument = argument?;
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (&*argument, None),
        };
        match (flag, &value) {
            ("--help" | "-h", None) => return Ok(Asked::Help),
            ("--json", None) => flags.json = true,
            ("--full", None) => flags.full = true,
            ("--once", None) => flags.once = true,
            ("--reconnect", None) => flags.reconnect = true,
            _ if !flag.starts_with('-') => set(&mut url, "URL", http_client::arguments::url(&argument)?)?,
            (known, _) if WITH_VALUE.contains(&known) => {
                let value = match value {
                    Some(value) => value,
                    None => rest.next().ok_or_else(|| format!("expected a value after {flag}"))??,
                };
                match flag {
                    "-X" => set(&mut method, flag, method_of(&value)?)?,
                    "-H" => {
                        let (name, value) = http_client::arguments::header(&value)?;
                        headers.append(name, value);
                    }
                    "-d" => set(&mut body, flag, value)?,
                    "--last-event-id" => set(&mut last_event_id, flag, value)?,
                    "--until" => set(&mut until, flag, value)?,
                    "--max-events" => set(&mut max_events, flag, number(flag, &value, 1..=u64::MAX)?)?,
                    "--max-wait" => set(&mut max_wait, flag, seconds(flag, &value)?)?,
                    _ => set(&mut idle, flag, seconds(flag, &value)?)?,
                }
            }
            _ => return Err(format!("unknown option: {argument}")),
        }
    }
    if flags.once && flags.reconnect {
        return Err("expected --once or --reconnect, found both".to_owned());
    }
    let url = url.ok_or("expected a URL")?;
    let method = method.unwrap_or(if body.is_some() { Method::POST } else { Method::GET });
    let arguments =
        Arguments { url, method, headers, body, last_event_id, until, max_events, max_wait, idle, flags };
    Ok(Asked::Follow(Box::new(arguments)))
}

const WITH_VALUE: [&str; 8] =
    ["-X", "-H", "-d", "--last-event-id", "--until", "--max-events", "--max-wait", "--idle"];

fn set<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("expected one {name}, found another")),
    }
}

fn method_of(name: &str) -> Result<Method, String> {
    Method::from_bytes(name.as_bytes()).map_err(|_| format!("expected a method after -X, found {name}"))
}

fn seconds(flag: &str, value: &str) -> Result<Duration, String> {
    number(flag, value, 0.001..=1e6).map(Duration::from_secs_f64)
}

fn number<T>(flag: &str, value: &str, range: RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + std::fmt::Display,
{
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!(
            "expected a number from {} to {} after {flag}, found {value}",
            range.start(),
            range.end()
        )),
    }
}
