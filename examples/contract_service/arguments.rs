//! The command line.

pub(crate) const HELP: &str = "\
A client to be examined: connects to event streams as a harness tells it, and reports what it sees.

usage: contract_service [PORT]

  PORT    where to listen on 127.0.0.1 (8123); 0 takes a free one and prints it. --port PORT is the same
  --help  show this
";

#[derive(Debug)]
pub(crate) enum Asked {
    Serve { port: u16 },
    Help,
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Asked, String> {
    let mut rest = arguments.into_iter();
    let mut port = None;
    while let Some(argument) = rest.next() {
        let value = match &*argument {
            "--help" | "-h" => return Ok(Asked::Help),
            "--port" => rest.next().ok_or("expected a port after --port")?,
            flag if flag.starts_with('-') => return Err(format!("unknown option: {flag}")),
            _ => argument,
        };
        let parsed = value.parse().map_err(|_| format!("expected a port from 0 to 65535, found {value}"))?;
        if port.replace(parsed).is_some() {
            return Err(format!("expected one port, found another: {value}"));
        }
    }
    Ok(Asked::Serve { port: port.unwrap_or(8123) })
}
