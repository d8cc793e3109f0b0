//! Whether this build can open https URLs.

use std::error::Error;

use reqwest::{Client, Url};

use super::words::cause;

/// Says what to do when a URL asks for TLS and this build has none.
///
/// It depends on features of reqwest, and nothing tells of them at compile time. So a URL is asked for that nobody
/// serves: without TLS it is the scheme that is wrong with it.
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

/// One that is complete, for whichever example this is.
const COMMAND: &str = concat!(
    "cargo run --release --example ",
    env!("CARGO_CRATE_NAME"),
    " --features reqwest,json,reqwest/rustls --"
);
