//! What two APIs call the same things.

use eventwire::client::EndMark;
use eventwire::{Event, EventRef, JsonError};
use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// `POST /v1/chat/completions`, which many servers understand.
    OpenAi,
    /// `POST /v1/messages`
    Anthropic,
}

impl Dialect {
    /// The event without which an answer is not whole.
    pub(crate) fn last(self) -> EndMark {
        match self {
            Dialect::OpenAi => EndMark::data("[DONE]"),
            Dialect::Anthropic => EndMark::event_type("message_stop"),
        }
    }

    /// What an event adds to the answer; many add nothing.
    pub(crate) fn token(self, event: &Event) -> Result<String, JsonError> {
        let data: Value = event.parse_json()?;
        let token = match self {
            Dialect::OpenAi => &data["choices"][0]["delta"]["content"],
            Dialect::Anthropic => &data["delta"]["text"],
        };
        Ok(token.as_str().unwrap_or_default().to_owned())
    }
}

/// Whether a server tells of an error: by the type of the event, or by an object in its data.
pub(crate) fn is_error(event: EventRef<'_>) -> bool {
    // Most data need not be read for it.
    event.event_type() == "error"
        || event.data().contains("\"error\"")
            && event.parse_json::<Value>().is_ok_and(|data| data["error"].is_object())
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
