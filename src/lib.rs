//! A Server-Sent Events library: a zero-copy incremental decoder and an injection-proof encoder, and on top of them an
//! HTTP body for servers, a reconnecting client, gateways and a hub for many clients. The core does no IO and follows
//! the [WHATWG standard](https://html.spec.whatwg.org/multipage/server-sent-events.html) exactly.
//!
//! ```sh
//! cargo add eventwire                        # decode, encode, serve, read
//! cargo add eventwire --features axum,hub    # see "Features"
//! ```
//!
//! Decode chunks of any size. Events are borrowed; once its buffers have warmed up, the decoder does not allocate:
//!
//! ```
//! use eventwire::Decoder;
//!
//! # let chunks = ["event: price\nda", "ta: 21.5\n\nda", "ta: bye\n\n"].map(str::as_bytes);
//! let mut decoder = Decoder::new();
//! for chunk in chunks {                                             // &[u8]
//!     let mut events = decoder.feed(chunk);                         // holds the chunk
//!     while let Some(event) = events.next_ref()? {                  // EventRef<'_>, borrowed until the next call
//!         println!("{}: {}", event.event_type(), event.data());     // &str
//!     }
//! }
//! # Ok::<(), eventwire::DecodeError>(())
//! ```
//!
//! Decode from a blocking reader: a file, a socket, the body of a blocking HTTP client. Items are owned:
//!
//! ```
//! use eventwire::EventReader;
//!
//! # let read: &[u8] = b"id: 7\ndata: 21.5\n\n";
//! for event in EventReader::new(read) {                             // anything that is std::io::Read
//!     println!("{}", event?.data());                                // Event: 'static, Send, cheap to clone
//! }
//! # Ok::<(), eventwire::ReadError>(())
//! ```
//!
//! Read a response with any HTTP client, from a stream of bytes or a body:
//!
//! ```
//! use eventwire::client::EventStream;
//! # use bytes::Bytes;
//! # use std::io::Error;
//!
//! # async fn read(chunks: impl futures_util::Stream<Item = Result<Bytes, Error>> + Unpin) -> Result<(), eventwire::client::StreamError<Error>> {
//! let mut events = EventStream::new(chunks);                        // Stream<Item = Result<B, E>>, B: Into<Bytes>
//! while let Some(event) = events.next_event().await? {              // StreamError<E>; next_ref() borrows
//!     println!("{}", event.data());
//! }
//! # Ok(())
//! # }
//! # let chunks = futures_util::stream::iter([Ok(Bytes::from("data: a\n\n"))]);
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read(chunks)).unwrap();
//! ```
//!
//! Reconnect and resume, over any HTTP client:
//!
//! ```
//! use eventwire::client::EventSource;
//! # use bytes::Bytes;
//! # use http::{Request, Response};
//! # async fn send(_: Request<Bytes>) -> Result<Response<String>, std::convert::Infallible> {
//! #     Ok(Response::builder().status(204).body(String::new()).unwrap())
//! # }
//!
//! # async fn follow(request: Request<&'static str>) -> Result<(), eventwire::client::EventSourceError> {
//! let mut source = EventSource::new(request, send, tokio::time::sleep);    // reqwest: EventSource::from(client.get(url))
//! while let Some(event) = source.next_event().await? {              // a lost connection is not an item
//!     println!("{}", event.data());                                 // an Err is final
//! }
//! # Ok(())
//! # }
//! # let request = Request::get("http://localhost/").body("").unwrap();
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(follow(request)).unwrap();
//! ```
//!
//! Encode. It cannot fail; text from outside is checked on entry:
//!
//! ```
//! use eventwire::Event;
//!
//! let event = Event::new("21.5\n22.0").with_type("temperature").with_id(7);
//! assert_eq!(event.to_bytes(), "event: temperature\nid: 7\ndata: 21.5\ndata: 22.0\n\n");
//! # let (body, id_from_user) = ("21.5", "order-7");
//! let reply = Event::new(body).try_with_id(id_from_user)?;          // Err(InvalidValue), never a panic
//! # assert_eq!(reply.to_bytes(), "id: order-7\ndata: 21.5\n\n");
//! # Ok::<(), eventwire::InvalidValue>(())
//! ```
//!
//! Encode once, send to many:
//!
//! ```
//! use eventwire::{Encoded, Event, EventWriter};
//!
//! # let mut clients = vec![EventWriter::new(Vec::new()), EventWriter::new(Vec::new())];
//! let tick = Encoded::from(Event::new("21.5").with_id(7));          // clones share their bytes
//! for client in &mut clients {                                      // EventWriter over any std::io::Write
//!     client.send_encoded(&tick)?;
//! }
//! # assert_eq!(clients[1].get_ref(), b"id: 7\ndata: 21.5\n\n");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Serve through hyper, axum, tower and anything else that takes an `http::Response`:
//!
//! ```
//! use eventwire::Event;
//! use eventwire::server::{EventBody, KeepAlive};
//!
//! # let ticks = futures_util::stream::iter([Event::new("21.5")]);
//! let body = EventBody::new(ticks)                                  // a Stream of Event, Encoded, or Result of these
//!     .with_keep_alive(KeepAlive::new(tokio::time::sleep));         // KeepAlive::default() with the feature tokio
//! let response = eventwire::server::response(body);                 // status 200 and headers
//! # let _: &dyn http_body::Body<Data = bytes::Bytes, Error = std::convert::Infallible> = response.body();
//! ```
//!
//! # Readers
//!
//! All readers have the same methods. A method that returns something borrowed keeps the reader borrowed; iterators and
//! streams return owned events.
//!
//! | | [`Feed`] | [`BytesDecoder`] | [`EventReader`] | [`EventStream`](client::EventStream) | [`EventSource`](client::EventSource) |
//! |---|---|---|---|---|---|
//! | reads | one chunk: [`Decoder::feed`], [`Decoder::feed_frames`], [`Decoder::feed_pieces`] | chunks of `Bytes` | `std::io::Read` | a `Stream` of chunks, a body | a server, with reconnects |
//! | made by | the decoder | `new` | `new` | `new` | `new` |
//! | settings and state | of its decoder | `with_decoder` | `with_decoder` | `with_decoder` | `with_decoder` |
//! | next event, borrowed | `next_ref` | `next_ref` | `next_ref` | `next_ref` | `next_ref` |
//! | next event, owned | `next_event` | `next_event` | `next_event` | `next_event` | `next_event` |
//! | next frame | `next_frame` | `next_frame` | `next_frame` | `next_frame` | `next_frame` |
//! | next piece | `next_piece` | `next_piece` | `next_piece` | `next_piece` | `next_piece` |
//! | wrap it: go on | `advance` | `advance` | `advance` | `poll_advance` | `poll_advance` |
//! | wrap it: look | `current` | `current` | `current` | `current` | `current` |
//! | wrap it: take | `take_current` | `take_current` | `take_current` | `take_current` | `take_current` |
//! | wrap it: frames | `advance_frame`, `current_frame` | `advance_frame`, `current_frame` | `advance_frame`, `current_frame` | `poll_advance_frame`, `current_frame` | `poll_advance_frame`, `current_frame` |
//! | wrap it: pieces | `advance_piece`, `current_piece` | `advance_piece`, `current_piece` | `advance_piece`, `current_piece` | `poll_advance_piece`, `current_piece` | `poll_advance_piece`, `current_piece` |
//! | last event ID | `last_event_id` | `last_event_id` | `last_event_id` | `last_event_id` | `last_event_id` |
//! | set it | of its decoder | `set_last_event_id` | `set_last_event_id` | `set_last_event_id` | `set_last_event_id` |
//! | reconnection time | `reconnection_time` | `reconnection_time` | `reconnection_time` | `reconnection_time` | `reconnection_time` |
//! | bytes of the connection | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` |
//! | how the connection ended | [`Decoder::finish`] says | `finish` | `ending` | `ending` | in the [`StateChange`](client::StateChange)s |
//! | the decoder | it is borrowed | `into_decoder` | `into_decoder` | `into_decoder` | `into_decoder` |
//! | iterates | no: it borrows | no: it needs chunks | `Iterator` | `Stream` | `Stream` |
//! | iterates over frames | no: [`OwnedFrame::from`] copies one | no: [`OwnedFrame::from`] copies one | `into_frames` | `into_frames` | `into_frames` |
//!
//! The guard of [`Decoder::feed`] has the methods for events, that of [`Decoder::feed_frames`] those for frames, that of
//! [`Decoder::feed_pieces`] those for pieces. [`events`] iterates over a complete body.
//!
//! # What to rely on
//!
//! - Any byte string is an event stream. Decoding fails only above a size limit ([`Decoder::with_max_event_size`], default:
//!   16 MiB; [`Decoder::with_max_block_size`], default: no limit), or at invalid UTF-8 in strict mode
//!   ([`Decoder::with_strict_utf8`]); the next event is read all the same. Results never depend on where the chunks were
//!   cut.
//! - An event arrives with its last byte, even if that byte is a lone CR.
//! - The data of an event is not copied if it lies whole in its chunk, on one line, in valid UTF-8.
//! - Encoding cannot fail, and nothing can be injected: an [`EventType`] or [`EventId`] that would break the wire cannot be
//!   constructed.
//! - Time is linear and memory is bounded for any input.
//! - The core has no IO, no clock and no runtime. Whatever has to wait takes a [`Timer`](timer::Timer). Features only add.
//!
//! # Where to look
//!
//! | place | what it is for | main names |
//! |---|---|---|
//! | the root | decode chunks | [`Decoder`], [`Feed`], [`EventRef`] |
//! | | decode a reader, a complete body, your own source of chunks | [`EventReader`], [`events`], [`BytesDecoder`] |
//! | | see comments, reconnection times and unknown fields | [`Decoder::feed_frames`], [`Frame`], [`OwnedFrame`] |
//! | | read data of hundreds of MB as it arrives | [`Decoder::feed_pieces`], [`EventPiece`] |
//! | | resume, or take the event that a server left unfinished | [`Decoder::finish`], [`Decoder::last_event_id`], [`Ending`], [`Unfinished`] |
//! | | make and encode events | [`Event`], [`EventType`], [`EventId`], [`Utf8Bytes`], [`Encoded`] |
//! | | write events and heartbeats to a writer | [`EventWriter`] |
//! | | let a serializer write the data | [`DataEncoder`], [`DataWriter`] |
//! | | send and read JSON | `Event::from_json`, `Event::parse_json` (feature `json`) |
//! | [`client`] | read the events of a response, a body, a stream of bytes | [`EventStream`](client::EventStream), [`EndMark`](client::EndMark) |
//! | | follow a server across connections | [`EventSource`](client::EventSource), [`StateChange`](client::StateChange) |
//! | [`client::reconnect`] | reconnect with your own client, blocking ones too | [`Policy`](client::reconnect::Policy), [`Machine`](client::reconnect::Machine) |
//! | [`server`] | answer a request with events | [`EventBody`](server::EventBody), [`response`](server::response), [`LastEventId`](server::LastEventId) |
//! | | keep idle connections open, end old ones | [`KeepAlive`](server::KeepAlive) |
//! | | send from another task | `EventBody::channel` (feature `tokio`) |
//! | | end streams at a shutdown, log why a body ended | [`EventBody::with_shutdown`](server::EventBody::with_shutdown), [`EventBody::with_observer`](server::EventBody::with_observer) |
//! | [`gateway`] | watch or rewrite the events of a body between a server and its clients | [`Tap`](gateway::Tap), [`Rewrite`](gateway::Rewrite) |
//! | `hub` | publish to many clients, with history; record answers that outlive their readers | `Hub`, `Recordings`, `Log` |
//! | `adapters` | return an `EventBody` from a handler of a web framework; what each framework does to it | |
//! | `codec` | read with the framed readers of `tokio-util` | `EventCodec` |
//! | [`timer`] | wait with the timers of any runtime | [`Timer`](timer::Timer) |
//! | [`traits`] | bounds that appear in signatures | |
//!
//! Pages: [reading a language model](_language_models), [recipes](_recipes), [proxies](_proxies),
//! [HTTP clients](_http_clients), [middleware](_middleware), [browsers](_browsers), [many clients](_many_clients),
//! [design](_design), [migration](_migration), [features and versions](_features),
//! [rules of the standard](_rules).
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `std` | yes | [`EventReader`], [`EventWriter`], [`DataWriter`], `std::io::Write` for [`DataEncoder`], `std::error::Error`, SIMD chosen at run time. Without it the crate is `no_std` and needs `alloc` |
//! | `http` | yes | `client`, `gateway` and `server` |
//! | `stream` | yes, by `client` | [`client::EventStream`] alone, on `no_std` too |
//! | `client` | yes, by `http` | [`client::EventSource`], [`client::reconnect`], bodies and responses for `EventStream` |
//! | `server` | yes, by `http` | [`server::EventBody`], [`KeepAlive`](server::KeepAlive), [`LastEventId`](server::LastEventId), [`response`](server::response) |
//! | `gateway` | yes, by `http` | [`gateway::Tap`], [`gateway::Rewrite`] |
//! | `hub` | no | `hub::Hub`, `hub::Recordings`, `hub::Log`; adds no crate |
//! | `redis` | no | `hub::RedisLog`, over the crate `redis` 1; needs Rust 1.88 |
//! | `tokio` | no | `KeepAlive::default`, `Timer::tokio`, `EventStream::from_tokio_read`, `EventBody::channel` |
//! | `futures-io` | no | `EventStream::from_futures_read` |
//! | `codec` | no | `codec::EventCodec`, for the framed readers of `tokio-util` |
//! | `reqwest` | no | `EventSource::from` a request, `EventStream::from_reqwest` a response; none of reqwest's own features |
//! | `json` | no | `Event::from_json`, `parse_json`, on `no_std` too; `EventBody::from_json`, `EventSender::send_json`, `EventStream::json`, `EventSource::json`, `with_json_errors` |
//! | `actix-web`, `axum`, `poem`, `rocket`, `salvo`, `warp` | no | handlers return an `EventBody` and read a `LastEventId`: `adapters` |
//!
//! Minimum Rust: 1.71, or what `serde_json`, `tokio` or a framework needs if it is enabled: see [features](_features).

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(all(feature = "reqwest", target_arch = "wasm32"))]
compile_error!(
    "the feature `reqwest` does not support wasm32, where reqwest sends with `fetch` and nothing is `Send`: \
     use `client::LocalEventSource`"
);

