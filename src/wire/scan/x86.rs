//! Looks at a block with the vectors of x86-64: SSE2, which every one of them has, and AVX2.
//!
//! One of the two places in the crate where `unsafe` may stand. It rests on two facts: a block is 64 bytes,
//! so that the loads stay in it, and AVX2 is only used behind a look whether it is there.

use core::arch::x86_64::*;

use super::{has_avx2, Backend, Look, Scan, BLOCK};
use crate::wire::line::{CR, LF};

#[inline]
pub(super) fn search(scan: &mut Scan, bytes: &[u8], from: usize) -> Option<usize> {
    match has_avx2() {
        // SAFETY: AVX2 is there.
        true => unsafe { search_avx2(scan, bytes, from) },
        false => scan.search_with::<Sse2>(bytes, from),
    }
}

/// # Safety
///
/// AVX2 must be there.
#[target_feature(enable = "avx2")]
unsafe fn search_avx2(scan: &mut Scan, bytes: &[u8], from: usize) -> Option<usize> {
    scan.search_with::<Avx2>(bytes, from)
}

#[derive(Debug)]
pub(super) struct Sse2;

impl Backend for Sse2 {
    #[inline(always)]
    fn look(block: &[u8; BLOCK]) -> Look {
        let mut look = Look { line_ends: 0, not_ascii: 0 };
        for at in 0..4 {
            // SAFETY: this is only compiled where SSE2 is there, and 16 bytes at `16 * at` lie in a block of 64.
            let (line_ends, not_ascii) = unsafe {
                let vector = _mm_loadu_si128(block.as_ptr().add(16 * at).cast());
                let lf = _mm_cmpeq_epi8(vector, _mm_set1_epi8(LF as i8));
                let cr = _mm_cmpeq_epi8(vector, _mm_set1_epi8(CR as i8));
                (opaque(_mm_movemask_epi8(_mm_or_si128(lf, cr))), opaque(_mm_movemask_epi8(vector)))
            };
            look.line_ends |= u64::from(line_ends as u16) << (16 * at);
            look.not_ascii |= u64::from(not_ascii as u16) << (16 * at);
        }
        look
    }

    #[inline(always)]
    fn is_quiet(block: &[u8; BLOCK]) -> bool {
        // SAFETY: as in `look`.
        unsafe {
            let loud = |at: usize| {
                let vector = _mm_loadu_si128(block.as_ptr().add(16 * at).cast());
                let lf = _mm_cmpeq_epi8(vector, _mm_set1_epi8(LF as i8));
                let cr = _mm_cmpeq_epi8(vector, _mm_set1_epi8(CR as i8));
                _mm_or_si128(vector, _mm_or_si128(lf, cr))
            };
            let halves = [_mm_or_si128(loud(0), loud(1)), _mm_or_si128(loud(2), loud(3))];
            opaque(_mm_movemask_epi8(_mm_or_si128(halves[0], halves[1]))) == 0
        }
    }
}

/// Only to be used in [`search_avx2`]; the tests ask [`has_avx2`] first.
#[derive(Debug)]
pub(super) struct Avx2;

impl Backend for Avx2 {
    #[inline(always)]
    fn look(block: &[u8; BLOCK]) -> Look {
        let mut look = Look { line_ends: 0, not_ascii: 0 };
        for at in 0..2 {
            // SAFETY: the only caller has AVX2, and 32 bytes at `32 * at` lie in a block of 64.
            let (line_ends, not_ascii) = unsafe {
                let vector = _mm256_loadu_si256(block.as_ptr().add(32 * at).cast());
                let lf = _mm256_cmpeq_epi8(vector, _mm256_set1_epi8(LF as i8));
                let cr = _mm256_cmpeq_epi8(vector, _mm256_set1_epi8(CR as i8));
                (opaque(_mm256_movemask_epi8(_mm256_or_si256(lf, cr))), opaque(_mm256_movemask_epi8(vector)))
            };
            look.line_ends |= u64::from(line_ends as u32) << (32 * at);
            look.not_ascii |= u64::from(not_ascii as u32) << (32 * at);
        }
        look
    }

    #[inline(always)]
    fn is_quiet(block: &[u8; BLOCK]) -> bool {
        // SAFETY: as in `look`.
        unsafe {
            let loud = |at: usize| {
                let vector = _mm256_loadu_si256(block.as_ptr().add(32 * at).cast());
                let lf = _mm256_cmpeq_epi8(vector, _mm256_set1_epi8(LF as i8));
                let cr = _mm256_cmpeq_epi8(vector, _mm256_set1_epi8(CR as i8));
                _mm256_or_si256(vector, _mm256_or_si256(lf, cr))
            };
            opaque(_mm256_movemask_epi8(_mm256_or_si256(loud(0), loud(1)))) == 0
        }
    }
}

/// Hides from the compiler that a mask comes from vectors.
///
/// LLVM would rather test the vectors than the mask, and takes them apart byte by byte for it: five times
/// slower as a whole. No instruction is emitted.
#[inline(always)]
#[cfg_attr(miri, allow(unused_mut))]
fn opaque(mut mask: i32) -> i32 {
    // SAFETY: the assembly is a comment. (Miri knows no assembly.)
    #[cfg(not(miri))]
    unsafe {
        core::arch::asm!("/* {0:e} */", inlateout(reg) mask, options(pure, nomem, nostack, preserves_flags))
    };
    mask
}
