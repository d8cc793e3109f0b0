//! The functions that JavaScript calls. A text or chunk is written to the room that `room` made, before the call.

use std::cell::RefCell;

use bytes::Bytes;

use crate::host::Wish;
use crate::{HOST, SOURCE};

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static LAST: RefCell<Option<(Wish, Found)>> = const { RefCell::new(None) };
}

/// A wish, as JavaScript reads it: seven numbers of 32 bits.
#[repr(C)]
pub struct Found {
    what: u32,
    id: u32,
    millis: u32,
    first: Place,
    second: Place,
}

/// Where a text lies in linear memory: UTF-8, until the next call of any function.
#[repr(C)]
pub struct Place {
    at: *const u8,
    len: usize,
}

impl Place {
    fn of(text: &str) -> Self {
        Place { at: text.as_ptr(), len: text.len() }
    }
}

fn text() -> String {
    String::from_utf8_lossy(&ROOM.take()).into_owned()
}

#[no_mangle]
pub extern "C" fn room(len: usize) -> *mut u8 {
    ROOM.with_borrow_mut(|room| {
        *room = vec![0; len];
        room.as_mut_ptr()
    })
}

/// Opens the source: a URL and lines of headers, and a number for its jitter. False: they are not valid.
#[no_mangle]
pub extern "C" fn open(seed: u32) -> bool {
    crate::open(&text(), seed).is_ok()
}

/// Closes the source.
#[no_mangle]
pub extern "C" fn close() {
    SOURCE.with_borrow_mut(|source| {
        if let Some(source) = source {
            source.close();
        }
    });
}

/// A response has come, with these lines of headers.
#[no_mangle]
pub extern "C" fn respond(id: u32, status: u32) {
    let head = (u16::try_from(status).unwrap_or_default(), text());
    HOST.with(|host| host.tell(id, |progress| progress.head = Some(head)));
}

/// A chunk of its body has come.
#[no_mangle]
pub extern "C" fn push(id: u32) {
    HOST.with(|host| host.tell(id, |progress| progress.chunks.push_back(Bytes::from(ROOM.take()))));
}

/// A body has ended, or a timer has; it was lost if there is a text.
#[no_mangle]
pub extern "C" fn finish(id: u32) {
    let why = text();
    let end = if why.is_empty() { Ok(()) } else { Err(why) };
    HOST.with(|host| host.tell(id, |progress| progress.end = Some(end)));
}

/// What to do next. Null: nothing, until something happens.
#[no_mangle]
pub extern "C" fn next() -> *const Found {
    LAST.with_borrow_mut(|last| {
        *last = crate::next().map(|wish| {
            let (first, second) = (Place::of(&wish.first), Place::of(&wish.second));
            let found = Found { what: wish.what as u32, id: wish.id, millis: wish.millis, first, second };
            (wish, found)
        });
        last.as_ref().map_or(std::ptr::null(), |(_, found)| found)
    })
}
