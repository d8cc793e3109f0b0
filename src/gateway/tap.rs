//! `Tap`: a body whose events are observed as it passes through.

use core::fmt;
use core::pin::Pin;
use core::task::{ready, Context, Poll};
use std::panic::{catch_unwind, AssertUnwindSafe};

use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::{Outcome, Summary, Unseen};
use crate::decode::{Decoder, Ending, Unfinished};
use crate::error::DecodeError;
use crate::event::EventRef;
use crate::http_head::{content_encoding, has_media_type};

pin_project! {
    /// Wraps a body and shows its events to a function. Bytes and trailers pass through unchanged.
    ///
    /// The function sees each event as soon as its last byte passes. It sees the [`Summary`] once: at the end, after an
    /// error, or when the body is dropped before its end. Its [outcome](Outcome) says how the body ended, not whether the
    /// answer is complete: for that, remember whether the last event of your protocol has passed.
    ///
    /// ```
    /// use eventwire::gateway::{Tap, Tapped};
    /// # use bytes::Bytes;
    /// # use http_body_util::{BodyExt, Full};
    ///
    /// # let upstream = http::Response::builder().header("content-type", "text/event-stream")
    /// #     .body(Full::new(Bytes::from("data: {\"usage\":{\"total_tokens\":7}}\n\ndata: [DONE]\n\n"))).unwrap();
    /// let (mut usage, mut saw_end) = (None, false);
    /// let response = Tap::response(upstream, move |seen: Tapped<'_>| match seen {
    ///     Tapped::Event(event) if event.data() == "[DONE]" => saw_end = true,
    ///     Tapped::Event(event) if event.data().contains("\"usage\"") => usage = Some(event.data().to_owned()),
    ///     Tapped::End(_) if saw_end => println!("to bill: {usage:?}"),
    ///     Tapped::End(summary) => println!("cut after {} events: {:?}", summary.events, summary.outcome),
    ///     _ => {}
    /// });
    /// // Return it to the client: the head and the bytes are those of the server.
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(response.into_body().collect()).unwrap();
    /// ```
    ///
    /// # Guarantees
    ///
    /// - Every frame passes through unchanged: no byte, trailer or error is copied, delayed or modified. The size hint
    ///   and the end of the stream are those of the inner body.
    /// - It buffers what a [`Decoder`] buffers: an event that spans chunks. An event over the limit (default: 16 MiB,
    ///   see [`with_decoder`](Self::with_decoder)) ends the observation, and the summary reports [`Unseen::Rejected`].
    ///   The body continues.
    /// - The function runs while the body is polled: keep it short. If it panics, the panic is caught, the function is
    ///   never called again, not even with the summary, and the body continues. (With `panic = "abort"`, the process
    ///   aborts.)
    /// - Trailers count as the end, and so does the last frame of a body that reports its end together with it, because
    ///   servers do not poll again.
    /// - The body is `Sync` if the inner body is, whatever the function is, and `Unpin` if the inner body is.
    #[must_use = "a body does nothing until it is sent"]
    pub struct Tap<B, F>
    where
        F: FnMut(Tapped<'_>),
    {
        #[pin]
        body: B,
        watch: Watch<F>,
    }
}

/// The argument of a [`Tap`]'s function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Tapped<'a> {
    /// An event that passes through.
    Event(EventRef<'a>),
    /// The end of the body. This is the last call.
    End(Summary),
}

impl<B, F> Tap<B, F>
where
    B: Body,
    F: FnMut(Tapped<'_>),
{
    /// Observes the events of a body, regardless of the headers of its response.
    ///
    /// ```
    /// use eventwire::gateway::{Tap, Tapped};
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Tap::new(body, |seen: Tapped<'_>| println!("{seen:?}"));
    /// ```
    pub fn new(body: B, tap: F) -> Self {
        let mut watch = Watch {
            tap: Some(SyncWrapper::new(tap)),
            decoder: Some(Decoder::new()),
            summary: Summary { outcome: Outcome::Dropped, bytes: 0, events: 0, unseen: None },
        };
        if body.is_end_stream() {
            // A server never polls such a body: if it is dropped without a poll, it is whole.
            watch.summary.outcome = Outcome::Whole;
        }
        Tap { body, watch }
    }

    /// Observes the events of a response. Its head is unchanged.
    ///
    /// A body that is encoded, or whose media type is not that of an event stream, passes through without being
    /// decoded: see [`Summary::unseen`]. To prevent the server from encoding the body, remove `Accept-Encoding` from the
    /// request to it.
    ///
    /// A response of reqwest is converted first: `http::Response::<reqwest::Body>::from(response)`.
    ///
    /// ```
    /// use eventwire::gateway::{Tap, Tapped, Unseen};
    /// # use http_body_util::{BodyExt, Full};
    ///
    /// let zipped = http::Response::builder()
    ///     .header("content-type", "text/event-stream")
    ///     .header("content-encoding", "gzip")
    ///     .body(Full::new(bytes::Bytes::from_static(b"\x1F\x8B")))?;
    /// let response = Tap::response(zipped, |seen: Tapped<'_>| match seen {
    ///     Tapped::End(summary) => assert_eq!(summary.unseen, Some(Unseen::Encoded("gzip".parse().unwrap()))),
    ///     _ => unreachable!("nothing of it is read"),
    /// });
    /// # let read = response.into_body().collect();
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap();
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn response(response: Response<B>, tap: F) -> Response<Self> {
        let unseen = match content_encoding(response.headers()) {
            Some(encoding) => Some(Unseen::Encoded(encoding.clone())),
            None if !has_media_type(response.headers()) => Some(Unseen::NotEventStream),
            None => None,
        };
        response.map(|body| {
            let mut tapped = Tap::new(body, tap);
            if unseen.is_some() {
                tapped.watch.decoder = None;
                tapped.watch.summary.unseen = unseen;
            }
            tapped
        })
    }

    /// Sets the decoder: the size limit, strictness, and the treatment of a last event without its blank line. Call
    /// this before the first frame is read.
    ///
    /// ```
    /// use eventwire::gateway::{Tap, Tapped};
    /// use eventwire::Decoder;
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Tap::new(body, |seen: Tapped<'_>| println!("{seen:?}"))
    ///     .with_decoder(Decoder::new().with_max_event_size(64 * 1024));
    /// ```
    pub fn with_decoder(mut self, mut decoder: Decoder) -> Self {
        // Drops the state of an earlier connection.
        decoder.begin_connection();
        if self.watch.summary.unseen.is_none() {
            self.watch.decoder = Some(decoder);
        }
        self
    }
}

impl<B, F> Body for Tap<B, F>
where
    B: Body,
    B::Data: AsRef<[u8]>,
    F: FnMut(Tapped<'_>),
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let polled = ready!(this.body.as_mut().poll_frame(cx));
        match &polled {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.watch.see(data.as_ref());
                }
                if frame.is_trailers() || this.body.is_end_stream() {
                    this.watch.end(Outcome::Whole);
                }
            }
            Some(Err(_)) => this.watch.end(Outcome::Failed),
            None => this.watch.end(Outcome::Whole),
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B, F> fmt::Debug for Tap<B, F>
where
    F: FnMut(Tapped<'_>),
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("bytes", &self.watch.summary.bytes)
            .field("events", &self.watch.summary.events)
            .field("has_ended", &self.watch.tap.is_none())
            .finish_non_exhaustive()
    }
}

/// The state of the observer.
struct Watch<F>
where
    F: FnMut(Tapped<'_>),
{
    /// `None` after the last call.
    tap: Option<SyncWrapper<F>>,
    /// `None` if nothing is decoded, or nothing more.
    decoder: Option<Decoder>,
    /// Its outcome is always the one to report if the body were dropped now.
    summary: Summary,
}

impl<F> Watch<F>
where
    F: FnMut(Tapped<'_>),
{
    fn see(&mut self, bytes: &[u8]) {
        self.summary.bytes += bytes.len() as u64;
        let (Some(tap), Some(decoder)) = (&mut self.tap, &mut self.decoder) else { return };
        let tap = tap.get_mut();
        let mut seen = 0;
        // One guard per chunk instead of one per event. After a panic, neither decoder nor function is used again.
        let looked = catch_unwind(AssertUnwindSafe(|| -> Result<(), DecodeError> {
            let mut feed = decoder.feed(bytes);
            while let Some(event) = feed.next_ref()? {
                seen += 1;
                tap(Tapped::Event(event));
            }
            Ok(())
        }));
        self.summary.events += seen;
        match looked {
            Ok(Ok(())) => return,
            Ok(Err(error)) => self.summary.unseen = Some(Unseen::Rejected(error)),
            Err(_) => self.tap = None,
        }
        self.decoder = None;
    }

    fn end(&mut self, outcome: Outcome) {
        let Some(mut tap) = self.tap.take() else { return };
        let Watch { decoder, summary, .. } = self;
        summary.outcome = outcome;
        // The panic hook has already reported a panic.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let tap = tap.get_mut();
            if let (Outcome::Whole, Some(decoder)) = (outcome, decoder) {
                end_well(decoder, summary, tap);
            }
            tap(Tapped::End(summary.clone()));
        }));
        self.decoder = None;
    }
}

/// Handles the unfinished block of a complete body, as the decoder is set.
fn end_well(decoder: &mut Decoder, summary: &mut Summary, tap: &mut impl FnMut(Tapped<'_>)) {
    match decoder.finish() {
        Ending::Clean | Ending::Unread => return,
        _ => summary.outcome = Outcome::Cut,
    }
    let unfinished = decoder.unfinished();
    if unfinished == Unfinished::Discard {
        return;
    }
    // An error would concern a block that is incomplete anyway.
    if let Ok(Some(event)) = decoder.take_unfinished(unfinished).next_ref() {
        summary.events += 1;
        tap(Tapped::Event(event));
    }
}

impl<F> Drop for Watch<F>
where
    F: FnMut(Tapped<'_>),
{
    fn drop(&mut self) {
        self.end(self.summary.outcome);
    }
}
