//! The differences between two APIs.

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
    /// The event that completes an answer; not every server with OpenAI's API sends it.
    pub(crate) fn last(self) -> EndMark {
        match self {
            Dialect::OpenAi => EndMark::data("[DONE]")
                .optional_after(|event: EventRef<'_>| event.data().contains("\"finish_reason\":\"")),
            Dialect::Anthropic => EndMark::event_type("message_stop"),
        }
    }

    /// The text that a chunk adds to the answer; many add none.
    pub(crate) fn token(self, chunk: &Value) -> &str {
        let token = match self {
            Dialect::OpenAi => &chunk["choices"][0]["delta"]["content"],
            Dialect::Anthropic => &chunk["delta"]["text"],
        };
        token.as_str().unwrap_or_default()
    }
}

/// The message of an error.
pub(crate) fn error_words(event: &Event) -> String {
    let data: Value = event.parse_json().unwrap_or_default();
    let error = &data["error"];
    match (error["type"].as_str(), error["message"].as_str()) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        (None, Some(message)) => message.to_owned(),
        _ => event.data().to_owned(),
    }
}
