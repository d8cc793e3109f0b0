//! Text that is known to be UTF-8.
//!
//! This is one of the two places in the crate where `unsafe` may stand. Each type here keeps a fact
//! ("these bytes are UTF-8") beside the bytes it is about, so that nobody can pair it with others.

mod piece;
mod repair;
mod short;
mod traits;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use core::{fmt, slice, str};

use bytes::Bytes;

pub(crate) use self::piece::Piece;
use self::repair::{cut_character, repaired, valid_len};
use self::short::Short;
use crate::wire::Scan;

/// UTF-8 text that is cheap to clone: a reference count at most, never a copy of anything long.
///
/// What an [`Event`](crate::Event) holds. Short text stands in the value itself, literals and long texts are
/// held where they are: [`Text::from_static`] and a long `String` cost no copy.
///
/// ```
/// use eventwire::Text;
///
/// let text = Text::from(String::from("21.5"));
/// assert_eq!(text, "21.5");
/// assert_eq!(text.clone().len(), 4);
/// ```
#[derive(Clone)]
pub struct Text(Held);

/// Where the text is. All of it is UTF-8: every constructor starts from text or checks.
#[derive(Clone)]
enum Held {
    Here(Short),
    Bytes(Bytes),
}

/// Bytes of text from which taking a buffer over is cheaper than copying it: a slice and its release cost
/// 18 ns, a copy of 250 B 9 ns.
pub(crate) const WORTH_SHARING: usize = 2 * 1024;

impl Text {
    /// Holds a literal: no copy, no allocation.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Text(Held::Bytes(Bytes::from_static(text.as_bytes())))
    }

    /// Lends the text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: every constructor starts from a `str` or checks, and nothing changes the bytes.
        unsafe { str::from_utf8_unchecked(self.as_bytes()) }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            // SAFETY: the words are 24 bytes, and `len` is at most 23.
            Held::Here(short) => unsafe { slice::from_raw_parts(short.words().as_ptr().cast(), short.len()) },
            Held::Bytes(bytes) => bytes,
        }
    }

    /// Copies `text`; allocates when it is not short.
    #[inline]
    pub(crate) fn copy(text: &str) -> Self {
        Text(match text.len() <= Short::MOST {
            true => Held::Here(Short::copy(text.as_bytes())),
            false => Held::Bytes(Bytes::copy_from_slice(text.as_bytes())),
        })
    }

    /// Shares the bytes of `source` in which `text` lies.
    ///
    /// # Panics
    ///
    /// When `text` does not lie in `source`.
    pub(crate) fn slice_of(source: &Bytes, text: &str) -> Self {
        Text(Held::Bytes(source.slice_ref(text.as_bytes())))
    }

    fn from_string(text: String) -> Self {
        match text.len() <= Short::MOST {
            true => Text::copy(&text),
            false => Text(Held::Bytes(text.into())),
        }
    }

    fn from_bytes(bytes: Bytes) -> Result<Self, str::Utf8Error> {
        str::from_utf8(&bytes)?;
        Ok(Text(Held::Bytes(bytes)))
    }

    fn into_bytes(self) -> Bytes {
        match self.0 {
            Held::Here(_) => Bytes::copy_from_slice(self.as_bytes()),
            Held::Bytes(bytes) => bytes,
        }
    }
}

/// A buffer that takes bytes as they come and makes text of them when it is asked to.
#[derive(Default)]
pub(crate) struct TextBuffer {
    bytes: Vec<u8>,
    /// `bytes[..checked]` is UTF-8.
    checked: usize,
    /// As much as the last text had that left with its buffer.
    expected: usize,
}

impl TextBuffer {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.extend(Piece::of_byte(&byte));
    }

    #[inline(always)]
    pub(crate) fn extend(&mut self, piece: Piece<'_>) {
        let len = self.bytes.len();
        if piece.bytes.len() > self.bytes.capacity() - len {
            self.grow(piece.bytes.len());
        }
        match piece.bytes {
            [byte] => self.bytes.push(*byte),
            bytes => self.bytes.extend_from_slice(bytes),
        }
        if piece.is_ascii && self.checked == len {
            self.checked = self.bytes.len();
        }
    }

    /// Doubles while small; large buffers grow by half, so that they stay within 1.5 times what they hold.
    #[cold]
    fn grow(&mut self, more: usize) {
        let capacity = self.bytes.capacity();
        let wanted = match capacity {
            0 => self.expected.max(64),
            1..=GIVE_BACK => capacity * 2,
            _ => capacity + capacity / 2,
        };
        let needed = self.bytes.len() + more;
        self.bytes.reserve_exact(needed.max(wanted) - self.bytes.len());
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
        self.checked = self.checked.min(len);
    }

    /// How many bytes at the end are the beginning of a character.
    pub(crate) fn cut_character(&self) -> usize {
        cut_character(&self.bytes)
    }

    /// Empties the buffer; a large one goes back to the allocator.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.checked = 0;
        if self.bytes.capacity() > GIVE_BACK {
            self.bytes = Vec::new();
        }
    }

    /// Holds this text instead.
    pub(crate) fn set(&mut self, text: &str) {
        self.clear();
        self.extend(text.as_bytes().into());
        self.checked = text.len();
    }

    /// Makes text of what came in: [parse 1] invalid bytes become U+FFFD.
    pub(crate) fn check(&mut self) {
        if self.checked == self.bytes.len() {
            return;
        }
        if valid_len(&self.bytes[self.checked..]) < self.bytes.len() - self.checked {
            self.repair();
        }
        self.checked = self.bytes.len();
    }

    #[cold]
    fn repair(&mut self) {
        self.bytes.shrink_to_fit();
        self.bytes = repaired(&self.bytes).into_bytes();
    }

    /// Lends what was checked.
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        debug_assert_eq!(self.checked, self.bytes.len());
        // SAFETY: `bytes[..checked]` is UTF-8: only `check`, `set` with text and `extend` with ASCII raise
        // `checked`, and whoever changes those bytes lowers it.
        unsafe { str::from_utf8_unchecked(&self.bytes[..self.checked]) }
    }

    /// Hands what was checked over; the buffer is empty afterwards.
    ///
    /// A large text leaves with its buffer, others are copied so that the buffer can be used again.
    pub(crate) fn take(&mut self) -> Text {
        let large = self.bytes.len() >= WORTH_SHARING && self.bytes.len() >= self.bytes.capacity() / 2;
        if !large && self.bytes.capacity() <= GIVE_BACK {
            let text = Text::copy(self.as_str());
            self.clear();
            return text;
        }
        let mut bytes = core::mem::take(&mut self.bytes);
        bytes.truncate(core::mem::take(&mut self.checked));
        self.expected = bytes.len().min(GIVE_BACK);
        Text(Held::Bytes(bytes.into()))
    }
}

