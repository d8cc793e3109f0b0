//! What the command line asks for.

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
Follows an event stream (text/event-stream): shows what comes, and what becomes of the connection.

usage: tail [options] URL

  -X METHOD           the method (GET, or POST with -d)
  -H 'NAME: VALUE'    a header of the request; for several of them, several times
  -d BODY             the body of the request, JSON unless a header says otherwise
  --last-event-id ID  go on behind this event
  --until TYPE|DATA   end with the first event of this type, or with exactly this data
  --max-events N      end after N events
  --json              print each event as one line of JSON: event, data, id (the last event ID in force);
                      what is no event is told on standard error
  --full              do not shorten long strings and lines in the timeline
  --once              do not come back: the end of the connection is the end
  --reconnect         come back with a POST too, which is sent only once otherwise
  --max-wait SECONDS  come back after so long at most, whatever the server says
  --idle SECONDS      take a connection for lost on which nothing comes for so long
  --help              show this

Ctrl-C ends it with a summary. Colour is used on a terminal only, and not when NO_COLOR is set.
The status is 1 when the stream was given up, or ended before the event of --until.
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
    /// A type, or data.
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
    /// Whether the end of the first connection is the end: what may have an effect is not sent again by itself.
    pub(crate) fn is_one_shot(&self) -> bool {
        self.flags.once || !(self.flags.reconnect || self.method.is_safe())
    }
}

/// Reads the arguments that follow the name of the program.
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
