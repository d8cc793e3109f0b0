//! Gateways: observe or rewrite bodies between a server and its clients.
//!
//! A [`Tap`] shows the events of a body to a function and changes nothing: for usage, first-token times and logs. A
//! [`Rewrite`] replaces events: for another dialect, or for errors that were reported as data. Both wrap an
//! [`http_body::Body`] and implement it, poll it only when they are polled, and spawn no tasks. The request to the
//! server is yours: copy `Last-Event-ID` into it, or a client that reconnects gets everything again.
//!
//! | you want | use |
//! |---|---|
//! | to observe events, with all bytes unchanged | a [`Tap`] |
//! | to change, add or remove some events, with all others kept byte for byte | a [`Rewrite`]; [`Output::end`] ends it at an event |
//! | heartbeats, a maximum age or a shutdown as well | its [`into_stream`](Rewrite::into_stream) in an [`EventBody`](crate::server::EventBody) |
//! | an end mark, limits on silence, a last event and an error event, with all events encoded afresh | an [`EventStream`](crate::client::EventStream) in an [`EventBody`](crate::server::EventBody) |
//!
//! # Usage with a tap
//!
//! The usage to bill is in one of the last chunks, and `[DONE]` after it shows that the answer is complete. The outcome
//! does not: a body that ends early but cleanly is [`Whole`](Outcome::Whole), and a client that closes right at `[DONE]`
//! makes it [`Dropped`](Outcome::Dropped).
//!
//! ```
//! use eventwire::gateway::{Tap, Tapped};
//! # use http_body_util::{BodyExt, Full};
//! use serde_json::Value;
//!
//! # let usage = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"usage\":{\"total_tokens\":12}}\n\n";
//! # for (text, billed) in [(format!("{usage}data: [DONE]\n\n"), Some(12)), (usage.to_owned(), None)] {
//! # let answer = http::Response::builder().header("content-type", "text/event-stream").body(Full::new(bytes::Bytes::from(text))).unwrap();
//! let (bill, bills) = std::sync::mpsc::channel();
//! let (mut tokens, mut saw_end) = (None, false);
//! let answer = Tap::response(answer, move |seen: Tapped<'_>| match seen {
//!     Tapped::Event(event) => {
//!         saw_end |= event.data() == "[DONE]";
//!         // Most chunks have no usage and need not be parsed.
//!         if event.data().contains("\"usage\"") {
//!             let data: Value = serde_json::from_str(event.data()).unwrap_or_default();
//!             tokens = data["usage"]["total_tokens"].as_u64().or(tokens);
//!         }
//!     }
//!     Tapped::End(_) if saw_end => drop(bill.send(tokens)),
//!     Tapped::End(summary) => eprintln!("not billed: {:?}, unseen: {:?}", summary.outcome, summary.unseen),
//!     _ => {}
//! });
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(answer.into_body().collect()).unwrap();
//! # assert_eq!(bills.try_recv().ok().flatten(), billed);
//! # }
//! ```
//!
//! # Time to the first token with an observer
//!
//! The observer of an [`EventBody`](crate::server::EventBody) reports it, also if the client leaves before the end. The
//! body adds heartbeats while the model is silent. (With a tap, read the clock at the first [`Tapped::Event`].)
//!
//! ```
//! use std::time::Instant;
//!
//! use eventwire::client::EventStream;
//! use eventwire::server::{response, EventBody, KeepAlive};
//!
//! # let text = ": busy\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
//! # let answer = http::Response::builder().header("content-type", "text/event-stream").body(http_body_util::Full::new(bytes::Bytes::from(text))).unwrap();
//! # let (tell, told) = std::sync::mpsc::channel();
//! let body = EventBody::new(EventStream::from_response(answer)?)
//!     .with_keep_alive(KeepAlive::new(tokio::time::sleep))
//!     .with_observer(Instant::now, move |summary| {
//!         println!("first token after {:?}, then {:?}", summary.first_event, summary.end);
//! #       tell.send((summary.first_event.is_some(), summary.events, summary.end)).unwrap();
//!     });
//! let response = response(body);
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # runtime.block_on(http_body_util::BodyExt::collect(response.into_body())).unwrap();
//! # assert_eq!(told.recv().unwrap(), (true, 1, eventwire::server::BodyEnd::Complete));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # OpenAI to Anthropic with a rewrite
//!
//! This example covers only the shapes of the events, but all ends: `[DONE]` becomes the last event, and nothing follows
//! it, even if the server keeps the body open; an error of the server, an end before `[DONE]` and a loss become an error
//! event. Comments pass through, and so keep the connection open here too:
//!
//! ```
//! use eventwire::gateway::{Input, Output, Rewrite};
//! use eventwire::Event;
//! use serde_json::{json, Value};
//!
//! fn send(output: &mut Output<'_>, name: &'static str, mut data: Value) {
//!     data["type"] = name.into();
//!     output.send(&Event::new(data.to_string()).with_type(name));
//! }
//!
//! fn send_error(output: &mut Output<'_>, message: &str) {
//!     send(output, "error", json!({ "error": { "type": "api_error", "message": message } }));
//! }
//!
//! fn anthropic<E>() -> impl FnMut(Input<'_, E>, &mut Output<'_>) {
//!     let (mut has_begun, mut stop_reason) = (false, "end_turn");
//!     move |input, output| {
//!         let event = match input {
//!             Input::End(_) => return send_error(output, "the answer ended early"),
//!             Input::Lost(_) => return send_error(output, "the connection was lost"),
//!             _ => match input.event() {
//!                 Some(event) => event,
//!                 None => return,                                       // a comment
//!             },
//!         };
//!         output.remove();
//!         if event.data() == "[DONE]" {
//!             send(output, "content_block_stop", json!({ "index": 0 }));
//!             send(output, "message_delta", json!({ "delta": { "stop_reason": stop_reason } }));
//!             send(output, "message_stop", json!({}));
//!             return output.end();
//!         }
//!         let chunk: Value = serde_json::from_str(event.data()).unwrap_or_default();
//!         if !chunk["choices"].is_array() {
//!             send_error(output, chunk["error"]["message"].as_str().unwrap_or("an invalid chunk"));
//!             return output.end();
//!         }
//!         if !std::mem::replace(&mut has_begun, true) {
//!             let message = json!({ "id": chunk["id"], "role": "assistant", "model": chunk["model"], "content": [] });
//!             send(output, "message_start", json!({ "message": message }));
//!             send(output, "content_block_start", json!({ "index": 0, "content_block": { "type": "text", "text": "" } }));
//!         }
//!         let choice = &chunk["choices"][0];
//!         if choice["finish_reason"] == "length" {
//!             stop_reason = "max_tokens";
//!         }
//!         if let Some(text) = choice["delta"]["content"].as_str() {
//!             send(output, "content_block_delta", json!({ "index": 0, "delta": { "type": "text_delta", "text": text } }));
//!         }
//!     }
//! }
//! # let read = |text: &str| {
//! #     let body = Rewrite::new(http_body_util::Full::new(bytes::Bytes::from(text.to_owned())), anthropic());
//! #     let read = http_body_util::BodyExt::collect(body);
//! #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap().to_bytes()
//! # };
//! # let begin = ": busy\n\ndata: {\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n\
//! #     data: {\"id\":\"1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
//! # let whole = read(&format!("{begin}data: [DONE]\n\ndata: {{}}\n\n"));
//! # assert!(whole.starts_with(b": busy\n\nevent: message_start\n"));
//! # let events: Vec<_> = eventwire::events(&whole).map(Result::unwrap).collect();
//! # let types: Vec<_> = events.iter().map(|event| event.event_type()).collect();
//! # assert_eq!(types, ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
//! # for event in &events {
//! #     assert_eq!(serde_json::from_str::<Value>(event.data()).unwrap()["type"], *event.event_type());
//! # }
//! # assert_eq!(serde_json::from_str::<Value>(events[2].data()).unwrap()["delta"]["text"], "Hi");
//! # assert!(events[4].data().contains("max_tokens"));
//! # for (rest, message) in [("", "ended early"), ("data: {\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n", "overloaded")] {
//! #     let cut = read(&format!("{begin}{rest}"));
//! #     let last = eventwire::events(&cut).map(Result::unwrap).last().unwrap();
//! #     assert!(last.event_type() == "error" && last.data().contains(message), "{}", last.data());
//! # }
//! ```
//!
//! # An error with status 200
//!
//! Such an error arrives as a JSON body instead of the stream, as data in the stream, or as its early end:
//!
//! ```
//! use std::error::Error;
//! use eventwire::gateway::{Input, Output, Rewrite};
//! use eventwire::{Ending, Event};
//! use http::{Response, StatusCode};
//!
//! fn honest<E: Error + 'static>(input: Input<'_, E>, output: &mut Output<'_>) {
//!     let error = |data: &str| Event::new(data).with_type("error");
//!     match input {
//!         Input::Frame(_) => match input.event() {
//!             Some(event) if event.data().starts_with("{\"error\"") => output.send(&error(event.data())),
//!             _ => {}
//!         },
//!         Input::End(Ending::Clean) => {}
//!         Input::End(_) => output.send(&error("{\"error\":\"cut\"}")),
//!         Input::Lost(lost) => {
//!             let cause = lost.source().map_or(String::new(), |cause| format!(": {cause}"));
//!             eprintln!("upstream lost: {lost}{cause}");
//!             output.send(&error("{\"error\":\"lost\"}"));
//!         }
//!         _ => {}
//!     }
//! }
//!
//! # let answer = |content_type, body: &'static str| {
//! #     Response::builder().header("content-type", content_type).body(http_body_util::Full::new(bytes::Bytes::from(body))).unwrap()
//! # };
//! # let broken = answer("application/json", "{\"error\":\"no such model\"}");
//! let broken = Rewrite::response(broken, honest).map_err(|mut response| {
//!     if response.status().is_success() {
//!         *response.status_mut() = StatusCode::BAD_GATEWAY;
//!     }
//!     response
//! });
//! # assert_eq!(broken.unwrap_err().status(), 502);
//! # let read = |text| {
//! #     let body = Rewrite::response(answer("text/event-stream", text), honest).unwrap().into_body();
//! #     let read = http_body_util::BodyExt::collect(body);
//! #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap().to_bytes()
//! # };
//! # assert_eq!(read("data: {\"error\":1}\n\n"), "event: error\ndata: {\"error\":1}\n\n");
//! # assert_eq!(read("data: a\n\ndata: b"), "data: a\n\nevent: error\ndata: {\"error\":\"cut\"}\n\n");
//! ```

// A `Tap` reports a `Summary`. A `Rewrite` is the body, and its `Rewriter` does the work: it takes the bytes of a block
// from `Held` and the chunk, calls the user's function with an `Input` and an `Output`, and collects the output in
// `Written`.

mod encoded_stream;
mod error;
mod held;
mod input;
mod output;
mod rewrite;
mod rewriter;
mod summary;
mod tap;
mod written;

pub use encoded_stream::EncodedStream;
pub use error::RewriteError;
pub use input::Input;
pub use output::Output;
pub use rewrite::Rewrite;
pub use summary::{Outcome, Summary, Unseen};
pub use tap::{Tap, Tapped};