// First, because its macros serve the others.
#[macro_use]
mod text;

// Every framework needs both.
#[cfg(all(feature = "server", feature = "tokio"))]
pub mod adapters;
#[cfg(feature = "stream")]
pub mod client;
#[cfg(feature = "codec")]
pub mod codec;
mod decode;
mod encode;
mod error;
mod event;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(any(feature = "client", feature = "gateway"))]
mod http_head;
#[cfg(feature = "hub")]
pub mod hub;
mod names;
#[cfg(feature = "server")]
pub mod server;
#[cfg(any(feature = "stream", feature = "server"))]
pub mod timer;
pub mod traits;
mod wire;

pub use bytes;
#[cfg(any(feature = "client", feature = "gateway", feature = "server"))]
pub use http;

pub use decode::{events, BytesDecoder, Decoder, Ending, Events, Feed, Unfinished};
pub use encode::{DataEncoder, Encoded};
pub use error::{DecodeError, DecodeErrorKind, InvalidUtf8, InvalidValue};
pub use event::{Event, EventId, EventPiece, EventRef, EventType, Frame, Head, HeadRef, OwnedFrame};
pub use names::{LAST_EVENT_ID, MEDIA_TYPE};
pub use text::Utf8Bytes;

#[cfg(feature = "std")]
pub use decode::EventReader;
#[cfg(feature = "std")]
pub use encode::{DataWriter, EventWriter};
#[cfg(feature = "json")]
pub use error::JsonError;
#[cfg(feature = "std")]
pub use error::ReadError;

