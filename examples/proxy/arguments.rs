//! What the command line asks for.

use std::time::Duration;

use hyper::Uri;

pub(crate) const HELP: &str = "\
Hands event streams on, frame by frame, and keeps them open when the server behind is silent.

usage: proxy [options] UPSTREAM_URL

  --listen ADDR        where to listen (127.0.0.1:3001); port 0 takes a free one and prints it
  --heartbeat SECONDS  after how much silence a comment is sent (15)
  --help               show this

The path of a request stands behind the path of UPSTREAM_URL.
";

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) upstream: Uri,
    pub(crate) listen: String,
    pub(crate) heartbeat: Duration,
}

/// Reads the arguments that follow the name of the program; none when help is asked for.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut rest = arguments.into_iter();
    let mut upstream = None;
    let mut listen = "127.0.0.1:3001".to_owned();
    let mut heartbeat = 15.0;
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("expected a value after {argument}"));
        match &*argument {
            "--help" | "-h" => return Ok(None),
            "--listen" => listen = value()?,
            "--heartbeat" => heartbeat = seconds(&value()?)?,
            flag if flag.starts_with('-') => return Err(format!("unknown option: {flag}")),
            url => upstream = Some(parsed(url)?),
        }
    }
    let upstream = upstream.ok_or("expected the URL of a server")?;
    Ok(Some(Arguments { upstream, listen, heartbeat: Duration::from_secs_f64(heartbeat) }))
}

fn seconds(value: &str) -> Result<f64, String> {
    match value.parse() {
        Ok(seconds) if (0.001..=1e6).contains(&seconds) => Ok(seconds),
        _ => Err(format!("expected seconds from 0.001 to 1000000 after --heartbeat, found {value}")),
    }
}

fn parsed(url: &str) -> Result<Uri, String> {
    match url.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") && uri.authority().is_some() => Ok(uri),
        _ => Err(format!("expected http://HOST:PORT/PATH, found {url}")),
    }
}
