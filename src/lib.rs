//! The event stream on the wire: bytes become Server-Sent Events, events become bytes, exactly as the
//! [WHATWG standard](https://html.spec.whatwg.org/multipage/server-sent-events.html) says.
//!
//! Decode, from chunks of any size; each event is lent, and nothing is allocated after the first ones:
//!
//! ```
//! use eventwire::Decoder;
//!
//! # let chunks = ["event: price\nda", "ta: 21.5\n\nda", "ta: bye\n\n"].map(str::as_bytes);
//! let mut decoder = Decoder::new();
//! for chunk in chunks {                                             // &[u8]
//!     let mut events = decoder.feed(chunk);                         // holds the chunk
//!     while let Some(event) = events.next_ref()? {                  // EventRef<'_>, lent until the next call
//!         println!("{}: {}", event.event_type(), event.data());     // &str
//!     }
//! }
//! # Ok::<(), eventwire::DecodeError>(())
//! ```
//!
//! Decode what blocks: a file, a socket, the body of a blocking HTTP client. Items are owned:
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
//! Read what an HTTP client brings; any stream of bytes, any body, any response:
//!
//! ```
//! use eventwire::client::EventStream;
//! # use bytes::Bytes;
//! # use std::io::Error;
//!
//! # async fn read(chunks: impl futures_util::Stream<Item = Result<Bytes, Error>> + Unpin) -> Result<(), eventwire::client::StreamError<Error>> {
//! let mut events = EventStream::new(chunks);                        // Stream<Item = Result<B, E>>, B: Into<Bytes>
//! while let Some(event) = events.next_event().await? {                // StreamError<E>; next_ref() lends
//!     println!("{}", event.data());
//! }
//! # Ok(())
//! # }
//! # let chunks = futures_util::stream::iter([Ok(Bytes::from("data: a\n\n"))]);
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read(chunks)).unwrap();
//! ```
//!
//! Stay connected, over any HTTP client:
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
//! while let Some(event) = source.next_event().await? {                // a lost connection is not an item
//!     println!("{}", event.data());                                 // Err means given up, and is the last item
//! }
//! # Ok(())
//! # }
//! # let request = Request::get("http://localhost/").body("").unwrap();
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(follow(request)).unwrap();
//! ```
//!
//! Encode: it cannot fail, and text from outside is checked where it enters:
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
//! Broadcast: encoded once, sent to everybody:
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
//! Serve, through hyper, axum, tower and whatever else takes an `http::Response`:
//!
//! ```
//! use eventwire::Event;
//! use eventwire::server::{EventBody, KeepAlive};
//!
//! # let ticks = futures_util::stream::iter([Event::new("21.5")]);
//! let body = EventBody::new(ticks)                                  // a Stream of Event, Encoded, or Result of these
//!     .with_keep_alive(KeepAlive::new(tokio::time::sleep));         // KeepAlive::default() with the feature tokio
//! let response = eventwire::server::response(body);                         // status 200 and headers
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
//! | reads | one chunk: [`Decoder::feed`] | chunks of `Bytes` | `std::io::Read` | a `Stream` of chunks, a body | a server, with reconnects |
//! | is made by | the decoder | `new` | `new` | `new` | `new` |
//! | takes settings and state | from its decoder | `with_decoder` | `with_decoder` | `with_decoder` | `with_decoder` |
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
//! | reconnection time | `reconnection_time` | `reconnection_time` | `reconnection_time` | `reconnection_time` | `reconnection_time` |
//! | bytes of the connection | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` | `bytes_consumed` |
//! | how the connection ended | [`Decoder::finish`] says | `finish` | `ending` | `ending` | in the [`StateChange`](client::StateChange)s |
//! | the decoder | it is borrowed | `into_decoder` | `into_decoder` | `into_decoder` | `into_decoder` |
//! | iterates | not: it lends | not: it needs chunks | `Iterator` | `Stream` | `Stream` |
//!
//! A guard of [`Decoder::feed`] has the methods for events, one of [`Decoder::feed_frames`] those for frames, one of
//! [`Decoder::feed_pieces`] those for pieces. [`events`] iterates over a complete body.
//!
//! # What to rely on
//!
//! - Any byte string is an event stream. Decoding fails for size ([`Decoder::with_max_event_size`]), and for bytes that
//!   are not UTF-8 where strictness was asked for ([`Decoder::with_strict_utf8`]); the next event is read all the same.
//!   The results never depend on where the chunks were cut.
//! - An event comes out the moment its last byte is there.
//! - The data of an event that lies whole in its chunk, on one line and UTF-8, is not copied.
//! - Encoding cannot fail and cannot be injected into: an [`EventType`] or [`EventId`] that would break the wire cannot be
//!   made.
//! - Time is linear and memory bounded, whatever comes in.
//! - No IO, no clock, no runtime: what waits is given a [`Timer`](timer::Timer). Features add things and change nothing that is there.
//!
//! # Where to look
//!
//! | to | use |
//! |---|---|
//! | read events from chunks | [`Decoder`], [`Feed`], [`EventRef`] |
//! | read them from a reader or a complete body | [`EventReader`], [`events`] |
//! | see comments, reconnection times, unknown fields | [`Decoder::feed_frames`], [`Frame`] |
//! | read data of hundreds of MB as it comes | [`Decoder::feed_pieces`], [`EventPiece`] |
//! | resume after a lost connection | [`Decoder::finish`], [`Decoder::last_event_id`], [`Decoder::reconnection_time`] |
//! | take the event that a server left unfinished | [`Ending`], [`Unfinished`] |
//! | wrap a source of chunks of your own | [`BytesDecoder`] |
//! | read events of an HTTP response, a body, a stream of bytes | [`EventStream`](client::EventStream) |
//! | end a stream at its last event, and know when it was cut | [`EventStream::with_end_mark`](client::EventStream::with_end_mark), [`EndMark`](client::EndMark) |
//! | follow a server over many connections | [`EventSource`](client::EventSource), [`Policy`](client::reconnect::Policy) |
//! | see what becomes of a connection | [`EventSource::with_observer`](client::EventSource::with_observer), [`StateChange`](client::StateChange) |
//! | reconnect with a client of your own, that blocks perhaps | [`Machine`](client::reconnect::Machine) |
//! | make and encode events | [`Event`], [`EventType`], [`EventId`], [`Utf8Bytes`] |
//! | send one event to many clients | [`Encoded`] |
//! | send events over a writer, heartbeats too | [`EventWriter`] |
//! | let a serializer write the data | [`DataEncoder`], [`DataWriter`] |
//! | send and read JSON | `Event::from_json`, `Event::parse_json` (feature `json`) |
//! | answer an HTTP request with events | [`EventBody`](server::EventBody), [`response`](server::response), [`RESPONSE_HEADERS`](server::RESPONSE_HEADERS) |
//! | send JSON, or from another task | `EventBody::from_json` (feature `json`), `EventBody::channel` (feature `tokio`) |
//! | mark a whole stream, see why a body ended | [`EventBody::with_last_event`](server::EventBody::with_last_event), [`EventBody::with_observer`](server::EventBody::with_observer) |
//! | keep idle connections open, end old ones | [`KeepAlive`](server::KeepAlive), [`Timer`](timer::Timer) |
//! | publish one event to many clients, who come back and are slow | `hub::Hub` (feature `hub`) |
//! | record an answer that outlives its reader | `hub::Recordings` |
//! | end streams when the server stops | [`EventBody::with_shutdown`](server::EventBody::with_shutdown), [`EventBody::with_farewell`](server::EventBody::with_farewell) |
//! | watch the events of a body that passes: usage, outcomes | [`Tap`](gateway::Tap) |
//! | make other events of them on their way | [`Rewrite`](gateway::Rewrite) |
//! | read what a client asks for | [`LastEventId`](server::LastEventId), [`accepts_event_stream`](server::accepts_event_stream) |
//!
//! Why things are as they are stands in [`_design`]; [`_migration`] helps those who come from another crate.
//!
//! # Features
//!
//! - `std` (default) gives [`EventReader`], [`EventWriter`], [`DataWriter`], `std::io::Write` for [`DataEncoder`],
//!   `std::error::Error` for the errors, and SIMD that is chosen at run time. Without it the crate is `no_std` and needs
//!   `alloc`.
//! - `http` (default, needs `std`) gives what a client reads: [`EventStream`](client::EventStream), [`EventSource`](client::EventSource), [`Machine`](client::reconnect::Machine); and what a
//!   server sends: [`EventBody`](server::EventBody), [`KeepAlive`](server::KeepAlive), [`Timer`](timer::Timer), [`response`](server::response),
//!   [`LastEventId`](server::LastEventId), [`accepts_event_stream`](server::accepts_event_stream).
//! - `gateway` (in `http`, needs `std`) gives what stands between both: [`Tap`](gateway::Tap) and
//!   [`Rewrite`](gateway::Rewrite).
//! - `hub` gives `hub::Hub`, `hub::Recordings` and `hub::Log`: one event for many clients, over one process or many. It
//!   brings no other crate.
//! - `tokio` (needs `http`) gives `Timer::tokio` and `KeepAlive::default`, with Tokio's timer, and
//!   `EventStream::from_tokio_read` for its readers; `futures-io` gives `EventStream::from_futures_read`, `codec` gives `EventCodec`
//!   for the framed readers of `tokio-util`.
//! - `reqwest` (needs `tokio`) gives `EventSource::from` a request and `EventStream::from_reqwest` a response; none of
//!   reqwest's own features.
//! - `json` gives `Event::from_json` and `parse_json`, on `no_std` too.
//! - `actix-web`, `axum`, `poem`, `rocket`, `salvo` and `warp` (each needs `tokio`) let a handler return an [`EventBody`](server::EventBody)
//!   and read a [`LastEventId`](server::LastEventId) as the framework has it: `adapters`.
//!
//! The library needs Rust 1.71, and what the versions of `serde_json` and `tokio` need where they are asked for.

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
pub use event::{Event, EventId, EventPiece, EventRef, EventType, Frame, Head, HeadRef, UnknownField};
pub use names::{LAST_EVENT_ID, MEDIA_TYPE};
pub use text::{Chunk, Utf8Bytes};

#[cfg(feature = "codec")]
pub use decode::EventCodec;
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

#[cfg(all(doc, feature = "hub"))]
#[doc = include_str!("../docs/many-clients.md")]
pub mod _many_clients {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../MIGRATION.md")]
pub mod _migration {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/proxies.md")]
pub mod _proxies {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/http-clients.md")]
pub mod _http_clients {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/middleware.md")]
pub mod _middleware {}

#[cfg(all(doc, feature = "client", feature = "server"))]
#[doc = include_str!("../docs/browsers.md")]
pub mod _browsers {}

/// The code in README.md is tested, with `--features hub`.
#[cfg(all(doctest, feature = "client", feature = "hub"))]
#[doc = include_str!("../README.md")]
struct Readme;
