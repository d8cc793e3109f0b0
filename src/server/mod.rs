//! The server: events as the body of an HTTP response.
//!
//! [`EventBody`] turns a stream of events into a body, [`response`](response()) adds the status and the headers, and
//! [`LastEventId`] says where a returning client continues:
//!
//! ```
//! use eventwire::server::{response, EventBody, KeepAlive, LastEventId};
//! use eventwire::Event;
//! use futures_util::{stream, Stream};
//! use http::{Request, Response};
//!
//! fn ticks<B>(request: &Request<B>) -> Response<EventBody<impl Stream<Item = Event>>> {
//!     let seen = LastEventId::from_headers(request.headers());
//!     let next = seen.and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
//!     let ticks = stream::iter((next..100).map(|n| Event::new("21.5").with_id(n)));
//!     response(EventBody::new(ticks).with_keep_alive(KeepAlive::new(tokio::time::sleep)))
//! }
//! # let request = Request::get("/ticks").header("last-event-id", "41").body(()).unwrap();
//! # let body = http_body_util::BodyExt::collect(ticks(&request).into_body());
//! # let body = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(body).unwrap();
//! # assert!(body.to_bytes().starts_with(b":\nid: 42\ndata: 21.5\n\n"));
//! ```
//!
//! Where to go next:
//!
//! | to | take |
//! |---|---|
//! | return a body from a handler of actix-web, axum, poem, rocket, salvo or warp | the module `adapters` |
//! | keep quiet connections open, end old ones | [`KeepAlive`] |
//! | send from another task | `EventBody::channel` (feature `tokio`) |
//! | send one event to many clients, with a history | the module `hub` |
//! | send values as JSON | `EventBody::from_json` (feature `json`) |
//! | mark the end, report an error, end at a shutdown | [`EventBody::with_last_event`], [`with_error_event`](EventBody::with_error_event), [`with_shutdown`](EventBody::with_shutdown) |
//! | learn why a body ended | [`EventBody::with_observer`] |
//! | know what is between you and the client | [`_proxies`](crate::_proxies), [`_middleware`](crate::_middleware), [`_browsers`](crate::_browsers) |

// `body` holds the settings of an `EventBody`, `poll` makes its chunks: it asks `ending` whether to stop, takes `item`s from
// the stream, puts them into a `chunk`, asks the `clock` when there is nothing to send, and reports to an `observer`.

mod accept;
mod body;
mod byte_stream;
#[cfg(feature = "tokio")]
mod channel;
#[cfg(all(feature = "json", feature = "tokio"))]
mod channel_json;
mod chunk;
mod clock;
#[cfg(feature = "tokio")]
mod default_keep_alive;
mod ending;
mod item;
#[cfg(feature = "json")]
mod json;
mod keep_alive;
mod last_event_id;
mod observer;
mod poll;
mod response;

pub use accept::accepts_event_stream;
pub use body::EventBody;
pub use byte_stream::ByteStream;
#[cfg(feature = "tokio")]
pub use channel::{EventReceiver, EventSender, SendError, SenderDropped};
pub use item::EventItem;
#[cfg(feature = "json")]
pub use json::{JsonEvents, TryJsonEvents};
pub use keep_alive::KeepAlive;
pub use last_event_id::LastEventId;
pub use observer::{BodyEnd, BodySummary};
pub use response::{response, RESPONSE_HEADERS};
