//! The four functions that JavaScript calls.

use super::{Found, READER};

/// Makes room for the next chunk and says where: write it there, then call `push`.
#[no_mangle]
pub extern "C" fn room(len: usize) -> *mut u8 {
    READER.with_borrow_mut(|reader| reader.room(len).as_mut_ptr())
}

/// Hands the chunk to the decoder. What was not read of the one before is read first.
#[no_mangle]
pub extern "C" fn push() {
    READER.with_borrow_mut(|reader| reader.push());
}

/// Goes to the next event and says where it lies. Null: the next chunk is needed.
#[no_mangle]
pub extern "C" fn next() -> *const Found {
    READER.with_borrow_mut(|reader| match reader.next() {
        Some(found) => found,
        None => std::ptr::null(),
    })
}

/// Ends the connection. The next chunk begins another one, from the last event ID on.
#[no_mangle]
pub extern "C" fn finish() {
    READER.with_borrow_mut(|reader| reader.finish());
}
