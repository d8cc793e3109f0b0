//! The decoder as a module of WebAssembly: four plain functions and linear memory, and no glue that a tool has to make.
//!
//! ```sh
//! cargo build --release --manifest-path examples/wasm/Cargo.toml --target wasm32-unknown-unknown
//! node examples/wasm/check.mjs
//! ```
//!
//! `decoder.mjs` makes a class of it, for pages, workers and Node; `check.mjs` reads bodies of `fetch` with that.
//! One instance of the module reads one stream: there are no handles that could be mixed up.
//!
//! There is no `unsafe` block: Rust only says where its memory is, and JavaScript reads and writes it there.

#![deny(unsafe_code)]

// `#[no_mangle]` counts as such: nobody checks that no other symbol has these four names.
#[allow(unsafe_code)]
mod exports;

use std::cell::RefCell;
use std::mem::take;

use bytes::Bytes;
use eventwire::{BytesDecoder, EventRef};

/// What was found, as JavaScript reads it: seven numbers of 32 bits.
#[repr(C)]
pub struct Found {
    /// [`EVENT`] or [`GIVEN_UP`].
    what: u32,
    event_type: Place,
    data: Place,
    last_event_id: Place,
}

/// Where a text lies in linear memory: UTF-8, until the next call of any function.
#[repr(C)]
pub struct Place {
    at: *const u8,
    len: usize,
}

/// An event.
const EVENT: u32 = 1;

/// An event that was too large. Why is told as its data; the next one is read all the same.
const GIVEN_UP: u32 = 2;

thread_local! {
    static READER: RefCell<Reader> = RefCell::default();
}

/// The stream of this instance.
#[derive(Default)]
struct Reader {
    decoder: BytesDecoder,
    /// The next chunk, while JavaScript writes it.
    room: Vec<u8>,
    words: String,
    found: Option<Found>,
}

impl Reader {
    fn room(&mut self, len: usize) -> &mut [u8] {
        self.room = vec![0; len];
        &mut self.room
    }

    /// The decoder takes the room as it is.
    fn push(&mut self) {
        self.decoder.push(Bytes::from(take(&mut self.room)));
    }

    fn next(&mut self) -> Option<&Found> {
        self.found = match self.decoder.advance() {
            Ok(_) => self.decoder.current().map(Found::event),
            Err(error) => {
                self.words = error.to_string();
                Some(Found::given_up(&self.words))
            }
        };
        self.found.as_ref()
    }

    fn finish(&mut self) {
        self.decoder.finish();
    }
}

impl Found {
    fn event(event: EventRef<'_>) -> Self {
        Found {
            what: EVENT,
            event_type: Place::of(event.event_type()),
            data: Place::of(event.data()),
            last_event_id: Place::of(event.last_event_id()),
        }
    }

    fn given_up(why: &str) -> Self {
        Found {
            what: GIVEN_UP,
            event_type: Place::of(""),
            data: Place::of(why),
            last_event_id: Place::of(""),
        }
    }
}

impl Place {
    fn of(text: &str) -> Self {
        Place { at: text.as_ptr(), len: text.len() }
    }
}
