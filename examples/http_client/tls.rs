//! Checks whether this build supports https.

use std::error::Error;

use reqwest::{Client, Url};

use super::words::cause;

/// Fails with advice if a URL needs TLS and this build has none.
///
/// TLS depends on features of reqwest, which cannot be queried at compile time. So this sends a request to an https URL
/// that no one serves: without TLS, the error is about the scheme.
pub(crate) async fn check(url: &Url) -> Result<(), Box<dyn Error>> {
    if url.scheme() != "https" {
        return Ok(());
    }
    let client = Client::builder().no_proxy().build()?;
    match client.get("https://127.0.0.1:0/").send().await {
        Err(error) if cause(&error).is_some_and(|cause| cause.to_string().contains("scheme is not http")) => {
            Err(format!("this build speaks no TLS, this one does:\n  {COMMAND} {url}").into())
        }
        _ => Ok(()),
    }
}

/// The complete command for the example that is running.
const COMMAND: &str = concat!(
    "cargo run --release --example ",
    env!("CARGO_CRATE_NAME"),
    " --features reqwest,json,reqwest/rustls --"
);
