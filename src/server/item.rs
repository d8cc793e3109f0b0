//! `EventItem`: the items of an `EventBody`'s stream.

use alloc::vec::Vec;
use core::convert::Infallible;

use bytes::Bytes;

use crate::encode::Encoded;
use crate::event::{Event, Head};

/// An item of the stream of an [`EventBody`](crate::server::EventBody): [`Event`], [`Encoded`], [`Head`], or a `Result`
/// of one of them.
///
/// To mix several kinds, use a stream of [`Encoded`]: each of these types converts into it with `into()`, and so do
/// comments.
///
/// ```
/// use eventwire::Event;
/// use eventwire::server::EventBody;
/// use futures_util::stream;
///
/// let body = EventBody::new(stream::iter([Event::new("a")]));
/// let body = EventBody::new(stream::iter([Event::new("a").to_encoded()]));
/// let body = EventBody::new(stream::iter([Ok(Event::new("a")), Err("lost the database")]));
/// ```
#[cfg_attr(
    eventwire_diagnostic,
    diagnostic::on_unimplemented(
        message = "`{Self}` is not an item of an `EventBody`",
        label = "expected a stream of `Event`, `Encoded` or `Head`, or of a `Result` of one of them",
        note = "map the stream: `stream.map(Event::new)` for text, `EventBody::from_json(stream)` for values (feature `json`)"
    )
)]
pub trait EventItem: sealed::IntoPart<<Self as EventItem>::Error> {
    /// The error that ends the body; [`Infallible`] if the items are not results.
    type Error;
}

impl EventItem for Event {
    type Error = Infallible;
}

impl EventItem for Encoded {
    type Error = Infallible;
}

impl EventItem for Head {
    type Error = Infallible;
}

impl<E> EventItem for Result<Event, E> {
    type Error = E;
}

impl<E> EventItem for Result<Head, E> {
    type Error = E;
}

impl<E> EventItem for Result<Encoded, E> {
    type Error = E;
}

/// A part of a chunk.
#[derive(Debug)]
pub enum Part {
    /// An event, encoded into the chunk.
    Event(Event),
    /// Encoded bytes, copied into the chunk or sent as a chunk of their own.
    Encoded(Encoded),
}

impl Part {
    /// Returns a lower bound of the bytes to copy, never 0, without reading the text.
    pub(super) fn weight(&self) -> usize {
        match self {
            Part::Event(event) => event.data().len() + 1,
            Part::Encoded(encoded) => encoded.as_bytes().len().max(1),
        }
    }

    /// Returns the exact encoded size in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Part::Event(event) => event.encoded_len(),
            Part::Encoded(encoded) => encoded.as_bytes().len(),
        }
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) {
        match self {
            Part::Event(event) => event.encode(buffer),
            Part::Encoded(encoded) => buffer.extend_from_slice(encoded.as_bytes()),
        }
    }

    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Part::Event(event) => event.to_bytes(),
            Part::Encoded(encoded) => encoded.into(),
        }
    }
}

pub(super) mod sealed {
    use super::{Encoded, Event, Head, Infallible, Part};

    pub trait IntoPart<E> {
        fn into_part(self) -> Result<Part, E>;
    }

    impl IntoPart<Infallible> for Event {
        fn into_part(self) -> Result<Part, Infallible> {
            Ok(Part::Event(self))
        }
    }

    impl IntoPart<Infallible> for Encoded {
        fn into_part(self) -> Result<Part, Infallible> {
            Ok(Part::Encoded(self))
        }
    }

    impl IntoPart<Infallible> for Head {
        fn into_part(self) -> Result<Part, Infallible> {
            Ok(Part::Encoded(self.to_encoded()))
        }
    }

    impl<E> IntoPart<E> for Result<Head, E> {
        fn into_part(self) -> Result<Part, E> {
            self.map(|head| Part::Encoded(head.to_encoded()))
        }
    }

    impl<E> IntoPart<E> for Result<Event, E> {
        fn into_part(self) -> Result<Part, E> {
            self.map(Part::Event)
        }
    }

    impl<E> IntoPart<E> for Result<Encoded, E> {
        fn into_part(self) -> Result<Part, E> {
            self.map(Part::Encoded)
        }
    }
}
