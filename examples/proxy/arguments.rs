//! The command line.

use std::time::Duration;

use hyper::Uri;

pub(crate) const HELP: &str = "\
Forwards event streams frame by frame, and keeps them open while the upstream server is silent.

usage: proxy [options] UPSTREAM_URL

  --listen ADDR        the address to listen on (127.0.0.1:3001); port 0 picks a free one and prints it
  --heartbeat SECONDS  silence after which a comment is sent (15)
  --help               show this

The path of a request is appended to the path of UPSTREAM_URL.
";

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) upstream: Uri,
    pub(crate) listen: String,
    pub(crate) heartbeat: Duration,
}

/// Parses the arguments after the program's name; `None` for `--help`.
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
