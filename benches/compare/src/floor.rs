//! The floor: the work that no parser or encoder can avoid, which is finding line ends and copying values.

use std::hint::black_box;
use std::iter;

use bytes::BufMut;
use memchr::memchr2;

use crate::rivals::named;
use crate::shapes::Expected;

/// Calls `memchr2` line by line. No fields, no events, nothing kept from chunk to chunk.
pub fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>) {
    for chunk in chunks {
        let mut rest = chunk;
        while let Some(end) = memchr2(b'\n', b'\r', rest) {
            black_box(&rest[..end]);
            rest = &rest[end + 1..];
        }
        black_box(rest);
    }
}

/// A checked copy: finds the line ends of the data, then copies each value of the event. No names, no line ends.
pub fn write(event: &'static Expected, out: &mut Vec<u8>) {
    if let Some(event_type) = named(event) {
        out.put_slice(event_type.as_bytes());
    }
    if let Some(id) = &event.id {
        out.put_slice(id.as_bytes());
    }
    read(iter::once(event.data.as_bytes()));
    out.put_slice(event.data.as_bytes());
}
