//! What two APIs call the same things.

use eventwire::client::EndMark;
use eventwire::{Event, EventRef};
use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// `POST /v1/chat/completions`, which many servers understand.
    OpenAi,
    /// `POST /v1/messages`
    Anthropic,
}

impl Dialect {
    /// The event without which an answer is not whole; not every server that speaks OpenAI's sends it.
    pub(crate) fn last(self) -> EndMark {
        match self {
            Dialect::OpenAi => EndMark::data("[DONE]")
                .optional_after(|event: EventRef<'_>| event.data().contains("\"finish_reason\":\"")),
            Dialect::Anthropic => EndMark::event_type("message_stop"),
        }
    }

    /// What a chunk adds to the answer; many add nothing.
    pub(crate) fn token(self, chunk: &Value) -> &str {
        let token = match self {
            Dialect::OpenAi => &chunk["choices"][0]["delta"]["content"],
            Dialect::Anthropic => &chunk["delta"]["text"],
        };
        token.as_str().unwrap_or_default()
    }
}

/// What an error says.
pub(crate) fn error_words(event: &Event) -> String {
    let data: Value = event.parse_json().unwrap_or_default();
    let error = &data["error"];
    match (error["type"].as_str(), error["message"].as_str()) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        (None, Some(message)) => message.to_owned(),
        _ => event.data().to_owned(),
    }
}