impl fmt::Debug for TextBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B of {} B", self.bytes.len(), self.bytes.capacity())
    }
}

/// A chunk of a stream, and what is known about its text.
#[derive(Debug)]
pub(crate) struct Chunk<'c> {
    source: Source<'c>,
    scan: Scan,
    /// This part of the chunk is UTF-8 and begins and ends between characters.
    valid: Range<usize>,
}

enum Source<'c> {
    Slice(&'c [u8]),
    Bytes(Bytes),
}

impl<'c> Chunk<'c> {
    #[inline]
    pub(crate) fn of_slice(slice: &'c [u8]) -> Self {
        Chunk::new(Source::Slice(slice))
    }

    #[inline]
    pub(crate) fn of_bytes(bytes: Bytes) -> Self {
        Chunk::new(Source::Bytes(bytes))
    }

    #[inline]
    fn new(source: Source<'c>) -> Self {
        Chunk { source, scan: Scan::default(), valid: 0..0 }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    /// The chunk as `Bytes`, when it came as such.
    #[inline]
    pub(crate) fn shared(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Slice(_) => None,
            Source::Bytes(bytes) => Some(bytes),
        }
    }

    /// What lies behind `at`, for later: copied from a slice, shared from `Bytes`.
    pub(crate) fn rest(&self, at: usize) -> Bytes {
        match &self.source {
            Source::Slice(slice) => Bytes::copy_from_slice(&slice[at..]),
            Source::Bytes(bytes) => bytes.slice(at..),
        }
    }

    /// The first line end at or behind `from`, which must not go back over one that was found.
    #[inline]
    pub(crate) fn line_end(&mut self, from: usize) -> Option<usize> {
        self.scan.line_end(self.source.bytes(), from)
    }

    /// Whether it can be told that this part is UTF-8 with what is known, forgetting nothing of it.
    #[inline]
    pub(crate) fn knows(&mut self, part: &Range<usize>) -> bool {
        if self.valid.end < self.scan.ascii() {
            self.valid = 0..self.scan.ascii();
        }
        self.valid.start <= part.start && part.end <= self.valid.end
    }

    /// Finds out whether this part is UTF-8; `Err` holds the index of the first byte that is not.
    ///
    /// What was known of other parts is forgotten. What is found out is known for all that follows in the
    /// chunk, up to the next byte that is not UTF-8: no byte is looked at more than a few times, however often it is
    /// broken.
    #[cold]
    pub(crate) fn check(&mut self, part: &Range<usize>) -> Result<(), usize> {
        self.valid = part.start..part.start + valid_len(&self.bytes()[part.start..]);
        match part.end <= self.valid.end {
            true => Ok(()),
            false => Err(self.valid.end),
        }
    }

    /// Lends a part that is known.
    ///
    /// # Panics
    ///
    /// When the part is not known to be UTF-8 or does not lie between characters.
    #[inline]
    pub(crate) fn text(&self, part: &Range<usize>) -> &str {
        let bytes = self.bytes();
        let Range { start, end } = *part;
        let known = self.valid.start <= start && start <= end && end <= self.valid.end;
        assert!(known && is_boundary(bytes, start) && is_boundary(bytes, end), "text that was not checked");
        // SAFETY: `valid` is UTF-8: it was checked, or seen to be ASCII, and the bytes of a chunk never
        // change. The part lies in it and between characters.
        unsafe { str::from_utf8_unchecked(bytes.get_unchecked(start..end)) }
    }

    #[inline]
    pub(crate) fn piece(&self, part: &Range<usize>) -> Piece<'_> {
        Piece { bytes: &self.bytes()[part.clone()], is_ascii: part.end <= self.scan.ascii() }
    }

    /// The bytes, and what finds their line ends.
    #[inline]
    pub(crate) fn split(&mut self) -> (&[u8], &mut Scan) {
        (self.source.bytes(), &mut self.scan)
    }
}

/// Whether no character goes on at `at`.
#[inline]
fn is_boundary(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).map_or(true, |byte| byte & 0xC0 != 0x80)
}

impl Source<'_> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        match self {
            Source::Slice(slice) => slice,
            Source::Bytes(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B", self.bytes().len())
    }
}

/// A buffer above this size is not kept for the next event.
const GIVE_BACK: usize = 64 * 1024;
