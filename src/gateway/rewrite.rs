//! `Rewrite`: a body whose events are replaced as it passes through.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::header::{HeaderMap, HeaderName, CONTENT_LENGTH, ETAG};
use http::Response;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

use super::rewriter::Rewriter;
use super::{Input, Output, RewriteError};
use crate::decode::Decoder;
use crate::http_head::{content_encoding, has_media_type};

pin_project! {
    /// Wraps a body and replaces its events: a function turns each event into none, one or more.
    ///
    /// The function is called with each [`Input`] in order, and writes to the [`Output`]. Inputs that it does not touch
    /// are forwarded unchanged.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// use eventwire::Event;
    /// # use bytes::Bytes;
    /// # use http_body_util::{BodyExt, Full};
    ///
    /// # let text = ": ping\n\nid: 7\ndata: {\"error\":\"overloaded\"}\n\ndata: [DONE]\n\n";
    /// # let upstream = http::Response::builder().header("content-type", "text/event-stream").body(Full::new(Bytes::from(text))).unwrap();
    /// let response = Rewrite::response(upstream, |input: Input<'_, _>, output| match input {
    ///     Input::Frame(_) => match input.event() {
    ///         Some(event) if event.data() == "[DONE]" => output.remove(),
    ///         Some(event) if event.data().starts_with("{\"error\"") => {
    ///             output.send(&Event::new(event.data()).with_type("error"));
    ///         }
    ///         _ => {}                                                   // kept: the original bytes
    ///     },
    ///     Input::Lost(error) => output.send(&Event::new(format!("{error}")).with_type("error")),
    ///     Input::End(_) => output.send(&Event::new("").with_type("done")),
    ///     _ => {}
    /// });
    /// # let read = response.unwrap().into_body().collect();
    /// # let read = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap().to_bytes();
    /// # assert_eq!(read, ": ping\n\nevent: error\ndata: {\"error\":\"overloaded\"}\n\nevent: done\ndata:\n\n");
    /// ```
    ///
    /// # Guarantees
    ///
    /// - A block that is kept is forwarded as its original bytes, whatever its line ends and the order of its lines. So
    ///   are comments, reconnection times and unknown fields: between blocks at once, inside a block together with it.
    ///   A function that touches nothing changes no byte.
    /// - The output does not depend on where the chunks are cut.
    /// - When a block is replaced or removed, its comments, reconnection times and unknown fields are kept, before the
    ///   replacement. [`Output::send_data`] also keeps its type and ID.
    /// - An event is forwarded as soon as its last byte arrives, together with other output that is ready, up to about
    ///   8 KiB, because each chunk costs the server a write. When the inner body is pending and output is waiting, the
    ///   rewrite yields to other tasks twice before it sends. While output is waiting, at most about 8 KiB are read. The
    ///   inner body is polled only when this one is.
    /// - Trailers are kept, except those that describe the original bytes (`Content-Digest`). There is no size hint.
    /// - An unfinished block at the end is not an event ([parse 14](crate::_rules#parse-14)), unless the decoder is set
    ///   otherwise. It is forwarded unchanged if nothing is sent at the end, and omitted otherwise.
    /// - A block, including all of its lines, must not be larger than the decoder's limit (default: 16 MiB, see
    ///   [`with_decoder`](Self::with_decoder)). A larger block is a loss: [`RewriteError::Decode`].
    /// - Events are kept and sent without an allocation of their own; the buffer of the output is shared. Little output of
    ///   a large chunk is copied, so that it does not hold the memory of the chunk.
    /// - If a loss is kept, the output before it is returned first, and the error at a later poll, so that an HTTP/1.1
    ///   server sends that output. Over HTTP/2 the reset can overtake it: replace the loss with an event, or give the
    ///   error time with [`into_stream`](Self::into_stream) and an `EventBody` that has a timer.
    /// - The function is called once with the end or the loss, or with neither if the body is dropped before, or if the
    ///   function has [ended](Output::end) it. To observe that, wrap the body in a [`Tap`](super::Tap).
    /// - A panic of the function propagates to the caller and ends the body: later polls return `None`, and output that
    ///   waits is lost.
    /// - The body is `Sync` if the inner body is, whatever the function is, and `Unpin` if the inner body is.
    #[must_use = "a body does nothing until it is sent"]
    pub struct Rewrite<B, F>
    where
        B: Body,
    {
        // `None` after its end.
        #[pin]
        body: Option<B>,
        rewriter: Rewriter<F>,
        // The trailers or the error after the last data.
        last: Option<SyncWrapper<Result<HeaderMap, RewriteError<B::Error>>>>,
        // Whether the last poll returned data that may not have been flushed.
        is_unsent: bool,
        // How often the body was pending in a row while output was waiting.
        looks: u8,
        // How many bytes were read while output was waiting.
        read: usize,
        is_over: bool,
    }
}

