//! Decodes chunks into blocks.

use std::collections::VecDeque;

use bytes::Buf;
use eventwire::{Decoder, Frame, HeadRef};

use crate::{Error, Sse};

/// The decoder and what it has found. A buffer of any kind cannot be kept beside what borrows from it, so it is read to
/// its end when it comes.
pub(crate) struct Reader {
    decoder: Decoder,
    blocks: VecDeque<Sse>,
    /// What comes after the blocks.
    error: Option<Error>,
    has_ended: bool,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Reader {
            // No limit, as in the original.
            decoder: Decoder::new().with_max_event_size(usize::MAX),
            blocks: VecDeque::new(),
            error: None,
            has_ended: false,
        }
    }

    pub(crate) fn read(&mut self, mut buffer: impl Buf) {
        while buffer.has_remaining() && !self.has_ended {
            let len = self.read_chunk(buffer.chunk());
            buffer.advance(len);
        }
    }

    fn read_chunk(&mut self, chunk: &[u8]) -> usize {
        let mut frames = self.decoder.feed_frames(chunk);
        loop {
            match frames.next_frame() {
                Ok(Some(Frame::Event(event))) => {
                    self.blocks.push_back(block(event.head(), Some(event.data().into())));
                }
                Ok(Some(Frame::BlockWithoutData(head))) => {
                    let block = block(head, None);
                    // A blank line that ends nothing is none.
                    if block != Sse::default() {
                        self.blocks.push_back(block);
                    }
                }
                Ok(Some(Frame::Comment(text))) => crate::log_comment(text),
                Ok(Some(Frame::Unknown(_))) if crate::REFUSES_UNKNOWN_FIELDS => {
                    drop(frames);
                    self.fail(Error::UnknownField);
                    break;
                }
                Ok(None) => break,
                // No limit and no strictness was asked for, so there are no errors.
                Ok(Some(_)) | Err(_) => {}
            }
        }
        chunk.len()
    }

    pub(crate) fn fail(&mut self, error: Error) {
        self.end();
        self.error = Some(error);
    }

    /// There is nothing more to read: the buffers are freed.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
        self.decoder = Decoder::new();
    }

    pub(crate) fn next_block(&mut self) -> Option<Result<Sse, Error>> {
        self.blocks.pop_front().map(Ok).or_else(|| self.error.take().map(Err))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    pub(crate) fn is_over(&self) -> bool {
        self.has_ended && self.blocks.is_empty() && self.error.is_none()
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
