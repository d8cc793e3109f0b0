//! Reading a chunk from an asynchronous reader.

use core::task::{ready, Poll};
use std::io;

use bytes::Bytes;

use crate::decode::room::Room;

/// Polls a reader for a chunk, retrying if it was interrupted. `poll` returns the number of bytes read, 0 at the end.
pub(super) fn poll_read(
    room: &mut Room,
    mut poll: impl FnMut(&mut [u8]) -> Poll<io::Result<usize>>,
) -> Poll<Option<io::Result<Bytes>>> {
    loop {
        return Poll::Ready(match ready!(poll(room.get())) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Some(Err(error)),
            Ok(0) => None,
            Ok(len) => Some(Ok(room.take(len))),
        });
    }
}