impl<B, F> Rewrite<B, F>
where
    B: Body,
    F: FnMut(Input<'_, B::Error>, &mut Output<'_>),
{
    /// Rewrites a body, regardless of the headers of its response. The body must not be encoded.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |input: Input<'_, _>, output| {
    ///     if let Some(event) = input.event() {
    ///         output.send_data(&event.data().to_uppercase());
    ///     }
    /// });
    /// # let read = http_body_util::BodyExt::collect(body);
    /// # let read = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).unwrap().to_bytes();
    /// # assert_eq!(read, "data: A\n\n");
    /// ```
    pub fn new(body: B, rewrite: F) -> Self {
        Rewrite {
            body: Some(body),
            rewriter: Rewriter::new(rewrite),
            last: None,
            is_unsent: false,
            looks: 0,
            read: 0,
            is_over: false,
        }
    }

    /// Rewrites a response if its media type is that of an event stream and its body is not encoded.
    ///
    /// This removes the headers that describe the original bytes: `Content-Length`, `ETag`, `Content-Digest`,
    /// `Repr-Digest`, `Digest`, `Content-MD5`.
    ///
    /// # Errors
    ///
    /// Any other response is returned unchanged. To prevent the server from encoding the body, remove `Accept-Encoding`
    /// from the request.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// # let body = bytes::Bytes::new();
    ///
    /// let page = http::Response::builder().header("content-type", "text/html").body(String::from("busy"))?;
    /// let page = Rewrite::response(page, |_: Input<'_, _>, _| {}).unwrap_err();
    /// assert_eq!(page.body(), "busy");
    /// # Ok::<(), http::Error>(())
    /// ```
    // This is the other result rather than an error, and no larger than `Ok`.
    #[allow(clippy::result_large_err)]
    pub fn response(response: Response<B>, rewrite: F) -> Result<Response<Self>, Response<B>> {
        if !has_media_type(response.headers()) || content_encoding(response.headers()).is_some() {
            return Err(response);
        }
        let mut response = response.map(|body| Rewrite::new(body, rewrite));
        remove_byte_headers(response.headers_mut());
        Ok(response)
    }

    /// Sets the decoder: the size limit, strictness, and whether a last block without its blank line is an event. If it
    /// is, it is completed. Call this before the first frame is read.
    ///
    /// ```
    /// use eventwire::gateway::{Input, Rewrite};
    /// use eventwire::Decoder;
    /// # let body = http_body_util::Full::new(bytes::Bytes::from("data: a\n\n"));
    ///
    /// let body = Rewrite::new(body, |_: Input<'_, _>, _| {})
    ///     .with_decoder(Decoder::new().with_max_event_size(64 * 1024));
    /// ```
    pub fn with_decoder(mut self, decoder: Decoder) -> Self {
        self.rewriter.set_decoder(decoder);
        self
    }
}

type Polled<B> = Result<Frame<Bytes>, RewriteError<<B as Body>::Error>>;

