//! The scan for x86-64: SSE2, which every such processor has, and AVX2.
//!
//! This is one of the two places in the crate that may use `unsafe`. It rests on two facts: a block is 64 bytes, so all
//! loads stay within it; and AVX2 is used only after a check that it is available.

use core::arch::x86_64::*;

use super::{has_avx2, Backend, LineEnds, Scan, BLOCK};
use crate::wire::line::{CR, LF};
use crate::wire::word::{word_at, WORD};

#[allow(dead_code)] // unused if another backend is selected
#[inline]
pub(super) fn look_on(scan: &mut Scan, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
    match has_avx2() {
        // SAFETY: AVX2 is available.
        true => unsafe { look_on_with_avx2(scan, ends, bytes, from) },
        false => look_on_with_sse2(scan, ends, bytes, from),
    }
}

/// # Safety
///
/// AVX2 must be available.
#[target_feature(enable = "avx2")]
#[inline(never)]
unsafe fn look_on_with_avx2(
    scan: &mut Scan,
    ends: &mut LineEnds,
    bytes: &[u8],
    from: usize,
) -> Option<usize> {
    scan.look_on::<Avx2>(ends, bytes, from)
}

#[inline(never)]
fn look_on_with_sse2(scan: &mut Scan, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
    scan.look_on::<Sse2>(ends, bytes, from)
}

#[derive(Debug)]
pub(super) struct Sse2;

impl Backend for Sse2 {
    type Overlay = __m128i;
    type Look = [__m128i; 4];

    #[inline(always)]
    fn no_bytes() -> __m128i {
        // SAFETY: this is compiled only where SSE2 is available.
        unsafe { _mm_setzero_si128() }
    }

    #[inline(always)]
    fn look(block: &[u8; BLOCK], overlay: &mut __m128i) -> [__m128i; 4] {
        let mut look = [*overlay; 4];
        for (at, quarter) in look.iter_mut().enumerate() {
            // SAFETY: SSE2 is available, and 16 bytes at 48 lie in a block of 64.
            unsafe {
                let bytes = _mm_loadu_si128(block.as_ptr().add(16 * at).cast());
                *overlay = _mm_or_si128(*overlay, bytes);
                let lf = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(LF as i8));
                let cr = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(CR as i8));
                *quarter = _mm_or_si128(lf, cr);
            }
        }
        look
    }

    #[inline(always)]
    fn is_quiet([a, b, c, d]: [__m128i; 4]) -> bool {
        // SAFETY: SSE2 is available.
        unsafe { opaque(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)))) == 0 }
    }

    #[inline(always)]
    fn line_ends(look: [__m128i; 4]) -> u64 {
        let mut mask = 0;
        for (at, quarter) in look.iter().enumerate() {
            // SAFETY: SSE2 is available.
            let line_ends = unsafe { opaque(_mm_movemask_epi8(*quarter)) };
            mask |= u64::from(line_ends as u16) << (16 * at);
        }
        mask
    }

    #[inline(always)]
    fn is_ascii(overlay: __m128i) -> bool {
        // SAFETY: SSE2 is available.
        unsafe { opaque(_mm_movemask_epi8(overlay)) == 0 }
    }
}

/// Used only in [`look_on_with_avx2`]; the tests call [`has_avx2`] first.
#[derive(Debug)]
pub(super) struct Avx2;

impl Backend for Avx2 {
    type Overlay = __m256i;
    type Look = [__m256i; 2];

    #[inline(always)]
    fn no_bytes() -> __m256i {
        // SAFETY: the only caller has AVX2.
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    fn look(block: &[u8; BLOCK], overlay: &mut __m256i) -> [__m256i; 2] {
        let mut look = [*overlay; 2];
        for (at, half) in look.iter_mut().enumerate() {
            // SAFETY: the only caller has AVX2, and 32 bytes at 32 lie in a block of 64.
            unsafe {
                let bytes = _mm256_loadu_si256(block.as_ptr().add(32 * at).cast());
                *overlay = _mm256_or_si256(*overlay, bytes);
                // Looks up each byte by its low half; bytes that are not ASCII give 0.
                let table = _mm256_broadcastsi128_si256(line_end_table());
                *half = _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(table, bytes));
            }
        }
        look
    }

    #[inline(always)]
    fn is_quiet([low, high]: [__m256i; 2]) -> bool {
        // SAFETY: the only caller has AVX2.
        unsafe { opaque(_mm256_movemask_epi8(_mm256_or_si256(low, high))) == 0 }
    }

    #[inline(always)]
    fn line_ends([low, high]: [__m256i; 2]) -> u64 {
        // SAFETY: the only caller has AVX2.
        let (low, high) = unsafe { (_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)) };
        u64::from(opaque(low) as u32) | u64::from(opaque(high) as u32) << 32
    }

    #[inline(always)]
    fn is_ascii(overlay: __m256i) -> bool {
        // SAFETY: the only caller has AVX2.
        unsafe { opaque(_mm256_movemask_epi8(overlay)) == 0 }
    }
}

/// CR and LF, each at the index of its low half. The other entries equal no byte with that low half.
#[inline(always)]
fn line_end_table() -> __m128i {
    let mut table = [1; 16];
    table[1] = 0;
    table[usize::from(LF)] = LF;
    table[usize::from(CR)] = CR;
    // SAFETY: 16 bytes are loaded from 16.
    unsafe { _mm_loadu_si128(table.as_ptr().cast()) }
}

/// Returns two masks of at most 32 bytes: their line ends, and those that are not ASCII. Bit `n` stands for byte `n`.
#[allow(dead_code)] // as above
#[inline(always)]
pub(super) fn glance(bytes: &[u8]) -> (u32, u32) {
    const TWO_WORDS: usize = 2 * WORD;
    match bytes.len() {
        0..=WORD => masks(word_at(bytes, 0), 0),
        len @ 0..=TWO_WORDS => {
            let (line_ends, not_ascii) = masks(word_at(bytes, 0), word_at(bytes, len - WORD));
            // The last word may overlap with the first one.
            let spread = |mask: u32| mask & 0xFF | mask >> WORD << (len - WORD);
            (spread(line_ends), spread(not_ascii))
        }
        len => {
            let first = masks(word_at(bytes, 0), word_at(bytes, WORD));
            let last = masks(word_at(bytes, len - TWO_WORDS), word_at(bytes, len - WORD));
            (first.0 | last.0 << (len - TWO_WORDS), first.1 | last.1 << (len - TWO_WORDS))
        }
    }
}

/// Does the same as [`glance`], for two words.
#[inline(always)]
fn masks(low: u64, high: u64) -> (u32, u32) {
    // SAFETY: this is compiled only where SSE2 is available.
    unsafe {
        let bytes = _mm_set_epi64x(high as i64, low as i64);
        let lf = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(LF as i8));
        let cr = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(CR as i8));
        (_mm_movemask_epi8(_mm_or_si128(lf, cr)) as u32, _mm_movemask_epi8(bytes) as u32)
    }
}

/// Hides from the compiler that a mask comes from vectors.
///
/// LLVM prefers to test the vectors instead of the mask, and splits them into bytes for that: five times slower in
/// total. No instruction is emitted.
#[inline(always)]
#[cfg_attr(miri, allow(unused_mut))]
fn opaque(mut mask: i32) -> i32 {
    // SAFETY: the assembly is a comment. (Miri does not support assembly.)
    #[cfg(not(miri))]
    unsafe {
        core::arch::asm!("/* {0:e} */", inlateout(reg) mask, options(pure, nomem, nostack, preserves_flags))
    };
    mask
}
