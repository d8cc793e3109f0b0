//! The scan for aarch64: NEON, which every such processor has.
//!
//! Its `unsafe` code rests on two facts: this is compiled only where NEON is available, and a block is 64 bytes, so all
//! loads stay within it.

use core::arch::aarch64::*;

use super::{Backend, LineEnds, Scan, BLOCK};
use crate::wire::line::{CR, LF};

pub(super) use super::portable::glance;

#[allow(dead_code)] // unused if another backend is selected
#[inline(never)]
pub(super) fn look_on(scan: &mut Scan, ends: &mut LineEnds, bytes: &[u8], from: usize) -> Option<usize> {
    scan.look_on::<Neon>(ends, bytes, from)
}

#[derive(Debug)]
pub(super) struct Neon;

impl Backend for Neon {
    type Overlay = uint8x16_t;
    /// All bits are set in each byte that is a line end.
    type Look = [uint8x16_t; 4];

    #[inline(always)]
    fn no_bytes() -> uint8x16_t {
        // SAFETY: NEON is available.
        unsafe { vdupq_n_u8(0) }
    }

    #[inline(always)]
    fn look(block: &[u8; BLOCK], overlay: &mut uint8x16_t) -> [uint8x16_t; 4] {
        let mut look = [*overlay; 4];
        for (at, quarter) in look.iter_mut().enumerate() {
            // SAFETY: NEON is available, and 16 bytes at 48 lie in a block of 64.
            unsafe {
                let bytes = vld1q_u8(block.as_ptr().add(16 * at));
                *overlay = vorrq_u8(*overlay, bytes);
                // Looks up each byte; bytes outside the table give 0.
                *quarter = vqtbl1q_u8(vld1q_u8(LINE_ENDS.as_ptr()), bytes);
            }
        }
        look
    }

    #[inline(always)]
    fn is_quiet([a, b, c, d]: [uint8x16_t; 4]) -> bool {
        // SAFETY: NEON is available.
        unsafe { vmaxvq_u8(vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d))) == 0 }
    }

    #[inline(always)]
    fn line_ends([a, b, c, d]: [uint8x16_t; 4]) -> u64 {
        // SAFETY: NEON is available, and 16 bytes are loaded from 16.
        unsafe {
            let bits = vld1q_u8(BITS.as_ptr());
            // Adds neighbours until eight bytes have become one.
            let low = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
            let high = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
            let all = vpaddq_u8(low, high);
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(all, all)))
        }
    }

    #[inline(always)]
    fn is_ascii(overlay: uint8x16_t) -> bool {
        // SAFETY: NEON is available.
        unsafe { vmaxvq_u8(overlay) < 0x80 }
    }
}

/// CR and LF, each at its own index.
const LINE_ENDS: [u8; 16] = {
    let mut table = [0; 16];
    table[LF as usize] = 0xFF;
    table[CR as usize] = 0xFF;
    table
};

/// A different bit for each of eight bytes.
const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
