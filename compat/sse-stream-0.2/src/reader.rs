//! Decodes chunks into blocks.

use std::collections::VecDeque;

use bytes::Buf;
use eventwire::{Decoder, Frame, HeadRef};

use crate::Sse;

/// The decoder and what it has found. A buffer of any kind cannot be kept beside what borrows from it, so it is read to
/// its end when it comes.
pub(crate) struct Reader {
    decoder: Decoder,
    blocks: VecDeque<Sse>,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Reader {
            // No limit, as in the original.
            decoder: Decoder::new().with_max_event_size(usize::MAX),
            blocks: VecDeque::new(),
        }
    }

    pub(crate) fn read(&mut self, mut buffer: impl Buf) {
        while buffer.has_remaining() {
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
                Ok(None) => break,
                // No limit and no strictness was asked for, so there are no errors.
                Ok(Some(_)) | Err(_) => {}
            }
        }
        chunk.len()
    }

    pub(crate) fn next_block(&mut self) -> Option<Sse> {
        self.blocks.pop_front()
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
