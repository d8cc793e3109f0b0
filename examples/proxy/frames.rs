//! What the server behind sends, frame by frame.

use std::error::Error;
use std::fmt;

use eventwire::{BytesDecoder, Encoded};
use futures_util::stream::{self, Stream};
use http_body_util::BodyExt;
use hyper::body::Incoming;

/// Each frame as soon as its last byte is there; what a server leaves unfinished is nothing. Ends as the body does.
///
/// A frame is whole lines, so that a heartbeat can stand between any two. Comments, reconnection times, unknown fields
/// and blocks without data are kept.
pub(crate) fn frames(body: Incoming) -> impl Stream<Item = Result<Encoded, Broken>> + Send {
    stream::try_unfold((body, BytesDecoder::default()), |(mut body, mut decoder)| async {
        loop {
            if decoder.advance_frame()? {
                let frame = decoder.current_frame().map(Encoded::from);
                return Ok(frame.map(|frame| (frame, (body, decoder))));
            }
            match body.frame().await {
                // Trailers hold no events.
                Some(part) => decoder.push(part?.into_data().unwrap_or_default()),
                None => return Ok(None),
            }
        }
    })
}

/// Why a stream cannot go on.
///
/// An event that is too large is such a reason: to go on behind it would lose it without a word.
#[derive(Debug)]
pub(crate) struct Broken(Box<dyn Error + Send + Sync>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server broke the stream off")
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<hyper::Error> for Broken {
    fn from(error: hyper::Error) -> Self {
        Broken(error.into())
    }
}

impl From<eventwire::DecodeError> for Broken {
    fn from(error: eventwire::DecodeError) -> Self {
        Broken(error.into())
    }
}
