//! The functions that JavaScript calls. A text or chunk is written to the room that `room` made, before the call.

use std::cell::RefCell;

use bytes::Bytes;

use crate::host::Command;
use crate::{HOST, SOURCE};

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static LAST: RefCell<Option<(Command, Found)>> = const { RefCell::new(None) };
}

/// A command as JavaScript reads it: seven numbers of 32 bits.
#[repr(C)]
pub struct Found {
    what: u32,
    id: u32,
    millis: u32,
    first: Place,
    second: Place,
}

/// The place of a UTF-8 text in linear memory, valid until the next call of any function.
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

/// Opens the source from a URL, header lines, and a number for its jitter. False: they are not valid.
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

/// A response has arrived, with these header lines.
#[no_mangle]
pub extern "C" fn respond(id: u32, status: u32) {
    let head = (u16::try_from(status).unwrap_or_default(), text());
    HOST.with(|host| host.tell(id, |progress| progress.head = Some(head)));
}

/// A chunk of its body has arrived.
#[no_mangle]
pub extern "C" fn push(id: u32) {
    HOST.with(|host| host.tell(id, |progress| progress.chunks.push_back(Bytes::from(ROOM.take()))));
}

/// A body or a timer has ended; with a text, the body was lost.
#[no_mangle]
pub extern "C" fn finish(id: u32) {
    let why = text();
    let end = if why.is_empty() { Ok(()) } else { Err(why) };
    HOST.with(|host| host.tell(id, |progress| progress.end = Some(end)));
}

/// Returns the next command. Null: nothing to do until something happens.
#[no_mangle]
pub extern "C" fn next() -> *const Found {
    LAST.with_borrow_mut(|last| {
        *last = crate::next().map(|command| {
            let (first, second) = (Place::of(&command.first), Place::of(&command.second));
            let found =
                Found { what: command.what as u32, id: command.id, millis: command.millis, first, second };
            (command, found)
        });
        last.as_ref().map_or(std::ptr::null(), |(_, found)| found)
    })
}
