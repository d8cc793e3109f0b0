use std::error::Error;
use std::time::Duration;

use eventwire::client::{EventSourceError, JsonStreamError};

async fn explain(error: JsonStreamError<EventSourceError>) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words += &format!(": {inner}");                               // "Connection refused" is only here
        cause = inner.source();
    }
    let JsonStreamError::Stream(error) = error else { return words };
    if let EventSourceError::Rejected(rejected) = error.into_cause() {
        let mut response = rejected.into_response();
        let body = response.body_mut().text(4096);                    // what the server says about it
        if let Ok(Ok(text)) = tokio::time::timeout(Duration::from_secs(5), body).await {
            words += &format!(": {text}");
        }
    }
    words
}