impl<B, F> Body for Rewrite<B, F>
where
    B: Body,
    F: FnMut(Input<'_, B::Error>, &mut Output<'_>),
{
    type Data = Bytes;
    type Error = RewriteError<B::Error>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Polled<B>>> {
        self.poll_guarded(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }
}

impl<B, F> Rewrite<B, F>
where
    B: Body,
    F: FnMut(Input<'_, B::Error>, &mut Output<'_>),
{
    pub(super) fn write_whole_lines(&mut self) {
        self.rewriter.write_whole_lines();
    }

    fn poll_guarded(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Polled<B>>> {
        if self.is_over {
            // After a panic, the body is still there.
            self.project().body.set(None);
            return Poll::Ready(None);
        }
        // Stays `true` after a panic, so that a half-done step is not polled again.
        *self.as_mut().project().is_over = true;
        let polled = self.as_mut().poll_part(cx);
        let this = self.project();
        *this.is_over = this.body.is_none() && this.last.is_none();
        *this.is_unsent = polled.is_ready();
        if polled.is_ready() {
            *this.read = 0;
        }
        polled
    }

    fn poll_part(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Polled<B>>> {
        let mut this = self.project();
        for _ in 0..MOST_FRAMES {
            if let Some(mut last) = this.last.take() {
                // Servers flush when a body is pending, and drop unflushed data when it fails.
                if last.get_mut().is_err() && core::mem::take(this.is_unsent) {
                    *this.last = Some(last);
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                return Poll::Ready(Some(last.into_inner().map(Frame::trailers)));
            }
            let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Ready(None) };
            let Poll::Ready(polled) = body.poll_frame(cx) else {
                if this.rewriter.output_len() == 0 {
                    return Poll::Pending;
                }
                if *this.looks < LOOKS {
                    // The task that reads the connection runs first, and may have the next event.
                    *this.looks += 1;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                *this.looks = 0;
                return Poll::Ready(Some(Ok(Frame::data(this.rewriter.take()))));
            };
            *this.looks = 0;
            let is_waiting = this.rewriter.output_len() > 0;
            let passed = match polled.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(mut data))) => {
                    // This does not copy if the data is `Bytes`.
                    let chunk = data.copy_to_bytes(data.remaining());
                    if is_waiting {
                        *this.read += chunk.len().max(1);
                    }
                    let passed = this.rewriter.pass(chunk).map_err(RewriteError::Decode);
                    if this.rewriter.has_ended() {
                        this.body.set(None);
                    }
                    passed
                }
                Some(Ok(Err(frame))) => {
                    if let Ok(mut trailers) = frame.into_trailers() {
                        remove_byte_headers(&mut trailers);
                        *this.last = Some(SyncWrapper::new(Ok(trailers)));
                        this.body.set(None);
                        this.rewriter.end();
                    }
                    Ok(())
                }
                Some(Err(error)) => Err(RewriteError::Body(error)),
                None => {
                    this.body.set(None);
                    this.rewriter.end();
                    Ok(())
                }
            };
            if let Err(error) = passed {
                this.body.set(None);
                if this.rewriter.lose(&error) {
                    *this.last = Some(SyncWrapper::new(Err(error)));
                }
            }
            let len = this.rewriter.output_len();
            // Output does not wait for the end of a large event.
            if len >= ENOUGH || (len > 0 && (*this.read >= ENOUGH || this.body.is_none())) {
                return Poll::Ready(Some(Ok(Frame::data(this.rewriter.take()))));
            }
        }
        // A body that is always ready, but whose events are removed, must not keep other tasks from running.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<B, F> fmt::Debug for Rewrite<B, F>
where
    B: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewrite")
            .field("rewriter", &self.rewriter)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

/// Removes the headers that describe the original bytes.
fn remove_byte_headers(headers: &mut HeaderMap) {
    for name in &BYTE_HEADERS {
        headers.remove(name);
    }
}

const BYTE_HEADERS: [HeaderName; 6] = [
    CONTENT_LENGTH,
    ETAG,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-md5"),
];

/// 8 KiB of output, or of input while output is waiting: dozens of events, for which one write is cheap. A larger chunk
/// goes on alone, without a copy.
const ENOUGH: usize = 8 * 1024;

/// After this many frames without enough output, the task yields.
const MOST_FRAMES: usize = 256;

/// hyper polls a body twice before other tasks run.
const LOOKS: u8 = 2;
