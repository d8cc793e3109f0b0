//! `Poison`: the mark that a panic leaves.

/// Is set while code of the user's runs, and stays set when that panics.
#[derive(Debug, Default)]
pub(super) struct Poison {
    is_set: bool,
}

impl Poison {
    /// Begins to run such code, and returns whether an earlier run panicked.
    pub(super) fn enter(&mut self) -> bool {
        core::mem::replace(&mut self.is_set, true)
    }

    /// The code has returned.
    pub(super) fn leave(&mut self) {
        self.is_set = false;
    }
}
