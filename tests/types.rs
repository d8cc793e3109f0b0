//! Traits and sizes of the public types, checked by the compiler.

use std::error::Error;
use std::hash::Hash;
use std::mem::size_of;

use eventwire::client::chunks::*;
use eventwire::client::reconnect::*;
use eventwire::client::*;
use eventwire::server::EventBody;
use eventwire::traits::{AllFrames, InPieces};
use eventwire::*;

fn owned<T: Clone + Send + Sync + Unpin + 'static>() {}
fn sendable<T: Send + Sync + Unpin>() {}
fn copied<T: Copy + Send + Sync>() {}
fn compared<T: Eq + Hash>() {}
fn error<T: Error + Send + Sync + 'static>() {}

#[test]
fn owned_types_are_send_sync_and_static() {
    owned::<Event>();
    owned::<OwnedFrame>();
    owned::<EventType>();
    owned::<EventId>();
    owned::<Utf8Bytes>();
    owned::<Encoded>();
    compared::<Event>();
    compared::<EventType>();
    compared::<EventId>();
    compared::<Utf8Bytes>();
}

#[test]
fn borrowed_types_are_copy() {
    copied::<EventRef<'static>>();
    copied::<Frame<'static>>();
    copied::<Ending>();
    copied::<Unfinished>();
    copied::<DecodeError>();
    copied::<DecodeErrorKind>();
}

#[test]
fn decoders_are_send() {
    sendable::<Decoder>();
    sendable::<BytesDecoder>();
    sendable::<Feed<'static>>();
    sendable::<Feed<'static, AllFrames>>();
    sendable::<Feed<'static, InPieces>>();
    sendable::<Events<'static>>();
    sendable::<EventReader<std::io::Empty>>();
    sendable::<EventWriter<std::io::Sink>>();
}

#[test]
fn errors_are_errors() {
    error::<DecodeError>();
    error::<ReadError>();
    error::<InvalidValue>();
    error::<InvalidUtf8>();
}

#[test]
fn streams_are_send_even_if_their_source_is_not_sync() {
    use std::cell::Cell;

    struct Source(#[allow(dead_code)] Cell<u8>);
    sendable::<EventStream<Source>>();
    sendable::<EventStream<BodyChunks<Source>>>();
    sendable::<EndMark>();
    sendable::<EventSource>();
    sendable::<ResponseBody>();
    sendable::<Machine>();
    error::<EventSourceError>();
    error::<StreamError<std::io::Error>>();
    error::<Rejected<()>>();
}

#[test]
fn an_optional_event_is_no_larger_than_an_event() {
    assert_eq!(size_of::<Option<EventRef<'_>>>(), size_of::<EventRef<'_>>());
}

#[test]
fn sizes_stay_within_their_limits() {
    for (name, size, most) in [
        ("Decoder", size_of::<Decoder>(), 896),
        ("BytesDecoder", size_of::<BytesDecoder>(), 1040),
        ("Event", size_of::<Event>(), 128),
        ("EventRef", size_of::<EventRef<'_>>(), 72),
        ("Frame", size_of::<Frame<'_>>(), 80),
        ("OwnedFrame", size_of::<OwnedFrame>(), 136),
        ("Encoded", size_of::<Encoded>(), 32),
        ("DecodeError", size_of::<DecodeError>(), 32),
        ("EventBody", size_of::<EventBody<futures_util::stream::Pending<Event>>>(), 368),
        ("StreamError<std::io::Error>", size_of::<StreamError<std::io::Error>>(), 32),
        ("Result<Option<EventRef>, DecodeError>", size_of::<Result<Option<EventRef<'_>>, DecodeError>>(), 80),
    ] {
        eprintln!("{name}: {size} B");
        assert!(size <= most, "{name} has grown to {size} B");
    }
}
