//! The requests of the harness in JSON: a stream to connect to, or a command for a stream.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use serde_json::Value;

/// A stream to connect to.
pub(crate) struct Parameters {
    /// With the last event ID to start from, if there is one.
    pub(crate) request: Request<Bytes>,
    /// The delay before a reconnect.
    pub(crate) initial_delay: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    /// The URL for reports.
    pub(crate) callback: String,
    /// The name of the test.
    pub(crate) tag: String,
}

impl Parameters {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, String> {
        let asked = object(body)?;
        Ok(Parameters {
            request: request(&asked)?,
            initial_delay: millis(&asked, "initialDelayMs")?,
            read_timeout: millis(&asked, "readTimeoutMs")?,
            callback: url(&asked, "callbackUrl")?.to_string(),
            tag: text(&asked, "tag")?.unwrap_or("no tag").to_owned(),
        })
    }
}

/// A command for a stream.
pub(crate) enum Command {
    /// Report events of this type too.
    Listen(String),
    /// Close the connection and reconnect.
    Restart,
}

impl Command {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, String> {
        let asked = object(body)?;
        match text(&asked, "command")? {
            Some("restart") => Ok(Command::Restart),
            Some("listen") => match text(&asked["listen"], "type")? {
                Some(event_type) => Ok(Command::Listen(event_type.to_owned())),
                None => Err("expected a type to listen for, found none".to_owned()),
            },
            Some(other) => Err(format!("expected the command listen or restart, found {other}")),
            None => Err("expected a command, found none".to_owned()),
        }
    }
}

fn request(asked: &Value) -> Result<Request<Bytes>, String> {
    let body = text(asked, "body")?.unwrap_or_default().to_owned();
    let mut request = Request::new(Bytes::from(body));
    *request.uri_mut() = url(asked, "streamUrl")?;
    if let Some(method) = text(asked, "method")? {
        *request.method_mut() = method
            .parse::<Method>()
            .map_err(|_| format!("expected the name of a method as method, found {method:?}"))?;
    }
    match &asked["headers"] {
        Value::Null => {}
        Value::Object(headers) => {
            for (name, value) in headers {
                set_header(&mut request, name, value)?;
            }
        }
        other => return Err(format!("expected an object as headers, found {other}")),
    }
    match &asked["lastEventId"] {
        Value::Null => {}
        id => set_header(&mut request, "last-event-id", id)?,
    }
    Ok(request)
}

fn set_header(request: &mut Request<Bytes>, name: &str, value: &Value) -> Result<(), String> {
    let header = || -> Option<(HeaderName, HeaderValue)> {
        Some((name.parse().ok()?, HeaderValue::from_bytes(value.as_str()?.as_bytes()).ok()?))
    };
    let (name, value) = header().ok_or_else(|| format!("expected a header, found {name:?}: {value}"))?;
    request.headers_mut().insert(name, value);
    Ok(())
}

fn object(body: &[u8]) -> Result<Value, String> {
    let asked: Value = serde_json::from_slice(body).map_err(|error| format!("expected JSON: {error}"))?;
    match asked.is_object() {
        true => Ok(asked),
        false => Err(format!("expected an object, found {asked}")),
    }
}

/// Returns a member of an object, if present.
fn text<'a>(asked: &'a Value, name: &str) -> Result<Option<&'a str>, String> {
    match &asked[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(format!("expected text as {name}, found {other}")),
    }
}

fn millis(asked: &Value, name: &str) -> Result<Option<Duration>, String> {
    match &asked[name] {
        Value::Null => Ok(None),
        number => match number.as_u64() {
            Some(millis) => Ok(Some(Duration::from_millis(millis))),
            None => Err(format!("expected milliseconds as {name}, found {number}")),
        },
    }
}

fn url(asked: &Value, name: &str) -> Result<Uri, String> {
    let found = text(asked, name)?.ok_or(format!("expected {name}, found none"))?;
    match found.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") => Ok(uri),
        _ => Err(format!("expected http://HOST:PORT/PATH as {name}, found {found}")),
    }
}
