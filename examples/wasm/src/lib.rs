//! The decoder as a WebAssembly module: four plain functions and linear memory, without generated glue.
//!
//! ```sh
//! cargo build --release --manifest-path examples/wasm/Cargo.toml --target wasm32-unknown-unknown
//! node examples/wasm/check.mjs
//! ```
//!
//! `decoder.mjs` wraps it in a class, for pages, workers and Node; `check.mjs` uses that to read bodies of `fetch`.
//! One instance of the module reads one stream: there are no handles that could be mixed up.
//!
//! There is no `unsafe` block: Rust only returns addresses in its memory, and JavaScript reads and writes there.

#![deny(unsafe_code)]

// `#[no_mangle]` counts as such: nobody checks that no other symbol has these four names.
#[allow(unsafe_code)]
mod exports;

use std::cell::RefCell;
use std::mem::take;

use bytes::Bytes;
use eventwire::{BytesDecoder, EventRef};

/// A result as JavaScript reads it: seven numbers of 32 bits.
#[repr(C)]
pub struct Found {
    /// [`EVENT`] or [`GIVEN_UP`].
    what: u32,
    event_type: Place,
    data: Place,
    last_event_id: Place,
}

/// The place of a UTF-8 text in linear memory, valid until the next call of any function.
#[repr(C)]
pub struct Place {
    at: *const u8,
    len: usize,
}

/// An event.
const EVENT: u32 = 1;

/// An event that was too large. Its data is the reason; the next event is read all the same.
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

    /// The decoder takes over the allocation.
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
