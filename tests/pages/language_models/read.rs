use std::error::Error;

use eventwire::client::{EndMark, EventStream};
use futures_util::TryStreamExt;

async fn read(response: reqwest::Response) -> Result<String, Box<dyn Error + Send + Sync>> {
    let mut deltas = EventStream::from_reqwest(response)?
        .with_end_mark(EndMark::data("[DONE]"))
        .with_json_errors()
        .json::<serde_json::Value>();                                 // or a type of yours
    let mut answer = String::new();
    while let Some(delta) = deltas.try_next().await? {
        answer += delta["choices"][0]["delta"]["content"].as_str().unwrap_or_default();
    }
    Ok(answer)
}
