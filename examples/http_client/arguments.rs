//! URLs and headers on the command line.

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::Url;

pub(crate) fn url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(format!("expected http://HOST:PORT/PATH, found {text}")),
    }
}

/// Parses the argument of `-H`.
pub(crate) fn header(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let header = line.split_once(':').and_then(|(name, value)| {
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?))
    });
    header.ok_or_else(|| format!("expected NAME: VALUE after -H, found {line}"))
}
