//! The command line.

use std::time::Duration;

pub(crate) const HELP: &str = "\
A pet shop that streams its updates. Open its address in a browser.

usage: petstore [options]

  --listen ADDR        the address to listen on (127.0.0.1:3000); port 0 picks a free one and prints it
  --pace N             changes of the inventory per second (2); 0 for none
  --history N          events of each feed kept for clients that reconnect (1000)
  --redis URL          share the feeds with other processes over Redis (needs the feature redis)
  --heartbeat SECONDS  silence after which a comment is sent (15)
  --help               show this
";

#[derive(Debug)]
pub(crate) enum Asked {
    Serve(Arguments),
    Help,
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) listen: String,
    /// Changes of the inventory per second.
    pub(crate) pace: f64,
    /// Events kept of each feed.
    pub(crate) history: usize,
    pub(crate) heartbeat: Duration,
    /// The URL of the Redis server that holds the shared feeds.
    pub(crate) redis: Option<String>,
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Asked, String> {
    let mut rest = arguments.into_iter();
    let mut parsed = Arguments {
        listen: "127.0.0.1:3000".to_owned(),
        pace: 2.0,
        history: 1000,
        heartbeat: Duration::from_secs(15),
        redis: None,
    };
    while let Some(flag) = rest.next() {
        if flag == "--help" || flag == "-h" {
            return Ok(Asked::Help);
        }
        let mut value = || rest.next().ok_or_else(|| format!("expected a value after {flag}"));
        match &*flag {
            "--listen" => parsed.listen = value()?,
            "--pace" => parsed.pace = number(&flag, &value()?, 0.0..=1e6)?,
            "--history" => parsed.history = number(&flag, &value()?, 1.0..=1e6)? as usize,
            "--redis" => parsed.redis = Some(value()?),
            "--heartbeat" => {
                parsed.heartbeat = Duration::from_secs_f64(number(&flag, &value()?, 0.001..=1e6)?);
            }
            _ => return Err(format!("unknown option: {flag}")),
        }
    }
    Ok(Asked::Serve(parsed))
}

fn number(flag: &str, value: &str, range: std::ops::RangeInclusive<f64>) -> Result<f64, String> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!(
            "expected a number from {} to {} after {flag}, found {value}",
            range.start(),
            range.end()
        )),
    }
}
