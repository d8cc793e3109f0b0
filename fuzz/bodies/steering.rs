//! The first bytes of an input decide how the rest is used.

use eventwire::Unfinished;

use super::drive::Settings;

/// The first nine bytes of an input.
///
/// | byte | steers |
/// |---|---|
/// | 0 | the settings, a bit each |
/// | 1 | the ways to ask for the next four pieces, two bits each; of a body: how often it is pending before each |
/// | 2 | how many items are taken of the next four pieces before the guard is dropped, two bits each |
/// | 3 | where a second connection begins, 0 for none |
/// | 4 to 7 | the lengths of the next four pieces, again and again |
/// | 8 | the limits, for those who want some: its last six bits, and which of the two there are |
#[derive(Clone, Copy, Debug)]
pub struct Steering([u8; 9]);

/// How the items of one piece are read.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Of `Bytes`, not of a slice.
    pub of_bytes: bool,
    /// By `next_event`, not by `next_ref`; or by `feed`, not by `feed_frames`, where both are asked for.
    pub is_other: bool,
}

impl Steering {
    /// Splits an input; `None` if it is too short.
    pub fn of(input: &[u8]) -> Option<(Self, &[u8])> {
        let steering = input.get(..9)?.try_into().ok()?;
        Some((Steering(steering), &input[9..]))
    }

    pub fn settings(&self) -> Settings {
        let has = |bit: u8| self.0[0] & bit != 0;
        Settings {
            unfinished: match self.0[0] & 3 {
                1 => Unfinished::Block,
                2 => Unfinished::BlockAndLine,
                _ => Unfinished::Discard,
            },
            last_event_id: if has(4) { "seed".into() } else { String::new() },
            reconnection_time: has(8).then_some(std::time::Duration::from_millis(1)),
            ..Settings::default()
        }
    }

    /// Large data comes in pieces, unless that would be a different reading.
    pub fn reads_in_pieces(&self) -> bool {
        self.0[0] & 3 == 3
    }

    /// Guards that were dropped early leave something for `take_unfinished`.
    pub fn leaves_unread(&self) -> bool {
        self.0[0] & 16 != 0
    }

    pub fn but_leaves_nothing_unread(mut self) -> Self {
        self.0[0] &= !16;
        self
    }

    pub fn leaks_guards(&self) -> bool {
        self.0[0] & 32 != 0
    }

    pub fn uses_bytes_decoder(&self) -> bool {
        self.0[0] & 64 != 0
    }

    pub fn is_strict(&self) -> bool {
        self.0[0] & 128 != 0
    }

    /// The limit of values and that of all bytes of a block, small enough for short inputs to reach them.
    pub fn limits(&self) -> (usize, usize) {
        let limit = usize::from(self.0[8] & 63);
        match self.0[8] >> 6 {
            0 | 1 => (limit, usize::MAX),
            2 => (usize::MAX, limit),
            // Names and line ends count for the second.
            _ => (limit / 2, limit),
        }
    }

    pub fn way(&self, piece: usize) -> Way {
        let bits = self.0[1] >> (piece % 4 * 2);
        Way { of_bytes: bits & 1 != 0, is_other: bits & 2 != 0 }
    }

    /// How often a body is pending before a piece: up to once more than a rewrite looks for more.
    pub fn waits(&self) -> u8 {
        self.0[1] & 3
    }

    /// How many items are taken of this piece; all unless the guard is dropped early.
    pub fn takes(&self, piece: usize) -> usize {
        match self.0[2] >> (piece % 4 * 2) & 3 {
            0 => usize::MAX,
            takes => usize::from(takes) - 1,
        }
    }

    pub fn drops_early(&self) -> bool {
        self.0[2] != 0
    }

    pub fn connections<'a>(&self, stream: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let (first, second) = match usize::from(self.0[3]) {
            at if at == 0 || at > stream.len() => (stream, None),
            at => (&stream[..at], Some(&stream[at..])),
        };
        core::iter::once(first).chain(second)
    }

    /// Cuts one connection.
    pub fn pieces<'a>(&self, connection: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let lens: [u8; 4] = self.0[4..8].try_into().unwrap();
        let mut rest = Some(connection);
        let mut piece = 0;
        core::iter::from_fn(move || {
            let all = rest?;
            let len = match lens[piece % 4] {
                // At least one byte in all, because four empty pieces would repeat for ever.
                255 => all.len(),
                0 if lens == [0; 4] => all.len(),
                len => usize::from(len).min(all.len()),
            };
            piece += 1;
            let (head, tail) = all.split_at(len);
            rest = Some(tail).filter(|tail| !tail.is_empty());
            Some(head)
        })
    }
}
