use std::error::Error;
use std::time::Duration;

use eventwire::client::reconnect::Policy;
use eventwire::client::{EndMark, EventSource};
use eventwire::EventRef;
use futures_util::TryStreamExt;
use serde::Deserialize;

#[derive(Deserialize)]
struct Chunk { choices: Vec<Choice> }
#[derive(Deserialize)]
struct Choice { delta: Delta, finish_reason: Option<String> }
#[derive(Deserialize)]
struct Delta { content: Option<String> }

fn ask(client: &reqwest::Client, key: &str, body: String) -> EventSource {
    let request = client.post("https://api.openai.com/v1/chat/completions")
        .bearer_auth(key)
        .header("content-type", "application/json")
        .body(body);                                                  // {"stream":true,"messages":[..]}
    answer(request.into())
}

fn answer(source: EventSource) -> EventSource {
    let has_finished = |event: EventRef<'_>| {
        event.parse_json::<Chunk>().is_ok_and(|chunk| chunk.choices.iter().any(|choice| choice.finish_reason.is_some()))
    };
    source
        .with_reconnect(Policy::until_first_event())                  // retries if refused, 429, 503
        .with_end_mark(EndMark::data("[DONE]").optional_after(has_finished))
        .with_json_errors()                                           // `event: error`, {"error":{..}}
        .with_idle_timeout(Duration::from_secs(300))                  // no response, or no byte
        .with_first_event_timeout(Duration::from_secs(300))           // the model is thinking
        .with_event_timeout(Duration::from_secs(60))                  // the model is stuck, even if comments still arrive
}

async fn print(source: EventSource) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut chunks = source.json::<Chunk>();
    while let Some(chunk) = chunks.try_next().await? {
        for text in chunk.choices.into_iter().filter_map(|choice| choice.delta.content) {
            print!("{text}");
        }
    }
    Ok(())                                                            // the whole answer
}
