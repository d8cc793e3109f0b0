//! `Rewriter`: rewrites a stream chunk by chunk, without IO.

use core::fmt;
use core::ops::Range;

use bytes::Bytes;
use sync_wrapper::SyncWrapper;

use super::held::Held;
use super::output::{Settled, Unit};
use super::written::Written;
use super::{Input, Output, RewriteError};
use crate::decode::wanted::AllFrames;
use crate::decode::{BytesDecoder, Decoder, Ending, Unfinished};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::event::Frame;
use crate::wire::{last_line_end, BOM, CR, LF};

/// The decoder, the user's function, and the bytes between the two.
pub(super) struct Rewriter<F> {
    function: SyncWrapper<F>,
    decoder: BytesDecoder,
    /// The maximum size of a block in bytes, including all of its lines.
    limit: usize,
    held: Held,
    written: Written,
    /// The offset of the chunk in the stream.
    base: u64,
    /// The offset in the stream at which the current block begins.
    block: u64,
    /// Whether a byte order mark at the beginning and an unfinished block at the end are omitted.
    only_whole_lines: bool,
    /// Whether no frame has been read, so that a byte order mark may come.
    is_at_start: bool,
    /// What to do with an LF that comes next, after a chunk and a frame that both ended with a CR.
    lf: Lf,
    /// Whether the function has ended the body, so that it is not called again.
    has_ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lf {
    /// It is an ordinary line end.
    None,
    /// Forward it, because the CR was forwarded.
    Forward,
    /// Hold it, because the CR is held.
    Hold,
    /// Drop it, because the CR was dropped, or another LF was written after it.
    Drop,
}

impl<F> Rewriter<F> {
    pub(super) fn new(function: F) -> Self {
        let mut rewriter = Rewriter {
            function: SyncWrapper::new(function),
            decoder: BytesDecoder::default(),
            limit: 0,
            held: Held::default(),
            written: Written::default(),
            base: 0,
            block: 0,
            only_whole_lines: false,
            is_at_start: true,
            lf: Lf::None,
            has_ended: false,
        };
        rewriter.set_decoder(Decoder::new());
        rewriter
    }

    pub(super) fn set_decoder(&mut self, decoder: Decoder) {
        self.limit = decoder.max_event_size();
        self.decoder = BytesDecoder::new().with_decoder(decoder);
        // Drops the state of an earlier connection.
        self.decoder.begin_connection();
    }

    /// Omits a byte order mark at the beginning and an unfinished block at the end.
    pub(super) fn write_whole_lines(&mut self) {
        self.only_whole_lines = true;
    }

    /// Rewrites a chunk. [Take](Self::take) the output at any time afterwards, even after an error.
    pub(super) fn pass<E>(&mut self, chunk: Bytes) -> Result<(), DecodeError>
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        let passed = self.pass_frames(chunk);
        if passed.is_err() {
            // The amount of the rejected block that is held depends on the chunks, so none of it is forwarded.
            self.held.clear();
        }
        passed
    }

