//! `Poison`: a flag that stays set after a panic.

/// A flag that is set while user code runs, and stays set if that code panics.
#[derive(Debug, Default)]
pub(super) struct Poison {
    is_set: bool,
}

impl Poison {
    /// Enters user code, and returns whether an earlier run panicked.
    pub(super) fn enter(&mut self) -> bool {
        core::mem::replace(&mut self.is_set, true)
    }

    /// Records that the user code has returned.
    pub(super) fn leave(&mut self) {
        self.is_set = false;
    }
}
