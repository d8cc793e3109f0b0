//! Whether this build can open https URLs.

use std::error::Error;

use reqwest::{Client, Url};

use super::words::words;

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
        Err(error) if words(&error).contains("scheme is not http") => {
            Err("this build speaks no TLS: build it with the feature reqwest/rustls too".into())
        }
        _ => Ok(()),
    }
}
