//! The four functions that JavaScript calls.

use super::{Found, READER};

/// Makes room for the next chunk and returns its address: write the chunk there, then call `push`.
#[no_mangle]
pub extern "C" fn room(len: usize) -> *mut u8 {
    READER.with_borrow_mut(|reader| reader.room(len).as_mut_ptr())
}

/// Gives the chunk to the decoder. What is unread of the previous chunk is read first.
#[no_mangle]
pub extern "C" fn push() {
    READER.with_borrow_mut(|reader| reader.push());
}

/// Moves to the next event and returns its address. Null: the next chunk is needed.
#[no_mangle]
pub extern "C" fn next() -> *const Found {
    READER.with_borrow_mut(|reader| match reader.next() {
        Some(found) => found,
        None => std::ptr::null(),
    })
}

/// Ends the connection. The next chunk begins a new one, with the same last event ID.
#[no_mangle]
pub extern "C" fn finish() {
    READER.with_borrow_mut(|reader| reader.finish());
}
