//! A simulated language model that streams its answer up to `[DONE]`, or fails on request.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventwire::Event;
use serde_json::{json, Value};

use crate::pace::with_pauses;
use crate::problem::problem;
use crate::shop::Shop;
use crate::time;

/// Answers `{"messages": [{"role": "user", "content": ".."}]}`. `"fault": "error"` ends the answer half-way with an
/// error event; `"fault": "cut"` cuts the connection there.
pub(crate) async fn completions(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let refused = |message| problem(StatusCode::BAD_REQUEST, "invalid_request", message);
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return refused("expected JSON");
    };
    let Some(question) = question(&request) else {
        return refused("expected `messages`, with the text of the last one in `content`");
    };
    let fault = match request["fault"].as_str() {
        fault @ (None | Some("error" | "cut")) => fault,
        Some(_) => return refused("expected `error` or `cut` in `fault`"),
    };
    let length = fault.map_or(usize::MAX, |_| HALF);
    let broken = fault.map(|_| Err(io::Error::other("the model failed, as requested")));
    let chunks = chunks(answer(question)).into_iter().take(length).map(Ok).chain(broken);
    let body = shop.door.body(with_pauses(chunks, TOKEN)).with_last_event(Event::new("[DONE]"));
    match fault {
        // An error cuts the connection unless it is turned into an event.
        Some("cut") => body.into_response(),
        _ => body.with_error_event(error_event).into_response(),
    }
}

fn error_event(fault: io::Error) -> Event {
    let error = json!({ "error": { "type": "server_error", "message": fault.to_string() } });
    Event::new(error.to_string()).with_type("error")
}

fn question(request: &Value) -> Option<&str> {
    request["messages"].as_array()?.last()?["content"].as_str()
}

/// One event per token of the answer.
fn chunks(answer: &str) -> Vec<Event> {
    let created = time::unix_millis() / 1000;
    let id = format!("chatcmpl-{created:x}");
    let chunk = |delta: Value, finish: Option<&str>| {
        let choices = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        let chunk = json!({
            "id": id, "object": "chat.completion.chunk", "created": created, "model": "petstore-chat", "choices": choices,
        });
        Event::new(chunk.to_string())
    };
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), None)];
    events.extend(answer.split_inclusive(' ').map(|piece| chunk(json!({ "content": piece }), None)));
    events.push(chunk(json!({}), Some("stop")));
    events
}

fn answer(question: &str) -> &'static str {
    let question = question.to_lowercase();
    let known = ANSWERS.iter().find(|(word, _)| question.contains(word));
    known.map_or(OTHERWISE, |(_, answer)| answer)
}

const ANSWERS: [(&str, &str); 4] = [
    ("cat", "Miso is a British Shorthair, four years old and in no hurry. 🐈\nShe sleeps through a working day and wants \
        company at seven sharp. A high shelf and a window are all the luxury she asks for."),
    ("dog", "Biscuit is a two-year-old beagle. 🐕\nHe likes cheese, children and long walks, in this order. A fence around \
        the garden is a good idea: he follows his nose, and his nose has plans."),
    ("rabbit", "Pepper is a Holland Lop and weighs as much as a bag of sugar. 🐇\nShe is happiest with a friend, hay at any \
        hour, and cables well out of reach."),
    ("bird", "Kiwi is a budgerigar who whistles what he hears. 🦜\nTalk to him in the morning and he will answer all day; \
        a cover over the cage means good night."),
];

const OTHERWISE: &str = "Tell me a little about your days: who is at home, and for how long? 🐾\nA cat minds an empty \
    flat least, a dog minds it most, and a rabbit would like a second rabbit. I will find somebody who suits you.";

/// The number of events before a fault.
const HALF: usize = 8;

const TOKEN: Duration = Duration::from_millis(35);