#[cfg(all(doc, feature = "std"))]
#[doc = include_str!("../DESIGN.md")]
pub mod _design {}

#[cfg(doc)]
#[doc = include_str!("../docs/rules.md")]
pub mod _rules {}

#[cfg(all(doc, feature = "redis"))]
#[doc = include_str!("../docs/many-clients.md")]
pub mod _many_clients {}

#[cfg(all(doc, feature = "reqwest", feature = "server"))]
#[doc = include_str!("../MIGRATION.md")]
pub mod _migration {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/proxies.md")]
pub mod _proxies {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/http-clients.md")]
pub mod _http_clients {}

#[cfg(all(doc, feature = "axum", feature = "client"))]
#[doc = include_str!("../docs/middleware.md")]
pub mod _middleware {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/browsers.md")]
pub mod _browsers {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/features.md")]
pub mod _features {}

#[cfg(all(doc, feature = "json", feature = "reqwest"))]
#[doc = include_str!("../docs/language-models.md")]
pub mod _language_models {}

#[cfg(all(doc, feature = "axum", feature = "hub", feature = "reqwest"))]
#[doc = include_str!("../docs/recipes.md")]
pub mod _recipes {}

/// The code in README.md is tested, with `--features axum,reqwest`.
#[cfg(all(doctest, feature = "axum", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;
