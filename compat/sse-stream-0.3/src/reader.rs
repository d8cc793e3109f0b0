//! Decodes chunks into blocks.

use std::error::Error as StdError;
use std::task::{ready, Poll};

use bytes::Buf;
use eventwire::{BytesDecoder, Decoder, Frame, HeadRef};

use crate::{Error, Sse};

/// The decoder, and whether there is nothing more to read.
pub(crate) struct Reader {
    decoder: BytesDecoder,
    has_ended: bool,
}

impl Reader {
    pub(crate) fn new() -> Self {
        // No limit, as in the original.
        Reader { decoder: Decoder::new().with_max_event_size(usize::MAX).into(), has_ended: false }
    }

    /// Polls for the next block, over as many chunks as needed. A chunk is `None` if a frame holds no data.
    pub(crate) fn poll<D, E>(
        &mut self,
        mut poll_chunk: impl FnMut() -> Poll<Option<Result<Option<D>, E>>>,
    ) -> Poll<Option<Result<Sse, Error>>>
    where
        D: Buf,
        E: StdError + Send + Sync + 'static,
    {
        while !self.has_ended {
            if let Some(block) = self.next_block() {
                self.has_ended = block.is_err();
                return Poll::Ready(Some(block));
            }
            match ready!(poll_chunk()) {
                Some(Ok(Some(mut chunk))) => self.decoder.push(chunk.copy_to_bytes(chunk.remaining())),
                Some(Ok(None)) => {}
                Some(Err(error)) => {
                    self.has_ended = crate::IS_LAST_ERROR;
                    return Poll::Ready(Some(Err(Error::Body(Box::new(error)))));
                }
                None => self.has_ended = true,
            }
        }
        Poll::Ready(None)
    }

    /// Returns `None` when the next chunk is needed.
    fn next_block(&mut self) -> Option<Result<Sse, Error>> {
        loop {
            // Without limits and strictness, there are no errors.
            match self.decoder.next_frame().ok()?? {
                Frame::Event(event) => return Some(Ok(block(event.head(), Some(event.data().into())))),
                Frame::BlockWithoutData(head) => {
                    let block = block(head, None);
                    // A blank line that ends no field is not a block.
                    if block != Sse::default() {
                        return Some(Ok(block));
                    }
                }
                Frame::Comment(text) => crate::log_comment(text),
                Frame::Unknown { .. } => {
                    if let Some(error) = crate::refuse_unknown_field() {
                        return Some(Err(error));
                    }
                }
                _ => {}
            }
        }
    }

    // Used only by `FusedStream` of 0.3.
    #[allow(dead_code)]
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }
}

fn block(head: HeadRef<'_>, data: Option<String>) -> Sse {
    Sse {
        event: head.named_type().map(Into::into),
        data,
        id: head.id().map(Into::into),
        retry: head.retry().and_then(|time| u64::try_from(time.as_millis()).ok()),
    }
}