    fn pass_frames<E>(&mut self, chunk: Bytes) -> Result<(), DecodeError>
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        if chunk.is_empty() {
            return Ok(());
        }
        self.written.begin(chunk.clone());
        self.decoder.push(chunk.clone());
        let mut at = self.pass_lf(&chunk);
        loop {
            match self.decoder.step::<AllFrames>() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(self.judge(error, &chunk)),
            }
            self.check_line(&chunk)?;
            let end = self.chunk_end();
            if self.is_at_start {
                at = self.pass_mark(&chunk, at);
            }
            self.pass_frame(&chunk, at..end);
            if self.has_ended {
                self.drop_rest();
                return Ok(());
            }
            at = end;
        }
        self.held.push(&chunk[at..]);
        self.base += chunk.len() as u64;
        // HTTP clients reuse the memory of a chunk that nobody holds.
        self.decoder.push(Bytes::new());
        self.written.end_chunk();
        self.check_size(self.base)
    }

    /// Ends the output, after the function has ended the body.
    fn drop_rest(&mut self) {
        self.held.clear();
        // The LF of a CR may be in the next chunk, and the output must not depend on that.
        self.written.end_line();
        // It holds the rest of the chunk.
        self.decoder = BytesDecoder::default();
        self.written.end_chunk();
    }

    /// Returns whether the function has ended the body.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Returns the start of the last line, as an offset in the held bytes followed by `bytes`, which end with that
    /// line.
    fn line_start(&self, bytes: &[u8]) -> usize {
        let held = self.held.bytes();
        let line_end = match bytes {
            [.., CR, LF] => 2,
            _ => 1,
        };
        match last_line_end(&bytes[..bytes.len().saturating_sub(line_end)]) {
            Some(end) => held.len() + end + 1,
            None => last_line_end(held).map_or(0, |end| end + 1),
        }
    }

    /// Handles the end of the stream.
    pub(super) fn end<E>(&mut self)
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        let ending = self.decoder.finish();
        self.pass_unfinished(ending);
        if !self.has_ended {
            self.pass_end::<E>(Input::End(ending));
        }
    }

    /// Completes a last block without its blank line, if the decoder keeps such a block.
    fn pass_unfinished<E>(&mut self, ending: Ending)
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        let unfinished = self.decoder.unfinished();
        if unfinished == Unfinished::Discard {
            return;
        }
        self.decoder.take_unfinished(unfinished);
        loop {
            match self.decoder.step::<AllFrames>() {
                Ok(true) if self.decoder.current().is_some() => break,
                // An unfinished comment is forwarded with its block.
                Ok(true) => {}
                // A rejected block was unfinished in any case.
                Ok(false) | Err(_) => return,
            }
        }
        if ending == Ending::InsideLine && unfinished == Unfinished::Block {
            self.held.drop_open_line();
        }
        self.held.end_block(ending == Ending::InsideLine && unfinished == Unfinished::BlockAndLine);
        if self.is_at_start {
            self.pass_mark(&Bytes::new(), 0);
        }
        self.pass_frame(&Bytes::new(), 0..0);
    }

    /// Handles the loss of the stream. Returns `true` if the output fails too.
    pub(super) fn lose<E>(&mut self, error: &RewriteError<E>) -> bool
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        self.pass_end(Input::Lost(error)) != Settled::Replaced
    }

    /// Returns the length of the output that has not been taken.
    pub(super) fn output_len(&self) -> usize {
        self.written.len()
    }

    pub(super) fn take(&mut self) -> Bytes {
        self.written.take()
    }

    fn pass_frame<E>(&mut self, chunk: &Bytes, part: Range<usize>)
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        // The last step has found a frame.
        let Some(frame) = self.decoder.current_frame() else { return };
        // The start of a line that is a frame, as an offset in the held bytes.
        let (line, head) = match frame {
            Frame::Event(event) => (0, Some(event.head())),
            Frame::BlockWithoutData(_) => (0, None),
            _ => (self.line_start(&chunk[part.clone()]), None),
        };
        let is_inside = line > 0;
        let unit = if is_inside { Unit::LineInside } else { Unit::Whole(part.clone()) };
        let mut output = Output::new(&mut self.written, &self.held, unit, head);
        (self.function.get_mut())(Input::Frame(frame), &mut output);
        self.has_ended = output.is_last();
        let is_kept = output.settle() != Settled::Replaced;
        if is_inside {
            self.held.push(&chunk[part.clone()]);
            if is_kept {
                self.held.end_line_at(line)
            } else {
                self.held.leave_out(line)
            }
        } else {
            self.held.clear();
            self.block = self.base + part.end as u64;
        }
        let ends_with_cr = part.end == chunk.len() && chunk.ends_with(&[CR]);
        self.lf = if !ends_with_cr {
            Lf::None
        } else if is_inside && is_kept {
            Lf::Hold
        } else if is_kept && self.written.last_byte() == Some(CR) {
            Lf::Forward
        } else {
            Lf::Drop
        };
    }

    fn pass_end<E>(&mut self, input: Input<'_, E>) -> Settled
    where
        F: FnMut(Input<'_, E>, &mut Output<'_>),
    {
        let mut output = Output::new(&mut self.written, &self.held, Unit::Unfinished, None);
        (self.function.get_mut())(input, &mut output);
        let settled = output.settle();
        if settled == Settled::Alone && !self.only_whole_lines {
            if self.is_at_start {
                self.written.forward_next(self.held.bytes(), 0..0)
            } else {
                self.written.forward(self.held.bytes(), 0..0)
            }
        }
        self.held.clear();
        settled
    }

    /// [parse 3](crate::_rules#parse-3) An LF after a CR belongs to it, even in the next chunk. Returns the number of
    /// bytes that belong to the last line end.
    fn pass_lf(&mut self, chunk: &Bytes) -> usize {
        let lf = core::mem::replace(&mut self.lf, Lf::None);
        if lf == Lf::None || chunk[0] != LF {
            return 0;
        }
        match lf {
            Lf::Forward => self.written.forward_next(&[], 0..1),
            Lf::Hold => self.held.put_lf(),
            Lf::Drop | Lf::None => {}
        }
        if self.held.is_empty() {
            self.block = self.base + 1;
        }
        1
    }

    /// [parse 2](crate::_rules#parse-2) Forwards a byte order mark at the beginning, whatever happens to the first
    /// block. Whole lines may follow others, where a mark would belong to a field. Returns the start of that block.
    fn pass_mark(&mut self, chunk: &Bytes, at: usize) -> usize {
        self.is_at_start = false;
        let held = self.held.bytes().len();
        let mark = at..at + BOM.len().saturating_sub(held);
        let Some(rest) = chunk.get(mark.clone()) else { return at };
        if !self.held.bytes().iter().take(BOM.len()).chain(rest).eq(&BOM) {
            return at;
        }
        if !self.only_whole_lines {
            self.written.forward_next(&self.held.bytes()[..held.min(BOM.len())], mark.clone());
        }
        self.held.drop_first(held.min(BOM.len()));
        mark.end
    }

    /// Returns the end of the bytes that the decoder has read, in the chunk.
    fn chunk_end(&self) -> usize {
        (self.decoder.bytes_consumed() - self.base) as usize
    }

    /// Checks the size of the block up to the end of the line that the decoder has read.
    fn check_line(&self, chunk: &[u8]) -> Result<(), DecodeError> {
        let end = self.chunk_end();
        // The LF does not count, because it may also come with the next chunk.
        let is_cr_lf = chunk[..end].ends_with(&[CR, LF]);
        self.check_size(self.base + end as u64 - u64::from(is_cr_lf))
    }

    /// Rejects a block over the limit, because all of its lines may have to be held.
    fn check_size(&self, end: u64) -> Result<(), DecodeError> {
        if end - self.block > self.limit as u64 {
            Err(self.too_large())
        } else {
            Ok(())
        }
    }

    /// Reports the error of `check_size` for a block over the limit, unless the decoder has rejected it earlier. The
    /// decoder's limit of values is reached later, since it counts only these. Text is rejected at the end of its line.
    fn judge(&self, error: DecodeError, chunk: &[u8]) -> DecodeError {
        match error.kind() {
            DecodeErrorKind::TooLarge { .. } => self.too_large(),
            DecodeErrorKind::BlockTooLarge { .. } if error.offset() > self.too_large().offset() => {
                self.too_large()
            }
            DecodeErrorKind::BlockTooLarge { .. } => error,
            DecodeErrorKind::InvalidUtf8 => self.check_line(chunk).err().unwrap_or(error),
        }
    }

    #[cold]
    fn too_large(&self) -> DecodeError {
        let at = self.block.saturating_add(self.limit as u64);
        DecodeError::new(DecodeErrorKind::TooLarge { limit: self.limit }, self.block, at)
    }
}

impl<F> fmt::Debug for Rewriter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriter")
            .field("bytes", &self.base)
            .field("held", &self.held)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
